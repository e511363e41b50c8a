"""The history of a case in words."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from intake.models import ContactAttempt, Event, Inquiry


@dataclass(frozen=True)
class Entry:
    """One line of the history."""

    at: dt.datetime
    who: str
    what: str
    more: str = ""


def entries(events: list[Event], attempt_notes: dict[str, str]) -> list[Entry]:
    """Return the history, newest first. `attempt_notes` maps an attempt's id to its unsealed note.

    What the site did several times in a row (telling each member of staff) is one line.
    """
    found: list[Entry] = []
    for event in reversed(events):
        entry = Entry(event.at, who(event), what(event), attempt_notes.get(str(event.data.get("attempt")), ""))
        if event.kind == Event.Kind.NOTIFIED and found and (found[-1].who, found[-1].what) == (entry.who, entry.what):
            continue
        found.append(entry)
    return found


def who(event: Event) -> str:
    """Return whose act it was, as staff read it."""
    if event.actor is not None:
        return event.actor.shown_name
    visitor = (Event.Kind.RECEIVED, Event.Kind.VISITOR_WROTE, Event.Kind.MAILBOX_OPENED)
    return _("The visitor") if event.data.get("by") == "visitor" or event.kind in visitor else _("The site")


def what(event: Event) -> str:
    """Return what happened: the kind of event and, where it has one, its result."""
    label = str(event.get_kind_display())
    if event.kind == Event.Kind.ATTEMPTED:
        way = dict(Inquiry.ContactWay.choices).get(event.data.get("way", ""), "")
        outcome = dict(ContactAttempt.Outcome.choices).get(event.data.get("outcome", ""), "")
        return f"{label}: {way}, {outcome}"
    if event.kind == Event.Kind.CLOSED:
        return f"{label}: {dict(Inquiry.Outcome.choices).get(event.data.get('outcome', ''), '')}"
    if event.kind == Event.Kind.RELEASED and event.data.get("why") == "stalled":
        return _("given back to everybody: the promise passed unanswered")
    return label
