"""The consents of visitors, and every version of the sentences that were ever shown to them."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from intake.models import Consent, Inquiry

Purpose = Consent.Purpose
# Increase the version with every change of wording and keep the old sentences: stored consents refer to them.
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
# The consent that each way of contact requires.
NEEDED = {Inquiry.ContactWay.PHONE: Purpose.CALL, Inquiry.ContactWay.TEXT: Purpose.TEXT, Inquiry.ContactWay.EMAIL: Purpose.EMAIL}

# The payload's field that each purpose is about.
ADDRESSES = {
    "phone": (Purpose.CALL, Purpose.TEXT, Purpose.AUTOMATED_TEXT),
    "email": (Purpose.EMAIL, Purpose.TELL_OF_ANSWER),
}


def give(inquiry: Inquiry, purposes: list[str], language: str, now: dt.datetime) -> list[Consent]:
    """Return unsaved consents to the current sentences, which were shown in `language`."""
    return [Consent(inquiry=inquiry, purpose=purpose, wording=CURRENT, language=language, given_at=now) for purpose in purposes]


def replace(inquiry: Inquiry, purposes: list[str], language: str, now: dt.datetime, *, new_addresses: Iterable[str] = ()) -> None:
    """Make `purposes` the valid consents and withdraw all others. Must be called inside a transaction.

    A consent to an outdated sentence is withdrawn as well and replaced by one to the current sentence. So is one of a purpose in
    `new_addresses`: it was given for another number or e-mail address.
    """
    kept = set(purposes) & set(held_by(inquiry)) - set(new_addresses)
    inquiry.consents.filter(withdrawn_at=None).exclude(purpose__in=kept).update(withdrawn_at=now)
    Consent.objects.bulk_create(give(inquiry, sorted(set(purposes) - kept), language, now))


def withdraw(inquiry: Inquiry, purposes: list[Purpose], now: dt.datetime) -> None:
    """Withdraw the consents to `purposes`; all others remain."""
    inquiry.consents.filter(withdrawn_at=None, purpose__in=purposes).update(withdrawn_at=now)


def held_by(inquiry: Inquiry) -> list[str]:
    """Return the purposes whose current sentence the visitor has agreed to.

    Consents to an outdated sentence are left out, so that no box is ticked beside words the visitor has never seen.
    """
    valid = inquiry.consents.filter(withdrawn_at=None).order_by("purpose").values_list("purpose", "wording")
    current = SENTENCES[CURRENT]
    return [purpose for purpose, wording in valid if SENTENCES[wording][Purpose(purpose)] is current[Purpose(purpose)]]
