"""What visitors can do in an open mailbox apart from writing: get a copy of what is held, and renew the receipt."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intake.cases import consents, events, labels
from intake.crypto import receipts
from intake.mailbox import accounting, sessions, status_texts
from intake.mailbox.sessions import Mailbox
from intake.models import Event, Receipt
from intake.scheduling import safe_times
from intake.scheduling.opening_hours import clock


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
        "what_others_may_be_told": [
            {
                **agreement.words,
                "since": agreement.since.isoformat(),
                "until": agreement.until.isoformat(),
                "taken_back": agreement.revoked_at.isoformat() if agreement.revoked_at else None,
                "still_a_question": agreement.is_question,
            }
            for agreement in accounting.agreements(box)
        ],
        "who_read_it_and_what_was_told": [
            {"at": step.at.isoformat(), "who": step.who, "what": step.what} for step in accounting.steps(box)
        ],
        "proof": accounting.proof(inquiry.centre),
        "what_happened": [{"at": event.at.isoformat(), "what": event.get_kind_display()} for event in accounting.happened(box)],
    }
    events.record(inquiry, Event.Kind.DOWNLOADED, by="visitor")
    return stored


def copy_to_read(box: Mailbox) -> dict[str, Any]:
    """Return the same as everything_held in words, for a page to read and print, and record that it was shown."""
    inquiry = box.inquiry
    yes_no = (
        "needs_interpreter",
        "may_leave_voicemail",
        "may_say_who_we_are",
        "others_may_answer",
        "no_longer_safe",
        "tell_of_answer",
        "tell_by_text",
    )
    label = {field.name: field.verbose_name for field in inquiry._meta.fields}
    facts = [
        (label["for_whom"], inquiry.get_for_whom_display()),
        (label["language"], labels.language_name(inquiry.language)),
        (label["contact_way"], inquiry.get_contact_way_display()),
        *((label[name], _("yes") if getattr(inquiry, name) else _("no")) for name in yes_no),
        (label["country"], inquiry.country),
        (label["region"], inquiry.region),
        (label["time_zone"], inquiry.time_zone),
        *((label["safe_windows"], f"{each.weekday_name} {clock(each.start)}–{clock(each.end)}") for each in safe_times.windows(inquiry)),
        (label["guide_slug"], inquiry.guide_slug),
        (label["priority"], inquiry.get_priority_display()),
        (label["priority_reasons"], ", ".join(labels.reason(code) for code in inquiry.priority_reasons)),
    ]
    shown = {
        "status": status_texts.status_for_visitor(inquiry, unreached=status_texts.reaches_nobody(inquiry)),
        "words": labels.lines(sessions.first_words(box)),
        "facts": [(name, value) for name, value in facts if value],
        "letters": sessions.letters(box),
        "consents": [
            (consents.SENTENCES[row.wording][consents.Purpose(row.purpose)], row)
            for row in inquiry.consents.order_by("given_at", "purpose")
        ],
        "agreements": accounting.agreements(box),
        "steps": accounting.steps(box),
        "events": accounting.happened(box),
        "proof": accounting.proof(inquiry.centre),
    }
    events.record(inquiry, Event.Kind.DOWNLOADED, by="visitor")
    return shown


@transaction.atomic
def renew(box: Mailbox, words: receipts.Words) -> None:
    """Replace the receipt by `words`. The old words, and sessions opened with them in other browsers, become invalid."""
    lookup, key = receipts.derive(words)
    Receipt.objects.filter(inquiry=box.inquiry).update(
        lookup=lookup, wrapped=receipts.wrap(box.case_key, box.inquiry.pk, key), must_renew=False
    )
    sessions.close_others(box)
    events.record(box.inquiry, Event.Kind.RECEIPT_RENEWED, by="visitor")
