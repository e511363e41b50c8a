"""The sentences that visitors agree to, by version. A sentence that was ever shown stays here as it was."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from intake.models import Consent, Inquiry

Purpose = Consent.Purpose
# Raise the version with every change of a word, and keep the old sentence: a stored consent points to it.
CURRENT = "2026-11"
SENTENCES = {
    "2026-11": {
        Purpose.CALL: _("You may call me at this number about this request."),
        Purpose.TEXT: _("A person may send me text messages at this number about this request."),
        Purpose.AUTOMATED_TEXT: _("You may also send me automated text messages, such as reminders. I can stop them by answering STOP."),
        Purpose.EMAIL: _("You may write to me at this e-mail address about this request."),
        Purpose.TELL_OF_ANSWER: _(
            "Send me a short e-mail when an answer waits in my mailbox. It says nothing about what I wrote. I can switch it off again."
        ),
    }
}
# What an answer by this way needs.
NEEDED = {Inquiry.ContactWay.PHONE: Purpose.CALL, Inquiry.ContactWay.TEXT: Purpose.TEXT, Inquiry.ContactWay.EMAIL: Purpose.EMAIL}


def give(inquiry: Inquiry, purposes: list[str], language: str, now: datetime) -> list[Consent]:
    """Return unsaved consents to the current sentences, as they were shown in `language`."""
    return [Consent(inquiry=inquiry, purpose=purpose, wording=CURRENT, language=language, given_at=now) for purpose in purposes]


def replace(inquiry: Inquiry, purposes: list[str], language: str, now: datetime) -> None:
    """Make `purposes` the ones that hold from now on; those no longer named are withdrawn. Call it inside a transaction."""
    held = inquiry.consents.filter(withdrawn_at=None)
    held.exclude(purpose__in=purposes).update(withdrawn_at=now)
    missing = set(purposes) - set(held.values_list("purpose", flat=True))
    Consent.objects.bulk_create(give(inquiry, sorted(missing), language, now))


def held_by(inquiry: Inquiry) -> list[str]:
    """Return the purposes that the visitor agrees to now."""
    return list(inquiry.consents.filter(withdrawn_at=None).order_by("purpose").values_list("purpose", flat=True))
