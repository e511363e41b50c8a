"""Replies to the visitor, and internal notes."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Event, Inquiry, InternalNote, Message, WaitingListEntry
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import cadence, response_times
from intake.triage import base, claims
from recovery_site.verbs import Refused


@transaction.atomic
def reply(inquiry: Inquiry, *, by: User, version: int, text: str, next_action_at: dt.datetime | None = None) -> Message:
    """Store a sealed message for the visitor's mailbox and notify the visitor. An unclaimed case is assigned to `by`.

    A reply to an urgent case, or to one in danger, sets a look soon after (cadence.next_look).
    """
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
    before = inquiry.next_action_at
    inquiry.next_action_at = next_action_at or _planned(inquiry, now)
    # Whether the reply was read is looked at soon, whatever else is planned.
    look = cadence.next_look(inquiry, now)
    if look is not None:
        inquiry.next_action_at = min(look, inquiry.next_action_at or look)
    if inquiry.next_action_at != before:
        inquiry.follow_up_reason = ""
    response_times.record_response(inquiry, now)
    inquiry.state = Inquiry.State.WAITING
    base.save_new_version(inquiry, *claims.OWNER_FIELDS, *response_times.RESPONSE_FIELDS, "next_action_at", "follow_up_reason")
    events.record(inquiry, Event.Kind.REPLIED, by=by, message=str(message.pk))
    outbox.enqueue(Kind.ANSWER_WAITING, inquiry=inquiry)
    return message


def _planned(inquiry: Inquiry, now: dt.datetime) -> dt.datetime | None:
    """Return the date of a planned follow-up or check-in, if any. A reply ends the wait for a first answer but no follow-up."""
    if inquiry.first_response_at is not None and inquiry.next_action_at is not None and inquiry.next_action_at > now:
        return inquiry.next_action_at
    return WaitingListEntry.objects.filter(inquiry=inquiry).values_list("check_in_at", flat=True).first()


@transaction.atomic
def add_note(inquiry: Inquiry, *, by: User, text: str) -> InternalNote:
    """Store a sealed note for staff. The version stays the same, because a note makes no other page stale."""
    inquiry = base.get_for_update(inquiry, "add_note", by=by)
    if not text.strip():
        raise Refused(_("Write the note first."))
    note = store_note(inquiry, text, by=by)
    events.record(inquiry, Event.Kind.NOTE_ADDED, by=by, note=str(note.pk))
    return note


def store_note(inquiry: Inquiry, text: str, *, by: User) -> InternalNote:
    """Store a sealed note of a locked case. The caller has checked permissions and records the event."""
    note = InternalNote(inquiry=inquiry, author=by, written_at=timezone.now())
    note.sealed = sealing.seal("note", note.pk, {"text": text.strip()}, case_keys.for_staff(inquiry, by))
    note.save(force_insert=True)
    return note
