"""The pre-screen of a first talk, and the waiting list."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake import case_keys, events, sealing
from intake.models import Event, Inquiry, PreScreen, WaitingListEntry
from intake.triage import cases
from intake.triage.errors import Refused

# ASAM Criteria, 4th edition (2023): the six dimensions.
DIMENSIONS = (
    ("intoxication", gettext_lazy("1. Intoxication, withdrawal and addiction medications")),
    ("biomedical", gettext_lazy("2. Physical health")),
    ("psychiatric", gettext_lazy("3. Mental health and thinking")),
    ("risks", gettext_lazy("4. Risks of substance use")),
    ("environment", gettext_lazy("5. Where and with whom they live")),
    ("considerations", gettext_lazy("6. What matters to them, and what stands in the way")),
)
EDITION = "asam-4"
# The first five call for the emergency number or 988 before any further question.
EMERGENCIES = frozenset({"breathing", "overdose", "suicide", "seizure_now", "chest_pain"})
RED_FLAGS = (
    ("breathing", gettext_lazy("can’t be woken, breathes slowly, blue lips")),
    ("overdose", gettext_lazy("overdose now or in the last day")),
    ("suicide", gettext_lazy("thinks of suicide")),
    ("seizure_now", gettext_lazy("seizure, seeing things or confusion")),
    ("chest_pain", gettext_lazy("chest pain")),
    ("earlier_seizure", gettext_lazy("seizure or delirium in an earlier withdrawal")),
    ("stopping_suddenly", gettext_lazy("drinks or takes benzodiazepines daily and stops now")),
    ("pregnant", gettext_lazy("pregnant")),
    ("vomiting", gettext_lazy("vomits again and again")),
    ("fentanyl", gettext_lazy("severe withdrawal after street fentanyl")),
    ("lost_tolerance", gettext_lazy("just out of detox, hospital or prison")),
    ("under_18", gettext_lazy("under 18")),
    ("unsafe_home", gettext_lazy("not safe at home")),
)


@transaction.atomic
def save_prescreen(inquiry_id: uuid.UUID, answers: dict[str, Any], *, by: User, version: int) -> PreScreen:
    """Seal the answers (all optional; `red_flags` is a list of codes of RED_FLAGS) and raise the priority they call for.

    The priority only ever rises here: an emergency makes it danger now, any other red flag urgent.
    """
    inquiry = cases.locked(inquiry_id, "prescreen", by=by, version=version)
    cases.refuse_closed(inquiry)
    payload = {name: value for name, value in answers.items() if value} | {"edition": EDITION}
    sealed = sealing.seal("prescreen", inquiry.pk, payload, case_keys.for_staff(inquiry, by))
    row, _made = PreScreen.objects.update_or_create(
        inquiry=inquiry, defaults={"sealed": sealed, "updated_at": timezone.now(), "updated_by": by}
    )
    flags = set(answers.get("red_flags", ()))
    if flags:
        called_for = Inquiry.Priority.DANGER if flags & EMERGENCIES else Inquiry.Priority.URGENT
        if called_for < inquiry.priority:
            inquiry.priority = called_for
            # Which flag it was stays sealed.
            inquiry.priority_reasons = [*inquiry.priority_reasons, "red_flag"]
    cases.store(inquiry, "priority", "priority_reasons")
    events.record(inquiry, Event.Kind.PRESCREENED, actor=by)
    return row


@transaction.atomic
def put_on_waiting_list(  # noqa: PLR0913 (one form, all named)
    inquiry_id: uuid.UUID, *, by: User, version: int, reason: str, check_in_at: datetime, interim_offer: str = ""
) -> WaitingListEntry:
    """Note that the person waits for a place: why, what is offered meanwhile (sealed), and when we check in again."""
    inquiry = cases.locked(inquiry_id, "wait_list", by=by, version=version)
    cases.refuse_closed(inquiry)
    now = timezone.now()
    if check_in_at <= now:
        raise Refused(_("The next check-in must lie ahead: a waiting person is never left without a date."))
    sealed = b""
    if interim_offer.strip():
        sealed = sealing.seal("waiting_list", inquiry.pk, {"text": interim_offer.strip()}, case_keys.for_staff(inquiry, by))
    entry, _made = WaitingListEntry.objects.update_or_create(
        inquiry=inquiry,
        defaults={"reason": reason, "check_in_at": check_in_at, "sealed": sealed},
        create_defaults={"reason": reason, "check_in_at": check_in_at, "sealed": sealed, "since": now},
    )
    inquiry.state = Inquiry.State.WAITING
    inquiry.first_response_at = inquiry.first_response_at or now
    inquiry.next_action_at = check_in_at
    cases.store(inquiry, "state", "first_response_at", "next_action_at")
    # Not why: that describes the person, and an event outlives an erased case.
    events.record(inquiry, Event.Kind.WAIT_LISTED, actor=by)
    return entry


@transaction.atomic
def take_off_waiting_list(inquiry_id: uuid.UUID, *, by: User) -> None:
    """End the waiting: there is a place, or the person needs none. The case waits for us."""
    inquiry = cases.locked(inquiry_id, "wait_list", by=by)
    deleted, _per_model = WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    if not deleted:
        raise Refused(_("This case is not on the waiting list."))
    if inquiry.state != Inquiry.State.CLOSED:
        inquiry.state = Inquiry.State.OPEN
        inquiry.next_action_at = None
        cases.store(inquiry, "state", "next_action_at")
    events.record(inquiry, Event.Kind.WAIT_LIST_LEFT, actor=by)


@transaction.atomic
def follow_up(inquiry_id: uuid.UUID, at: datetime, *, by: User, version: int) -> Inquiry:
    """Plan the next step for a date ahead; until then the case rests."""
    inquiry = cases.locked(inquiry_id, "follow_up", by=by, version=version)
    cases.refuse_closed(inquiry)
    now = timezone.now()
    if at <= now:
        raise Refused(_("Choose a time that lies ahead."))
    if inquiry.first_response_at is None:
        raise Refused(_("This person has no answer yet. Answer or try to reach them first."))
    inquiry.state = Inquiry.State.WAITING
    inquiry.next_action_at = at
    cases.store(inquiry, "state", "next_action_at")
    events.record(inquiry, Event.Kind.FOLLOW_UP_PLANNED, actor=by, due=at.isoformat(timespec="minutes"))
    return inquiry
