"""How a person may be reached, changed by that person."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from intake.assessment import priority
from intake.cases import consents, events
from intake.cases.inquiry_data import InquiryData
from intake.crypto import sealing
from intake.mailbox import danger_escalation
from intake.models import Consent, Event, Inquiry
from intake.notifications import outbox

# In clear, for staff must see them before anything else.
COLUMNS = ("contact_way", "may_leave_voicemail", "may_say_who_we_are", "others_may_answer", "time_zone", "safe_windows")


# These, and what ends or begins with a consent.
WITH_CONSENTS = (*COLUMNS, "tell_of_answer", "tell_by_text", "no_longer_safe")


# Sealed with the rest of what was said.
SEALED = ("phone", "email", "other_notes")


def differs(inquiry: Inquiry, data: InquiryData, payload: dict[str, Any]) -> bool:
    """Tell whether `data` asks to be reached in another way, or agrees to something else, than is stored; `payload` is what was sealed."""
    return (
        any(getattr(inquiry, name) != getattr(data, name) for name in COLUMNS)
        or any(payload.get(name, "") != getattr(data, name) for name in SEALED)
        or set(inquiry.consents.filter(withdrawn_at=None).values_list("purpose", flat=True)) != set(data.consents)
    )


@transaction.atomic
def change(inquiry: Inquiry, case_key: bytes, data: InquiryData) -> None:
    """Reach the person as `data` says from now on, with the consents in it; what they wrote otherwise stays."""
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    payload: dict[str, Any] = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key)
    news = data.other_notes if data.other_notes != payload.get("other_notes") else ""
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
    # The staff side finds people by a keyed hash of these, and has to make it anew.
    inquiry.contact_digests.all().delete()
    inquiry.digested = False
    inquiry.version += 1
    inquiry.save(update_fields=[*WITH_CONSENTS, "sealed", "digested", "version"])
    consents.replace(inquiry, data.consents, data.language, timezone.now())
    events.record(inquiry, Event.Kind.CONTACT_CHANGED, by="visitor", way=inquiry.contact_way)
    outbox.enqueue("contact_changed", inquiry=inquiry)
    danger_escalation.heed(inquiry, *priority.of_text(news, data.language))


@transaction.atomic
def no_longer_safe(inquiry: Inquiry) -> None:
    """Stop every call, text and e-mail to the person at once; the mailbox stays. All consents to be contacted end."""
    Inquiry.objects.filter(pk=inquiry.pk).update(
        no_longer_safe=True, contact_way=Inquiry.ContactWay.MAILBOX, tell_of_answer=False, tell_by_text=False
    )
    consents.replace(inquiry, [], inquiry.language, timezone.now())
    events.record(inquiry, Event.Kind.UNSAFE, by="visitor")
    outbox.enqueue("contact_changed", inquiry=inquiry)


@transaction.atomic
def tell_no_more(inquiry: Inquiry) -> None:
    """End the e-mails and texts that say that an answer waits."""
    Inquiry.objects.filter(pk=inquiry.pk).update(tell_of_answer=False, tell_by_text=False)
    consents.withdraw(inquiry, [Consent.Purpose.TELL_OF_ANSWER, Consent.Purpose.AUTOMATED_TEXT], timezone.now())
