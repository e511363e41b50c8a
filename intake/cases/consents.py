"""The sentences that visitors agree to, by version. A sentence that was ever shown stays here as it was."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from intake.models import Consent, Inquiry

Purpose = Consent.Purpose
# Raise the version with every change of a word, and keep the old sentence: a stored consent points to it.
CURRENT = "2026-11.2"
_OF_2026_11 = {
    Purpose.CALL: _("You may call me at this number about this request."),
    Purpose.TEXT: _("A person may send me text messages at this number about this request."),
    Purpose.AUTOMATED_TEXT: _("You may also send me automated text messages, such as reminders. I can stop them by answering STOP."),
    Purpose.EMAIL: _("You may write to me at this e-mail address about this request."),
    Purpose.TELL_OF_ANSWER: _(
        "Send me a short e-mail when an answer waits in my mailbox. It says nothing about what I wrote. I can switch it off again."
    ),
}
SENTENCES = {
    "2026-11": _OF_2026_11,
    "2026-11.2": {
        **_OF_2026_11,
        Purpose.AUTOMATED_TEXT: _(
            "Send a short automated text to my phone number when an answer waits in my mailbox. It says nothing about what I wrote. "
            "My phone plan may charge for it. I can stop it by answering STOP, or in my mailbox."
        ),
    },
}
# What an answer by this way needs.
NEEDED = {Inquiry.ContactWay.PHONE: Purpose.CALL, Inquiry.ContactWay.TEXT: Purpose.TEXT, Inquiry.ContactWay.EMAIL: Purpose.EMAIL}


def give(inquiry: Inquiry, purposes: list[str], language: str, now: dt.datetime) -> list[Consent]:
    """Return unsaved consents to the current sentences, as they were shown in `language`."""
    return [Consent(inquiry=inquiry, purpose=purpose, wording=CURRENT, language=language, given_at=now) for purpose in purposes]


def replace(inquiry: Inquiry, purposes: list[str], language: str, now: dt.datetime) -> None:
    """Make `purposes` the ones that hold from now on; those no longer named are withdrawn. Call it inside a transaction.

    One that was given in other words than are shown now is withdrawn too, and given anew in these.
    """
    kept = set(purposes) & set(held_by(inquiry))
    inquiry.consents.filter(withdrawn_at=None).exclude(purpose__in=kept).update(withdrawn_at=now)
    Consent.objects.bulk_create(give(inquiry, sorted(set(purposes) - kept), language, now))


def withdraw(inquiry: Inquiry, purposes: list[Purpose], now: dt.datetime) -> None:
    """End the consents to `purposes`; all others stay as they were given."""
    inquiry.consents.filter(withdrawn_at=None, purpose__in=purposes).update(withdrawn_at=now)


def held_by(inquiry: Inquiry) -> list[str]:
    """Return the purposes that the visitor agrees to in the words that are shown now: nobody finds new words ticked."""
    held = inquiry.consents.filter(withdrawn_at=None).order_by("purpose").values_list("purpose", "wording")
    shown = SENTENCES[CURRENT]
    return [purpose for purpose, wording in held if SENTENCES[wording][Purpose(purpose)] is shown[Purpose(purpose)]]
