"""What staff write: replies that the visitor reads in the mailbox, and notes that only colleagues read."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Event, Inquiry, InternalNote, Message, WaitingListEntry
from intake.notifications import outbox
from intake.triage import base, claims
from recovery_site.verbs import Refused


@transaction.atomic
def reply(inquiry: Inquiry, *, by: User, version: int, text: str, next_action_at: dt.datetime | None = None) -> Message:
    """Seal `text` into a message that the visitor reads in the mailbox; a case nobody has becomes the caller's."""
    inquiry = base.get_for_update(inquiry, "reply", by=by, version=version)
    base.refuse_closed(inquiry)
    if not text.strip():
        raise Refused(_("Write the reply first."))
    now = timezone.now()
    message = Message(inquiry=inquiry, sender=Message.Sender.STAFF, author=by, sent_at=now)
    message.sealed = sealing.seal("message", message.pk, {"text": text.strip()}, case_keys.for_staff(inquiry, by))
    message.save(force_insert=True)
    if inquiry.claimed_by_id is None:
        claims.assign_to(inquiry, by)
    inquiry.next_action_at = next_action_at or _planned(inquiry, now)
    inquiry.first_response_at = inquiry.first_response_at or now
    inquiry.state = Inquiry.State.WAITING
    base.save_new_version(inquiry, *claims.OWNER_FIELDS, "first_response_at", "next_action_at")
    events.record(inquiry, Event.Kind.REPLIED, by=by, message=str(message.pk))
    if inquiry.tell_of_answer:
        outbox.enqueue("answer_waiting", inquiry=inquiry, channel="visitor")
    if inquiry.tell_by_text:
        outbox.enqueue("answer_waiting", inquiry=inquiry, channel="text")
    return message


def _planned(inquiry: Inquiry, now: dt.datetime) -> dt.datetime | None:
    """Return the date ahead that somebody planned for the case. A reply ends the promise of a first answer, not a follow-up."""
    if inquiry.first_response_at is not None and inquiry.next_action_at is not None and inquiry.next_action_at > now:
        return inquiry.next_action_at
    return WaitingListEntry.objects.filter(inquiry=inquiry).values_list("check_in_at", flat=True).first()


@transaction.atomic
def add_note(inquiry: Inquiry, *, by: User, text: str) -> InternalNote:
    """Seal `text` into a note for colleagues. A note changes nothing that another's page could be stale about."""
    inquiry = base.get_for_update(inquiry, "add_note", by=by)
    if not text.strip():
        raise Refused(_("Write the note first."))
    note = InternalNote(inquiry=inquiry, author=by, written_at=timezone.now())
    note.sealed = sealing.seal("note", note.pk, {"text": text.strip()}, case_keys.for_staff(inquiry, by))
    note.save(force_insert=True)
    events.record(inquiry, Event.Kind.NOTE_ADDED, by=by, note=str(note.pk))
    return note
