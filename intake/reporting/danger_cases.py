"""Every danger case of the last days with its times: for leads and auditors. One row a case, nothing that was said."""

import datetime as dt
import math
import statistics
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from intake.cases.permissions import recused_from
from intake.models import ContactAttempt, Event, Inquiry, QueueRank

PERIOD = dt.timedelta(days=30)
DRILL_PERIOD = dt.timedelta(days=365)  # at most one drill a month is scheduled
AT_MOST = 500  # rows
TOLD = (Event.Kind.NOTIFIED, Event.Kind.ESCALATED, Event.Kind.RUNG)
TRIED = (Event.Kind.ATTEMPTED, Event.Kind.REPLIED, Event.Kind.EMERGENCY_CALLED)
KINDS = (*TOLD, *TRIED, Event.Kind.ACKNOWLEDGED, Event.Kind.OPENED, Event.Kind.DANGER_RESOLVED)


@dataclass
class DangerCase:
    """A case and its times; None for what hasn't happened."""

    inquiry: Inquiry
    told: dt.datetime | None = None
    acknowledged: dt.datetime | None = None
    opened: dt.datetime | None = None
    tried: dt.datetime | None = None
    reached: dt.datetime | None = None

    @property
    def minutes_to_person(self) -> int | None:
        """Whole minutes from the arrival until somebody said "I have it" or opened the case."""
        moments = [moment for moment in (self.acknowledged, self.opened) if moment is not None]
        return int((min(moments) - self.inquiry.received_at).total_seconds() // 60) if moments else None


def danger_cases(centre_ids: Collection[int], user: User, now: dt.datetime) -> list[DangerCase]:
    """Return the danger cases of these centres that arrived or were resolved in PERIOD, or are unresolved; the latest first.

    Drills are among them. Cases that `user` is recused from are left out. Three queries.
    """
    since = now - PERIOD
    was_danger = Q(priority=Inquiry.Priority.DANGER, received_at__gte=since) | Q(danger_resolved_at__gte=since)
    inquiries = (
        Inquiry.objects.filter(Q(queue_rank=QueueRank.DANGER) | was_danger, centre_id__in=centre_ids)
        .exclude(pk__in=recused_from(user))
        .select_related("centre", "claimed_by", "merged_into")
        .defer("sealed", "submission", "merged_into__sealed", "merged_into__submission")
        .order_by("-received_at", "-id")[:AT_MOST]
    )
    cases: dict[UUID | None, DangerCase] = {inquiry.pk: DangerCase(inquiry) for inquiry in inquiries}
    for event in Event.objects.filter(inquiry__in=list(cases), kind__in=KINDS).order_by("id"):
        _note(cases[event.inquiry_id], event)
    return list(cases.values())


@dataclass(frozen=True)
class DrillFigures:
    """How long drills took to reach a person. `median` is in minutes; None when at least half reached nobody."""

    drills: int
    unanswered: int
    median: float | None


def drill_figures(centre_ids: Collection[int], user: User, now: dt.datetime) -> DrillFigures:
    """Return the figures of the drills of DRILL_PERIOD at these centres. A drill that nobody answered counts as endless. Two queries."""
    # Canaries of backups are invented as well, and never in danger.
    of_danger = Q(priority=Inquiry.Priority.DANGER) | Q(danger_resolved_at__isnull=False)
    drills = Inquiry.objects.filter(of_danger, is_drill=True, centre_id__in=centre_ids, received_at__gte=now - DRILL_PERIOD)
    drills = drills.exclude(pk__in=recused_from(user)).defer("sealed", "submission").order_by("-received_at", "-id")[:AT_MOST]
    cases: dict[UUID | None, DangerCase] = {inquiry.pk: DangerCase(inquiry) for inquiry in drills}
    for event in Event.objects.filter(inquiry__in=list(cases), kind__in=KINDS).order_by("id"):
        _note(cases[event.inquiry_id], event)
    minutes = [case.minutes_to_person for case in cases.values()]
    median = statistics.median(math.inf if value is None else value for value in minutes) if minutes else math.inf
    return DrillFigures(len(minutes), minutes.count(None), median if math.isfinite(median) else None)


def _note(case: DangerCase, event: Event) -> None:
    """Keep the first moment of each kind."""
    # An alarm may ring a shared address or a webhook alone, without a person's name.
    if event.kind in TOLD and (event.data.get("to") != [] or event.data.get("shared")):
        case.told = case.told or event.at
    elif event.kind == Event.Kind.ACKNOWLEDGED and event.data.get("by") != "system":  # not an alarm that ended because the case did
        case.acknowledged = case.acknowledged or event.at
    elif event.kind == Event.Kind.OPENED:
        case.opened = case.opened or event.at
    elif event.kind in TRIED:
        case.tried = case.tried or event.at
    is_reached = event.data.get("outcome") in (ContactAttempt.Outcome.REACHED, Inquiry.DangerOutcome.REACHED_SAFE)
    if is_reached:
        case.reached = case.reached or event.at
