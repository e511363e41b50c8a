"""What in a contact form looks automatic. Nothing is refused for it: the site asks once more whether a person sent it, and keeps what
isn't sent again in "Looks automatic", where staff see it (intake.mailbox.held).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.assessment import rate_limits
from intake.cases.inquiry_data import InquiryData
from intake.models import Inquiry

# People need longer than this to read the form.
MINIMUM_SECONDS = 3
# So many signs together look automatic. One alone doesn't: each of them happens to people, too.
ENOUGH = 2
# People don't write these by hand.
ENOUGH_ALONE = frozenset({"no_proof", "markup"})
SIGNS = {
    "trap": gettext_lazy("a field that people don’t see was filled in"),
    "too_fast": gettext_lazy("it was sent within three seconds"),
    "many_forms": gettext_lazy("many requests came from the same network"),
    "no_proof": gettext_lazy("many requests were arriving, and this one came without the sum that browsers solve then"),
    "markup": gettext_lazy("the text holds the code of a link"),
    "links": gettext_lazy("the text holds web addresses"),
    "sales": gettext_lazy("the text advertises for web sites"),
}

_MARKUP = re.compile(r"\[url\b|\[link\b|<a\s", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
# No word of this list is one that people ask for help with: not gambling, not dating, not medicines, not money.
_SALES = re.compile(r"\b(?:seo|backlinks?|guest posts?|web ?design services|rank(?:ing)? on google|marketing services)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n\s*\n|\n-- *\n")


@dataclass(frozen=True)
class FormSigns:
    """What is known of the form beside its answers: its age, whether the hidden field was filled, forms of the same block, whether it
    brought the proof of work that was asked for (True when none was), and whether it was sent from the page that asks once more.
    `attempt` is counted when the form is stored.
    """

    seconds_open: int = 60
    trap_filled: bool = False
    forms_of_block: int = 1
    proven: bool = True
    sent_again: bool = False
    attempt: rate_limits.Attempt | None = None


def signs_in(data: InquiryData, signs: FormSigns) -> list[str]:
    """Return the codes of the signs, keys of SIGNS, in this form."""
    text = data.text
    # Professionals give the address of the place where they work.
    may_hold_address = data.for_whom == Inquiry.ForWhom.PROFESSIONAL
    is_so = {
        "trap": signs.trap_filled,
        "too_fast": signs.seconds_open < MINIMUM_SECONDS,
        "many_forms": signs.forms_of_block > rate_limits.MANY_FORMS,
        "no_proof": not signs.proven,
        "markup": bool(_MARKUP.search(text)),
        "links": not may_hold_address and bool(_ADDRESS.search(_without_signature(text))),
        "sales": bool(_SALES.search(text)),
    }
    return [code for code, found in is_so.items() if found]


def looks_automatic(codes: Collection[str]) -> bool:
    """Return whether a form with these signs looks automatic."""
    return len(codes) >= ENOUGH or not ENOUGH_ALONE.isdisjoint(codes)


def in_words(code: str) -> str:
    """Return the words for a sign, also for one that an earlier release stored."""
    return str(SIGNS.get(code, _("the text looked like an advertisement")))


def _without_signature(text: str) -> str:
    """Return the text without its last paragraph, which may be a signature, if it has several."""
    paragraphs = _PARAGRAPH.split(text.strip())
    return "\n".join(paragraphs[:-1]) if len(paragraphs) > 1 else text
