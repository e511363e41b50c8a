"""Adding sentences to the collection: one clinician proposes, another agrees."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, has_role
from danger.corpus.collection import HARD
from danger.grammar import languages
from danger.models import ProposedSentence
from danger.signs import SIGNS, heard, sign
from recovery_site.verbs import NotAllowed, Refused

LONGEST = 300  # characters of a sentence
# The meaning of a sentence that staff proposed from a case as danger: a clinician has yet to say which sign it is.
UNSAID = ""
KINDS = [*((code, SIGNS[code].label) for code in heard() if code != "unclear"), (HARD, gettext_lazy("only looks like danger"))]


def may_propose(user: Any) -> bool:
    """Return whether `user` may see, propose and agree to sentences: clinical reviewers may."""
    return has_role(user, CLINICAL_REVIEWER)


def propose(text: str, language: str, kind: str, *, by: User) -> ProposedSentence:
    """Store a sentence for a second clinician to agree to. Raises NotAllowed and Refused.

    A sentence that staff proposed without a sign gets this meaning, and `by` counts as who proposed it.
    """
    if not may_propose(by):
        raise NotAllowed(_("Only clinical reviewers propose sentences."))
    text = " ".join(text.split())
    if not text or len(text) > LONGEST or language not in languages() or kind not in dict(KINDS):
        raise Refused(_("A sentence has 1 to 300 characters, one of the site’s languages and a meaning."))
    with transaction.atomic():
        sentence, created = ProposedSentence.objects.get_or_create(text=text, language=language, defaults={"kind": kind, "proposed_by": by})
    if not created and sentence.kind == UNSAID and sentence.agreed_by_id is None:
        sentence.kind, sentence.proposed_by = kind, by
        sentence.save(update_fields=["kind", "proposed_by"])
    elif not created:
        raise Refused(_("This sentence was proposed before."))
    return sentence


def meaning(sentence: ProposedSentence) -> str:
    """Return in words what a sentence means."""
    if sentence.kind == UNSAID:
        return _("danger: which sign has yet to be said")
    return str(dict(KINDS).get(sentence.kind, sentence.kind))


def propose_from_case(text: str, language: str, *, is_danger: bool, by: User) -> None:
    """Store a sentence that staff wrote in their own words after a case was marked wrongly; it has no link to the case.

    Clinicians decide what becomes of it. A sentence that is there already is kept as it is. Raises Refused if it is too long.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise Refused(_("Write one short sentence of at most %(n)d characters.") % {"n": LONGEST})
    kind = UNSAID if is_danger else HARD
    ProposedSentence.objects.get_or_create(text=text, language=language, defaults={"kind": kind, "proposed_by": by})


def agree(sentence: ProposedSentence, *, by: User) -> ProposedSentence:
    """Mark a sentence as agreed to by a second clinician. Raises NotAllowed and Refused."""
    if not may_propose(by):
        raise NotAllowed(_("Only clinical reviewers agree to sentences."))
    with transaction.atomic():
        sentence = ProposedSentence.objects.select_for_update(of=("self",)).get(pk=sentence.pk)
        if sentence.proposed_by_id == by.pk:
            raise Refused(_("Somebody else has to agree to your own sentence."))
        if sentence.agreed_by_id:
            raise Refused(_("Somebody agreed to this sentence before."))
        if sentence.kind == UNSAID:
            raise Refused(_("Say first what it means: propose the same sentence with a meaning."))
        sentence.agreed_by, sentence.agreed_at = by, timezone.now()
        sentence.save(update_fields=["agreed_by", "agreed_at"])
    return sentence


def agreed() -> list[dict[str, str]]:
    """Return the agreed sentences in the format of danger/data/sentences, plus "language". One query."""
    return [
        {
            "language": sentence.language,
            "text": sentence.text,
            "kind": sentence.kind,
            "level": "none" if sentence.kind == HARD else sign(sentence.kind).level.code,
            "origin": "clinicians",
            "date": f"{sentence.agreed_at:%Y-%m}",
        }
        for sentence in ProposedSentence.objects.exclude(agreed_by=None).order_by("pk")
    ]
