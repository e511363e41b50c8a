"""Spam score of a contact form. Nothing is discarded: suspected spam goes to a queue that staff can see."""

import re
from dataclasses import dataclass

from intake.assessment import rate_limits
from intake.cases.inquiry_data import InquiryData

# An inquiry with at least this score goes to the spam queue, unless it mentions danger.
THRESHOLD = 5
# People need longer than this to read the form.
MINIMUM_SECONDS = 3
OLD_SECONDS = 24 * 60 * 60

_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)
_SALES = re.compile(
    r"\b(?:seo|backlinks?|guest post|crypto|bitcoin|forex|casino|viagra|cialis|loan offer|web ?design services|rank(?:ing)? on google"
    r"|marketing services|telegram|onlyfans)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FormSigns:
    """What is known of the form beside its answers: its age, whether the hidden field was filled, forms of the same block, and
    whether it brought the proof of work that was asked for (True when none was). `attempt` is counted when the form is stored.
    """

    seconds_open: int = 60
    trap_filled: bool = False
    forms_of_block: int = 1
    proven: bool = True
    attempt: rate_limits.Attempt | None = None


def signs_of_spam(data: InquiryData, signs: FormSigns) -> tuple[int, list[str]]:
    """Return the spam score and the codes of the signals that contributed to it."""
    text = f"{data.message} {data.other_notes}"
    links = len(_LINK.findall(text))
    weights = {
        "trap": 5 if signs.trap_filled else 0,
        "too_fast": 3 if signs.seconds_open < MINIMUM_SECONDS else 0,
        "old_form": 1 if signs.seconds_open > OLD_SECONDS else 0,
        "many_forms": 3 if signs.forms_of_block > rate_limits.MANY_FORMS else 0,
        # Only under attack: a form without the proof of work is reviewed by a person first, whatever it says.
        "no_proof": 0 if signs.proven else THRESHOLD,
        "links": min(links, 3) * 2,
        "link_in_name": 5 if _LINK.search(data.name) else 0,
        "sales": 2 * len({match.lower() for match in _SALES.findall(text)}),
    }
    reasons = [code for code, weight in weights.items() if weight]
    return sum(weights.values()), reasons
