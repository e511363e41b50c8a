"""Which centre answers an inquiry. Nothing is ever lost here: what matches no rule goes to the default centre."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet

from accounts.models import User
from intake.cases.inquiry_data import InquiryData
from intake.models import Centre, CentreKey, Inquiry, QueueRank, RoutingRule
from intake.scheduling import response_times


class NobodyToAnswer(Exception):
    """There is no default centre, or it has no key to seal to: the site can't take inquiries. A check says so at start."""


@dataclass(frozen=True)
class Route:
    """Where an inquiry goes, how urgent it is there, until when an answer is promised, and by which rule."""

    centre: Centre
    key: CentreKey
    priority: int
    answer_by: dt.datetime | None
    person: User | None = None
    rule: RoutingRule | None = None


@dataclass(frozen=True)
class Look:
    """One rule as it looked at an inquiry: the code of the first condition that didn't hold, or nothing when all did."""

    rule: RoutingRule
    failed: str


def choose(data: InquiryData, priority: int, now: dt.datetime, *, drafts: bool = False) -> Route:
    """Return the route of an inquiry that arrives at `now`; raise NobodyToAnswer when not even the default centre can take it.

    A centre that the visitor asked for comes before every rule, if it takes inquiries now; of the rules only its own are looked at.
    The first active rule that matches decides, if its centre takes inquiries now and has a key; `drafts` tries out the
    rules that are not in use yet.
    """
    chosen = _keys().filter(centre__slug=data.centre, centre__in=Centre.objects.accepting()).first() if data.centre else None
    in_use = _in_use()
    for rule in _rules(drafts=True) if drafts else in_use.rules:
        if (chosen is None or rule.centre_id == chosen.centre_id) and not _failed(rule, data, now):
            return _by_rule(rule, priority, now)
    key = chosen or in_use.default_key
    if key is None:
        raise NobodyToAnswer
    return _route(key, priority, response_times.minutes_for(key.centre, priority), now)


def explain(data: InquiryData, now: dt.datetime, *, drafts: bool) -> list[Look]:
    """Return how each rule looks at an example, in order, up to the first that matches; `drafts` counts unused rules as used."""
    looks = []
    chosen = Centre.objects.accepting().filter(slug=data.centre).first() if data.centre else None
    for rule in _rules(drafts=drafts):
        another = chosen is not None and rule.centre_id != chosen.pk
        looks.append(Look(rule, "centre" if another else _failed(rule, data, now)))
        if not looks[-1].failed:
            break
    return looks


def choosable() -> list[tuple[str, str]]:
    """Return slug and name of the centres that take inquiries now and can be asked for by name."""
    return _in_use().choosable


class _InUse:
    """The active rules and the key of the default centre, as they were when they were first asked for; good `until` then."""

    def __init__(self, until: float) -> None:
        self.until = until  # by the clock that only goes forward, in seconds

    @cached_property
    def rules(self) -> list[RoutingRule]:
        return list(_rules(drafts=False))

    @cached_property
    def choosable(self) -> list[tuple[str, str]]:
        centres = Centre.objects.accepting().filter(keys__retired_at=None, keys__isnull=False).order_by("name")
        return list(centres.values_list("slug", "name"))

    @cached_property
    def default_key(self) -> CentreKey | None:
        return _keys().filter(centre__is_default=True).first()


# The one that is kept now.
_kept = [_InUse(until=0.0)]


def _in_use() -> _InUse:
    """Return what is in use now, or was less than settings.ROUTING_SECONDS ago.

    It is four queries for every form shown and every form sent, and changes a few times a year. What is decided with the
    old rules is as good as what came a second earlier: a key that was just retired still opens what it sealed.
    """
    now = monotonic()
    if now >= _kept[0].until:
        _kept[0] = _InUse(until=now + settings.ROUTING_SECONDS)
    return _kept[0]


@transaction.atomic
def move(rule: RoutingRule, *, up: bool) -> bool:
    """Let `rule` change its place with the one before (up) or behind it; return whether there was one."""
    rules = RoutingRule.objects.select_for_update()
    if up:
        other = rules.filter(position__lt=rule.position).order_by("-position").first()
    else:
        other = rules.filter(position__gt=rule.position).order_by("position").first()
    if other is None:
        return False
    place, free = rule.position, (rules.aggregate(last=Max("position"))["last"] or 0) + 1
    # Places are unique at every moment, so one of the two steps aside first.
    for moved, position in ((rule, free), (other, place), (rule, other.position)):
        RoutingRule.objects.filter(pk=moved.pk).update(position=position)
    return True


def _rules(*, drafts: bool) -> Iterable[RoutingRule]:
    rules = RoutingRule.objects.all() if drafts else RoutingRule.objects.filter(is_active=True)
    return rules.select_related("centre", "person", "team").prefetch_related(
        "centre__opening_hours",
        "centre__holidays",
        Prefetch("centre__keys", CentreKey.objects.filter(retired_at=None), to_attr="active_keys"),
    )


def _keys() -> QuerySet[CentreKey]:
    return CentreKey.objects.filter(retired_at=None).select_related("centre").prefetch_related("centre__opening_hours", "centre__holidays")


def _failed(rule: RoutingRule, data: InquiryData, now: dt.datetime) -> str:
    """Return the code of the first condition of `rule` that doesn't hold, or nothing."""
    centre = rule.centre
    there = now.astimezone(ZoneInfo(centre.time_zone))
    begin, end = rule.from_time, rule.until_time
    conditions = {
        "region": not rule.regions or data.region in rule.regions,
        "language": not rule.languages or data.language in rule.languages,
        "for_whom": not rule.for_whom or data.for_whom in rule.for_whom,
        "age": not rule.age_bands or data.age_band in rule.age_bands,
        "substance": not rule.substances or bool(set(rule.substances) & set(data.substances)),
        "payer": not rule.payers or data.payer in rule.payers,
        "day": not rule.weekdays or there.weekday() in rule.weekdays,
        "time": _in_time(there, begin, end),
        "closed": not rule.only_while_open or response_times.is_open(centre, now),
        "paused": centre.accepts_inquiries and not (centre.paused_until and centre.paused_until > now),
        "key": bool(centre.active_keys),  # type: ignore[attr-defined]
    }
    failed = next((code for code, holds in conditions.items() if not holds), "")
    # Counted last, and only for a rule that would otherwise match.
    return failed or ("load" if _is_full(rule) else "")


def _in_time(there: dt.datetime, begin: dt.time | None, end: dt.time | None) -> bool:
    """Tell whether the clock is between the two; "from 22 until 6" goes over midnight."""
    clock = there.time()
    if begin and end:
        return begin <= clock < end if begin < end else clock >= begin or clock < end
    return (begin is None or clock >= begin) and (end is None or clock < end)


def _is_full(rule: RoutingRule) -> bool:
    if rule.max_open_cases is None:
        return False
    # By the queue's index: the state alone would be counted through all cases of the centre.
    active = Inquiry.objects.filter(centre=rule.centre, queue_rank__lt=QueueRank.CLOSED)
    return active[: rule.max_open_cases].count() >= rule.max_open_cases


def _by_rule(rule: RoutingRule, priority: int, now: dt.datetime) -> Route:
    # Smaller is more urgent: a rule may raise an inquiry, and never lower what its own answers say.
    urgency = min(priority, rule.priority or priority)
    minutes = response_times.minutes_for(rule.centre, urgency)
    if rule.promise_minutes is not None:
        minutes = rule.promise_minutes if urgency == Inquiry.Priority.NORMAL else min(rule.promise_minutes, minutes)
    [key] = rule.centre.active_keys  # type: ignore[attr-defined]
    key.centre = rule.centre
    return _route(key, urgency, minutes, now, rule)


def _route(key: CentreKey, priority: int, minutes: int, now: dt.datetime, rule: RoutingRule | None = None) -> Route:
    centre = key.centre
    start = max(now, centre.paused_until or now)
    person = rule.person if rule else None
    if person is not None and not (person.is_active and person.is_staff and person.memberships.filter(centre=centre).exists()):
        person = None
    return Route(centre, key, priority, response_times.answer_by(centre, minutes, start), person, rule)
