"""Changing contact preferences in the mailbox."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from intake.assessment import priority
from intake.cases import consents, events
from intake.cases.inquiry_data import InquiryData
from intake.crypto import sealing
from intake.mailbox import danger_escalation, second_look
from intake.models import Consent, Event, Inquiry
from intake.notifications import outbox
from intake.notifications.kinds import Kind

# Cleartext columns, which staff must see before anything else.
COLUMNS = ("contact_way", "may_leave_voicemail", "may_say_who_we_are", "others_may_answer", "time_zone", "safe_windows")


# The columns above and those that depend on consents.
WITH_CONSENTS = (*COLUMNS, "tell_of_answer", "tell_by_text", "no_longer_safe")


# The fields in the sealed payload.
SEALED = ("phone", "phone_note", "email", "other_notes")


def differs(inquiry: Inquiry, data: InquiryData, payload: dict[str, Any]) -> bool:
    """Return whether the preferences or consents in `data` differ from the stored ones; `payload` is the decrypted payload."""
    return (
        any(getattr(inquiry, name) != getattr(data, name) for name in COLUMNS)
        or any(payload.get(name, "") != getattr(data, name) for name in SEALED)
        or set(inquiry.consents.filter(withdrawn_at=None).values_list("purpose", flat=True)) != set(data.consents)
    )


@transaction.atomic
def change(inquiry: Inquiry, case_key: bytes, data: InquiryData) -> None:
    """Replace the contact preferences and consents. Other sealed answers are kept.

    Notifies staff. Escalates the case if newly written notes mention danger.
    """
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    payload: dict[str, Any] = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key)
    new_notes = "\n".join(getattr(data, name) for name in ("other_notes", "phone_note") if getattr(data, name) != payload.get(name, ""))
    changed = [name for name in consents.ADDRESSES if payload.get(name, "") != getattr(data, name)]
    for name in SEALED:
        payload.pop(name, None)
        if value := getattr(data, name):
            payload[name] = value
    for name in COLUMNS:
        setattr(inquiry, name, getattr(data, name))
    inquiry.tell_of_answer = Consent.Purpose.TELL_OF_ANSWER in data.consents
    inquiry.tell_by_text = Consent.Purpose.AUTOMATED_TEXT in data.consents
    inquiry.no_longer_safe = False
    inquiry.sealed = sealing.seal("inquiry", inquiry.pk, payload, case_key)
    # The staff server has to compute the blind index again.
    inquiry.contact_digests.all().delete()
    inquiry.digested = False
    inquiry.version += 1
    inquiry.save(update_fields=[*WITH_CONSENTS, "sealed", "digested", "version"])
    for_new = [purpose for name in changed for purpose in consents.ADDRESSES[name]]
    consents.replace(inquiry, data.consents, data.language, timezone.now(), new_addresses=for_new)
    events.record(inquiry, Event.Kind.CONTACT_CHANGED, by="visitor", way=inquiry.contact_way)
    outbox.enqueue(Kind.CONTACT_CHANGED, inquiry=inquiry)
    danger_escalation.escalate_if_dangerous(inquiry, *priority.of_text(new_notes, data.language))
    if new_notes:
        second_look.request_for_notes(inquiry)


@transaction.atomic
def no_longer_safe(inquiry: Inquiry) -> None:
    """Stop all calls, texts and e-mails to the person and withdraw all consents. The mailbox remains available."""
    Inquiry.objects.filter(pk=inquiry.pk).update(
        no_longer_safe=True, contact_way=Inquiry.ContactWay.MAILBOX, tell_of_answer=False, tell_by_text=False
    )
    consents.replace(inquiry, [], inquiry.language, timezone.now())
    events.record(inquiry, Event.Kind.UNSAFE, by="visitor")
    outbox.enqueue(Kind.CONTACT_CHANGED, inquiry=inquiry)


@transaction.atomic
def tell_no_more(inquiry: Inquiry) -> None:
    """Stop the e-mails and texts that announce an answer, and withdraw the consents to them."""
    Inquiry.objects.filter(pk=inquiry.pk).update(tell_of_answer=False, tell_by_text=False)
    consents.withdraw(inquiry, [Consent.Purpose.TELL_OF_ANSWER, Consent.Purpose.AUTOMATED_TEXT], timezone.now())
