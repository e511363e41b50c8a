"""Routing of inquiries to centres by rules. An inquiry that matches no rule goes to the default centre."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet

from accounts.models import User
from intake.assessment import readiness
from intake.cases.inquiry_data import InquiryData
from intake.crypto import pins
from intake.models import Centre, CentreKey, Inquiry, QueueRank, RoutingRule
from intake.scheduling import response_times
from intake.scheduling.opening_hours import CentreHours
from recovery_site.database import roles


class NobodyToAnswer(Exception):
    """Raised when no inquiry can be accepted: there is no default centre, or it has no key that may be sealed to (see intake.checks)."""


@dataclass(frozen=True)
class Route:
    """The result of routing: centre, key, priority, response deadline, and the rule that matched."""

    centre: Centre
    key: CentreKey
    priority: int
    answer_by: dt.datetime | None
    person: User | None = None
    rule: RoutingRule | None = None


@dataclass(frozen=True)
class Look:
    """The result of one rule: `failed` is the code of the first condition that didn't hold, or empty if the rule matches."""

    rule: RoutingRule
    failed: str


def choose(data: InquiryData, priority: int, now: dt.datetime, *, drafts: bool = False) -> Route:
    """Return the route of an inquiry that arrives at `now`. Raises NobodyToAnswer if the default centre is needed but missing.

    If the visitor requested a centre that can take inquiries (intake.assessment.readiness), only the rules of that centre are
    evaluated. The first active rule that matches decides, provided its centre can take them. Otherwise it is the default centre; if
    that one can't, another that can; if none can, the default centre all the same. `drafts` includes inactive rules.
    """
    active = _active_rules()
    complete = readiness.complete() if drafts else active.complete
    chosen = _keys().filter(centre__slug=data.centre, centre__in=Centre.objects.accepting()).first() if data.centre else None
    if chosen is not None and chosen.centre_id not in complete:
        chosen = None
    for rule in _rules(drafts=True) if drafts else active.rules:
        if (chosen is None or rule.centre_id == chosen.centre_id) and not _failed(rule, data, now, complete):
            return _by_rule(rule, priority, now)
    key = chosen or active.last_resort
    if key is None:
        raise NobodyToAnswer
    return _route(key, priority, response_times.minutes_for(key.centre, priority), now)


def explain(data: InquiryData, now: dt.datetime, *, drafts: bool) -> list[Look]:
    """Return the result of each rule for an example, up to the first that matches. `drafts` includes inactive rules."""
    looks = []
    complete = readiness.complete()
    chosen = Centre.objects.accepting().filter(slug=data.centre, pk__in=complete).first() if data.centre else None
    for rule in _rules(drafts=drafts):
        is_other_centre = chosen is not None and rule.centre_id != chosen.pk
        looks.append(Look(rule, "centre" if is_other_centre else _failed(rule, data, now, complete)))
        if not looks[-1].failed:
            break
    return looks


def choosable() -> list[tuple[str, str]]:
    """Return (slug, name) of the centres that can take inquiries and be requested in the form."""
    return _active_rules().choosable


def last_resort() -> Centre | None:
    """Return the centre that an inquiry goes to that matches no rule, or None if it is refused."""
    key = _active_rules().last_resort
    return key.centre if key else None


class _ActiveRules:
    """A snapshot of the active rules, the centres to choose from and the default centre's key. Queried on first access."""

    def __init__(self, until: float) -> None:
        self.until = until  # expiry on the monotonic clock, in seconds

    @cached_property
    def rules(self) -> list[RoutingRule]:
        return list(_rules(drafts=False))

    @cached_property
    def complete(self) -> set[int]:
        """The ids of the centres that lack nothing."""
        return readiness.complete()

    @cached_property
    def able(self) -> list[Centre]:
        return list(Centre.objects.accepting().filter(pk__in=self.complete).order_by("name"))

    @property
    def choosable(self) -> list[tuple[str, str]]:
        return [(centre.slug, centre.name) for centre in self.able]

    @cached_property
    def last_resort(self) -> CentreKey | None:
        """The key of the centre that takes what nothing else takes.

        Where the default centre can't take inquiries, another that can does. Where none can, it is the default centre all the same:
        a request that waits there, with the operators told and the page saying to call, is better than one that is refused. But not
        where its key isn't signed: whoever swapped it could read the request.
        """
        default = _keys().filter(centre__is_default=True).first()
        if default is not None and not pins.is_pinned(default):
            default = None
        able = {centre.pk for centre in self.able}
        if not able or (default is not None and default.centre_id in able):
            return default
        return _keys().get(centre=self.able[0])


# The snapshot in use, in a list so that it can be replaced.
_cached = [_ActiveRules(until=0.0)]


def _active_rules() -> _ActiveRules:
    """Return the active rules, cached in this process for settings.ROUTING_SECONDS.

    They cost four queries for every form that is shown or sent, and change a few times a year. An inquiry that is routed by
    slightly outdated rules is no worse off than one sent a second earlier: a retired key still opens what was sealed to it.
    """
    now = monotonic()
    if now >= _cached[0].until:
        _cached[0] = _ActiveRules(until=now + settings.ROUTING_SECONDS)
    return _cached[0]


@transaction.atomic
def move(rule: RoutingRule, *, up: bool) -> bool:
    """Swap the positions of `rule` and the previous (`up`) or next rule. Return False if there is none."""
    rules = RoutingRule.objects.select_for_update()
    if up:
        other = rules.filter(position__lt=rule.position).order_by("-position").first()
    else:
        other = rules.filter(position__gt=rule.position).order_by("position").first()
    if other is None:
        return False
    old_position, free_position = rule.position, (rules.aggregate(last=Max("position"))["last"] or 0) + 1
    # Positions are unique, so one of the two rules is moved to a free position first.
    for moved, position in ((rule, free_position), (other, old_position), (rule, other.position)):
        RoutingRule.objects.filter(pk=moved.pk).update(position=position)
    return True


def _rules(*, drafts: bool) -> Iterable[RoutingRule]:
    rules = RoutingRule.objects.all() if drafts else RoutingRule.objects.filter(is_active=True)
    return rules.select_related("centre", "team", *([] if roles.is_restricted() else ["person"])).prefetch_related(
        "centre__opening_hours",
        "centre__holidays",
        Prefetch("centre__keys", CentreKey.objects.filter(retired_at=None), to_attr="active_keys"),
    )


def _keys() -> QuerySet[CentreKey]:
    return CentreKey.objects.filter(retired_at=None).select_related("centre").prefetch_related("centre__opening_hours", "centre__holidays")


def _failed(rule: RoutingRule, data: InquiryData, now: dt.datetime, complete: Collection[int]) -> str:
    """Return the code of the first condition of `rule` that doesn't hold, or an empty string.

    `complete` are the ids of the centres that lack nothing (intake.assessment.readiness).
    """
    centre = rule.centre
    local_now = now.astimezone(ZoneInfo(centre.time_zone))
    begin, end = rule.from_time, rule.until_time
    conditions = {
        "region": not rule.regions or data.region in rule.regions,
        "language": not rule.languages or data.language in rule.languages,
        "for_whom": not rule.for_whom or data.for_whom in rule.for_whom,
        "age": not rule.age_bands or data.age_band in rule.age_bands,
        "substance": not rule.substances or bool(set(rule.substances) & set(data.substances)),
        "payer": not rule.payers or data.payer in rule.payers,
        "day": not rule.weekdays or local_now.weekday() in rule.weekdays,
        "time": _in_time(local_now, begin, end),
        "closed": not rule.only_while_open or CentreHours(centre).is_open(now),
        "paused": centre.accepts_inquiries and not (centre.paused_until and centre.paused_until > now),
        "key": bool(centre.active_keys),  # type: ignore[attr-defined]
        "incomplete": rule.centre_id in complete,
    }
    failed = next((code for code, holds in conditions.items() if not holds), "")
    # Evaluated last because it costs a query.
    return failed or ("load" if _is_full(rule) else "")


def _in_time(local_now: dt.datetime, begin: dt.time | None, end: dt.time | None) -> bool:
    """Return whether the local time is between `begin` and `end`; "from 22 until 6" includes midnight."""
    clock = local_now.time()
    if begin and end:
        return begin <= clock < end if begin < end else clock >= begin or clock < end
    return (begin is None or clock >= begin) and (end is None or clock < end)


def _is_full(rule: RoutingRule) -> bool:
    if rule.max_open_cases is None:
        return False
    if roles.is_restricted():
        return roles.answer("is_full", rule.pk)
    # Uses the index of the queue; a filter on `state` would scan all cases of the centre.
    active = Inquiry.objects.filter(centre=rule.centre, queue_rank__lt=QueueRank.CLOSED)
    return active[: rule.max_open_cases].count() >= rule.max_open_cases


def _by_rule(rule: RoutingRule, priority: int, now: dt.datetime) -> Route:
    # Smaller is more urgent: a rule may raise the priority but never lower it.
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
    person = _person_there(rule) if rule else None
    return Route(centre, key, priority, response_times.response_due_at(centre, minutes, start), person, rule)


def _person_there(rule: RoutingRule) -> User | None:
    """Return the person whom `rule` names, if they work at its centre now. The visitors' half knows nothing but their id."""
    if rule.person_id is None:
        return None
    if roles.is_restricted():
        return User(pk=rule.person_id) if roles.answer("person_is_there", rule.pk) else None
    person = rule.person
    is_there = person is not None and person.is_active and person.is_staff and person.memberships.filter(centre=rule.centre).exists()
    return person if is_there else None
