"""Sentences that staff propose for the collection of danger words, after a case was marked wrongly."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.models import ProposedSentence
from recovery_site.verbs import Refused

LONGEST = 300  # characters


def propose_sentence(text: str, language: str, kind: str, *, by: User) -> None:
    """Store a sentence in the words of staff, with its meaning (a value of ProposedSentence.Kind). A known one is kept as it is.

    It has no link to a case, because it is stored in clear. Raises Refused if it is too long.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise Refused(_("Write one short sentence of at most %(n)d characters.") % {"n": LONGEST})
    ProposedSentence.objects.get_or_create(
        text=text, language=language, defaults={"kind": kind, "proposed_by": by, "proposed_at": timezone.now()}
    )
