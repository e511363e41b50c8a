"""What visitors can do in an open mailbox apart from writing: see who read the case, download it, renew the receipt."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intake.cases import consents, events
from intake.crypto import receipts
from intake.mailbox import sessions
from intake.mailbox.sessions import Mailbox
from intake.models import Event, Receipt


@dataclass(frozen=True)
class Reading:
    """One access by a staff member."""

    at: dt.datetime
    who: str
    what: str


def readings(box: Mailbox) -> list[Reading]:
    """Return when staff opened the case or its contact details, latest first."""
    labels = {
        Event.Kind.OPENED: _("read your request"),
        Event.Kind.CONTACT_SHOWN: _("looked at how to reach you"),
        Event.Kind.RECEIPT_REPLACED: _("gave you new receipt words; the ones before them no longer open this mailbox"),
    }
    accesses = box.inquiry.events.filter(kind__in=list(labels)).select_related("actor").order_by("-id")
    return [
        Reading(event.at, (event.actor.display_name if event.actor else "") or _("A member of staff"), labels[Event.Kind(event.kind)])
        for event in accesses
    ]


def everything_held(box: Mailbox) -> dict[str, Any]:
    """Return all data stored about the visitor, except internal notes, and record the download."""
    inquiry = box.inquiry
    stored = {
        "reference": inquiry.reference,
        "received": inquiry.received_at.isoformat(),
        "centre": inquiry.centre.name,
        "state": inquiry.state,
        "what_you_wrote": sessions.first_words(box),
        "how_to_reach_you": {
            name: getattr(inquiry, name)
            for name in (
                "for_whom",
                "language",
                "needs_interpreter",
                "country",
                "region",
                "contact_way",
                "may_leave_voicemail",
                "may_say_who_we_are",
                "others_may_answer",
                "no_longer_safe",
                "tell_of_answer",
                "tell_by_text",
                "time_zone",
                "safe_windows",
            )
        },
        "guide_you_came_from": inquiry.guide_slug,
        "urgency": {"priority": inquiry.priority, "reasons": inquiry.priority_reasons},
        "messages": [
            {"from": "you" if letter.from_visitor else inquiry.centre.name, "at": letter.at.isoformat(), "text": letter.text}
            for letter in sessions.letters(box)
        ],
        "you_agreed_to": [
            {
                "sentence": str(consents.SENTENCES[consent.wording][consents.Purpose(consent.purpose)]),
                "wording": consent.wording,
                "given": consent.given_at.isoformat(),
                "withdrawn": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
            }
            for consent in inquiry.consents.order_by("given_at", "purpose")
        ],
        "what_happened": [{"at": event.at.isoformat(), "what": event.get_kind_display()} for event in inquiry.events.all()],
    }
    events.record(inquiry, Event.Kind.DOWNLOADED, by="visitor")
    return stored


@transaction.atomic
def renew(box: Mailbox, words: receipts.Words) -> None:
    """Replace the receipt by `words`. The old words, and sessions opened with them in other browsers, become invalid."""
    lookup, key = receipts.derive(words)
    Receipt.objects.filter(inquiry=box.inquiry).update(
        lookup=lookup, wrapped=receipts.wrap(box.case_key, box.inquiry.pk, key), must_renew=False
    )
    sessions.close_others(box)
    events.record(box.inquiry, Event.Kind.RECEIPT_RENEWED, by="visitor")
