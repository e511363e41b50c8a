"""The history of a case as shown to staff."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from intake.models import Alarm, ContactAttempt, Event, Inquiry, Message


@dataclass(frozen=True)
class Entry:
    """One line of the history."""

    at: dt.datetime
    who: str
    what: str
    more: str = ""


# Why a visitor was not told of an answer: (way, code of http_client.Why) -> a sentence.
_NOT_TOLD = {
    ("email", "no_address"): gettext_lazy("The mail to the person was refused: the address does not exist."),
    ("email", "full"): gettext_lazy("The mail to the person was refused: their mailbox is full."),
    ("email", "refused"): gettext_lazy("The mail to the person was refused by their mail server."),
    ("email", "tried"): gettext_lazy("The mail to the person could not be delivered, though it was tried for a day."),
    ("text", "refused"): gettext_lazy("The text message to the person was refused: their number takes none from us."),
    ("text", "tried"): gettext_lazy("The text message to the person could not be delivered, though it was tried for a day."),
}


def not_told(event: Event) -> str:
    """Return why the visitor was not told, of an event of kind VISITOR_NOT_TOLD."""
    return str(_NOT_TOLD.get((event.data.get("way", ""), event.data.get("why", "")), event.get_kind_display()))


def not_told_of(message: Message, timeline: list[Event]) -> list[str]:
    """Return why the visitor was not told of this reply: what failed after it and before the next one. Nothing once it was read."""
    if message.sender != Message.Sender.STAFF or message.read_at is not None:
        return []
    reasons: dict[str, None] = {}
    current = False
    for event in timeline:  # the oldest first
        if event.kind == Event.Kind.REPLIED:
            current = event.data.get("message") == str(message.pk)
        elif event.kind == Event.Kind.VISITOR_NOT_TOLD and current:
            reasons[not_told(event)] = None
    return list(reasons)


def entries(events: list[Event], attempt_notes: dict[str, str]) -> list[Entry]:
    """Return the history, newest first. `attempt_notes` maps the id of an attempt to its decrypted note.

    Consecutive identical notifications (one per recipient) are shown as one entry.
    """
    lines: list[Entry] = []
    for event in reversed(events):
        entry = Entry(event.at, who(event), what(event), attempt_notes.get(str(event.data.get("attempt")), ""))
        if event.kind == Event.Kind.NOTIFIED and lines and (lines[-1].who, lines[-1].what) == (entry.who, entry.what):
            continue
        lines.append(entry)
    return lines


def who(event: Event) -> str:
    """Return the name of the actor as shown to staff."""
    if event.actor is not None:
        return event.actor.shown_name
    if event.data.get("by") == "command":
        return _("Somebody at the server’s shell")
    visitor = (Event.Kind.RECEIVED, Event.Kind.VISITOR_WROTE, Event.Kind.MAILBOX_OPENED)
    return _("The visitor") if event.data.get("by") == "visitor" or event.kind in visitor else _("The site")


def what(event: Event) -> str:
    """Return the label of the event with its result, if it has one."""
    label = str(event.get_kind_display())
    if event.kind == Event.Kind.RECEIVED and event.data.get("spam"):
        return _("received; held, because it looked automatic")
    if event.kind == Event.Kind.ATTEMPTED:
        way = dict(Inquiry.ContactWay.choices).get(event.data.get("way", ""), "")
        outcome = dict(ContactAttempt.Outcome.choices).get(event.data.get("outcome", ""), "")
        return f"{label}: {way}, {outcome}"
    if event.kind == Event.Kind.CLOSED:
        return f"{label}: {dict(Inquiry.Outcome.choices).get(event.data.get('outcome', ''), '')}"
    if event.kind == Event.Kind.DANGER_RESOLVED:
        return f"{label}: {dict(Inquiry.DangerOutcome.choices).get(event.data.get('outcome', ''), '')}"
    if event.kind == Event.Kind.PRIORITY_CHANGED:
        return f"{label}: {dict(Inquiry.Priority.choices).get(event.data.get('priority', 0), '')}"
    if event.kind == Event.Kind.RELEASED and event.data.get("why") == "stalled":
        return _("given back to everybody: not answered by the promised time")
    if event.kind == Event.Kind.RELEASED and event.data.get("why") == "left":
        return _("given back to everybody: the person who had it no longer works here")
    if event.kind == Event.Kind.RUNG:
        n = len(event.data.get("to", []))
        told = ngettext("%(n)d person told", "%(n)d people told", n) % {"n": n}
        shared = ", " + _("a shared address or a webhook") if event.data.get("shared") else ""
        why = "; " + _("nobody had opened the case since “I have it”") if event.data.get("why") == "unopened" else ""
        return f"{label}: {told}{shared}{why}"
    if event.kind == Event.Kind.VISITOR_NOT_TOLD:
        return not_told(event)
    if event.kind == Event.Kind.ACKNOWLEDGED:
        minutes = max(1, round(event.data.get("seconds", 0) / 60))
        how = dict(Alarm.Via.choices).get(event.data.get("via", ""), "")
        after = ngettext("after %(n)d minute", "after %(n)d minutes", minutes) % {"n": minutes}
        return f"{label}: {after}, {how}"
    return label
