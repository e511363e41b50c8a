"""The pre-screen: structured notes of a first conversation."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake.cases import case_keys, danger, events
from intake.crypto import sealing
from intake.models import Alarm, Event, Inquiry, PreScreen
from intake.notifications import alarms
from intake.scheduling import response_times
from intake.triage import base

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
# The first five of RED_FLAGS, which require calling the emergency number or 988 before asking anything else.
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
def save_prescreen(inquiry: Inquiry, *, by: User, version: int, answers: dict[str, Any]) -> PreScreen:
    """Store the sealed answers. All are optional; `red_flags` is a list of codes of RED_FLAGS.

    An emergency makes the priority DANGER and rings staff like any danger; any other red flag makes it at least URGENT. Taking the flags
    back undoes that for the person who ticked them, unless somebody changed the priority since; else change_priority() and
    resolve_danger() lower it.
    """
    inquiry = base.get_for_update(inquiry, "prescreen", by=by, version=version)
    base.refuse_closed(inquiry)
    payload = {name: value for name, value in answers.items() if value} | {"edition": EDITION}
    sealed = sealing.seal("prescreen", inquiry.pk, payload, case_keys.for_staff(inquiry, by))
    before = _flags_before(inquiry, by)
    row, _created = PreScreen.objects.update_or_create(
        inquiry=inquiry, defaults={"sealed": sealed, "updated_at": timezone.now(), "updated_by": by}
    )
    flags = set(answers.get("red_flags", ()))
    was_in_danger = inquiry.is_in_danger
    raised_from = _undo_own(inquiry, flags, by)
    new_emergency = bool(flags & EMERGENCIES - before)
    if new_emergency:
        danger.reopen(inquiry, by=by)
        if inquiry.state == Inquiry.State.WAITING:
            inquiry.state = Inquiry.State.OPEN
    priority = _priority_of(flags)
    if priority < inquiry.priority:
        raised_from = raised_from or inquiry.priority
        inquiry.priority = priority
        response_times.promise_sooner(inquiry, timezone.now())
        # A general reason, because the flags themselves are stored only in the sealed payload.
        inquiry.priority_reasons = [*(reason for reason in inquiry.priority_reasons if reason != "red_flag"), "red_flag"]
    base.save_new_version(inquiry, "priority", "priority_reasons", "state", "answer_by", "next_action_at", *danger.DANGER_FIELDS)
    codes: dict[str, Any] = {"raised_from": raised_from} if raised_from else {}
    events.record(inquiry, Event.Kind.PRESCREENED, by=by, **codes)
    if new_emergency:
        alarms.cry(inquiry)
    elif was_in_danger and not inquiry.is_in_danger:
        alarms.acknowledge(inquiry, by=by, via=Alarm.Via.CASE, now=timezone.now())
    return row


def _priority_of(flags: set[str]) -> Inquiry.Priority:
    if flags & EMERGENCIES:
        return Inquiry.Priority.DANGER
    return Inquiry.Priority.URGENT if flags else Inquiry.Priority.NORMAL


def _flags_before(inquiry: Inquiry, by: User) -> set[str]:
    """Return the red flags that were ticked until now."""
    row = PreScreen.objects.filter(inquiry=inquiry).first()
    if row is None:
        return set()
    return set(sealing.open_sealed("prescreen", inquiry.pk, bytes(row.sealed), case_keys.for_staff(inquiry, by)).get("red_flags", ()))


def _undo_own(inquiry: Inquiry, flags: set[str], by: User) -> int | None:
    """Put the priority back to what it was before the flags of `by` raised it, if `flags` no longer call for it.

    Returns the earlier priority if the flags had raised it and nothing else changed it since, otherwise None.
    """
    changes = (Event.Kind.PRESCREENED, Event.Kind.MORE_URGENT, Event.Kind.PRIORITY_CHANGED, Event.Kind.DANGER_RESOLVED, Event.Kind.MERGED)
    last = inquiry.events.filter(kind__in=changes).order_by("-id").first()
    if last is None or last.kind != Event.Kind.PRESCREENED or last.actor_id != by.pk or "raised_from" not in last.data:
        return None
    if _priority_of(flags) <= inquiry.priority:
        return int(last.data["raised_from"])
    before = inquiry.priority
    inquiry.priority = min(last.data["raised_from"], _priority_of(flags))
    events.record(inquiry, Event.Kind.PRIORITY_CHANGED, by=by, before=before, priority=inquiry.priority, reason="own_flag")
    if inquiry.priority == last.data["raised_from"]:
        inquiry.priority_reasons = [reason for reason in inquiry.priority_reasons if reason != "red_flag"]
        return None
    return int(last.data["raised_from"])
