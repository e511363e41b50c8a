"""Replies to the visitor, and internal notes."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, drafts, events
from intake.crypto import sealing
from intake.identifiers import new_id
from intake.models import Event, Inquiry, InternalNote, Message, Notification, WaitingListEntry
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import cadence, response_times
from intake.triage import base, claims
from recovery_site.verbs import Refused


@transaction.atomic
def reply(inquiry: Inquiry, *, by: User, version: int, text: str, next_action_at: dt.datetime | None = None) -> Message:
    """Store a sealed message for the visitor's mailbox and notify the visitor. An unclaimed case is assigned to `by`.

    The visitor sees it, and is told of it, after settings.TAKE_BACK_SECONDS, without
    anything having to be done for it.
    A reply to an urgent case, or to one in danger, sets a look soon after (cadence.next_look).
    """
    inquiry = base.get_for_update(inquiry, "reply", by=by, version=version)
    base.refuse_closed(inquiry)
    if not text.strip():
        raise Refused(_("Write the reply first."))
    now = timezone.now()
    visible_from = now + dt.timedelta(seconds=settings.TAKE_BACK_SECONDS)
    message = Message(inquiry=inquiry, sender=Message.Sender.STAFF, author=by, sent_at=now, visible_from=visible_from)
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
    outbox.enqueue(Kind.ANSWER_WAITING, inquiry=inquiry, not_before=message.visible_from, key=message.pk)
    return message


@transaction.atomic
def take_back(inquiry: Inquiry, *, by: User, message_id: UUID) -> UUID:
    """Delete a reply of `by` that isn't in the mailbox yet, and keep its text as a draft. Return the id of the draft.

    The case is open again; a first answer counts as not given. Raises Refused when it is too late.
    """
    inquiry = base.get_for_update(inquiry, "reply", by=by)
    now = timezone.now()
    message = inquiry.messages.filter(pk=message_id, author=by, sender=Message.Sender.STAFF, visible_from__gt=now).first()
    if message is None:
        raise Refused(_("It is too late to take this reply back: it is in the mailbox."))
    text = sealing.open_sealed("message", message.pk, message.sealed, case_keys.for_staff(inquiry, by))["text"]
    draft_id = new_id()
    drafts.save(draft_id, "reply", {"text": [text]}, by=by, inquiry=inquiry)
    Notification.objects.filter(pk=message.pk, state=Notification.State.PENDING).delete()
    if inquiry.first_response_at == message.sent_at:
        inquiry.first_response_at = inquiry.response_minutes = None
    if inquiry.state == Inquiry.State.WAITING:
        inquiry.state = Inquiry.State.OPEN
    message.delete()
    base.save_new_version(inquiry, "state", *response_times.RESPONSE_FIELDS)
    events.record(inquiry, Event.Kind.REPLY_TAKEN_BACK, by=by, message=str(message_id))
    return draft_id


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
