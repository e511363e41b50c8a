"""Erasing what was said. The row and its events stay as the trace that it was here, by whose act and when."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from intake.cases import consents, events
from intake.models import (
    Delivery,
    Disclosure,
    DisclosureConsent,
    Event,
    Inquiry,
    KeyWrap,
    MailboxSession,
    PreScreen,
    Receipt,
    WaitingListEntry,
)
from intake.notifications import outbox

# What staff needed to reach and sort; it describes the person, so it goes with the rest.
_BLANK = {
    "sealed": b"",
    "guide_slug": "",
    "priority_reasons": [],
    "country": "",
    "region": "",
    "time_zone": "",
    "safe_windows": [],
    "contact_way": Inquiry.ContactWay.MAILBOX,
    "may_leave_voicemail": False,
    "may_say_who_we_are": False,
    "others_may_answer": True,
    "needs_interpreter": False,
    "tell_of_answer": False,
    "tell_by_text": False,
    "has_unread_message": False,
    "submission": None,
    "digested": True,
}


@transaction.atomic
def withdraw(inquiry: Inquiry) -> None:
    """Erase an inquiry at its sender's wish and close it; whoever has the case is told to contact nobody."""
    now = timezone.now()
    # Locked, so that nothing is added while it is erased; a second press finds nothing left to do.
    if Inquiry.objects.select_for_update().only("pk").filter(pk=inquiry.pk, erased_at=None).first() is None:
        return
    events.record(inquiry, Event.Kind.WITHDRAWN, by="visitor")
    erase_content(inquiry, now, by="visitor")
    Inquiry.objects.filter(pk=inquiry.pk).update(
        state=Inquiry.State.CLOSED,
        outcome=Inquiry.Outcome.WITHDRAWN,
        closed_at=now,
        next_action_at=None,
        no_longer_safe=True,
    )
    outbox.enqueue("withdrawn", inquiry=inquiry)


def erase_content(inquiry: Inquiry, now: dt.datetime, *, by: str) -> None:
    """Destroy every wrap of the case key and everything sealed under it; call it inside a transaction.

    `by` is a code for the event ("visitor", "policy"). Without the wraps even a copy of the sealed rows opens no more,
    but for backups that are older than this: docs/threat-model.md says how long they live.
    """
    KeyWrap.objects.filter(inquiry=inquiry).delete()
    Receipt.objects.filter(inquiry=inquiry).delete()
    MailboxSession.objects.filter(inquiry=inquiry).delete()
    inquiry.messages.all().delete()
    inquiry.internal_notes.all().delete()
    PreScreen.objects.filter(inquiry=inquiry).delete()
    WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    inquiry.attempts.update(sealed=b"")
    # That something was disclosed, when and by whom is an account that must be kept; its words go.
    told = DisclosureConsent.objects.filter(inquiry=inquiry)
    told.update(sealed=b"")
    told.filter(revoked_at=None).update(revoked_at=now)
    Disclosure.objects.filter(inquiry=inquiry).update(sealed=b"")
    inquiry.contact_digests.all().delete()
    Delivery.objects.filter(inquiry=inquiry, state=Delivery.State.PENDING).delete()
    consents.replace(inquiry, [], inquiry.language, now)
    Inquiry.objects.filter(pk=inquiry.pk).update(erased_at=now, **_BLANK)
    events.record(inquiry, Event.Kind.ERASED, at=now, by=by)
