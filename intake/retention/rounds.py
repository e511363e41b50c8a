"""Erasing by the rules, with a brake: a round that is larger than usual, or that follows a jump of the clock, waits for a person."""

import datetime as dt
import logging
import statistics

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events, permissions
from intake.models import Centre, ErasingRound, Event, RetentionRule
from intake.retention import erasure, notices, policy
from intake.scheduling import clock
from recovery_site.verbs import NotAllowed, Refused, Stale

logger = logging.getLogger(__name__)

AT_ONCE = 200  # cases of one centre in one run
# A round of up to so many cases is never too large; otherwise one of up to so many times the median of the last ones.
ALWAYS_USUAL = 50
TIMES_THE_MEDIAN = 5
LAST_ROUNDS = 30
OPEN = (ErasingRound.State.WAITS, ErasingRound.State.ALLOWED)


def run(now: dt.datetime) -> dict[str, int]:
    """Erase what is due at each centre, each case in its own transaction (periodic job); return the number of cases.

    What was withdrawn under a hold that is lifted now goes first, and doesn't wait: its sender wanted it gone.
    """
    erased = erasure.erase_withheld(now)
    jumped = not clock.is_right(now)
    for centre in Centre.objects.filter(pk__in=RetentionRule.objects.values("centre")).order_by("pk"):
        erased += _run_at(centre, now, jumped=jumped)
    notices.tell_leads(now)
    return {"closed_cases_erased": erased}


def counts(centre: Centre, now: dt.datetime) -> dict[str, int]:
    """Return how many cases of `centre` are due at `now`, by outcome, without those that are none."""
    found = {rule.outcome: policy.due(rule, now).count() for rule in centre.retention_rules.all()}
    return {outcome: number for outcome, number in found.items() if number}


def usual(centre: Centre) -> int:
    """Return how many cases a round may erase at `centre` without asking."""
    last = ErasingRound.objects.filter(centre=centre, erased__gt=0).values_list("erased", flat=True)[:LAST_ROUNDS]
    return max(ALWAYS_USUAL, int(TIMES_THE_MEDIAN * statistics.median(last)) if last else 0)


@transaction.atomic
def allow(waiting: ErasingRound, *, by: User, number: int, now: dt.datetime | None = None) -> ErasingRound:
    """Let a waiting round erase up to `number` cases, once: as many as `by` was shown. The next run of housekeeping begins.

    After a jump of the clock this says that the clock is right now. Raises NotAllowed; Refused if it waits no longer; Stale if more
    cases are due than `by` saw.
    """
    waiting = ErasingRound.objects.select_for_update(of=("self",)).select_related("centre").get(pk=waiting.pk)
    now = now or timezone.now()
    if not permissions.can_configure(by, waiting.centre):
        raise NotAllowed(_("Only a lead of the center or the operator can allow this."))
    if waiting.state != ErasingRound.State.WAITS:
        raise Refused(_("This waits no longer."))
    if sum(counts(waiting.centre, now).values()) > number:
        raise Stale(_("More cases are due by now than you saw. Look at the numbers again."))
    waiting.state, waiting.limit, waiting.allowed_by, waiting.allowed_at = ErasingRound.State.ALLOWED, number, by, now
    waiting.save(update_fields=["state", "limit", "allowed_by", "allowed_at"])
    if waiting.why == ErasingRound.Why.CLOCK:
        clock.confirm(now, by=by)
    events.record_beside_cases(
        Event.Kind.ERASING_ALLOWED, by=by, centre_id=waiting.centre_id, round=waiting.pk, why=waiting.why, cases=number
    )
    return waiting


def _run_at(centre: Centre, now: dt.datetime, *, jumped: bool) -> int:
    waiting = ErasingRound.objects.filter(centre=centre, state__in=OPEN).first()
    by_outcome = counts(centre, now)
    number = sum(by_outcome.values())
    if waiting is not None and waiting.state == ErasingRound.State.ALLOWED and not jumped:
        return _erase(centre, now, waiting)
    why = ErasingRound.Why.CLOCK if jumped else ErasingRound.Why.LARGE if number > usual(centre) else ""
    if number and why:
        _wait(centre, now, waiting, why, by_outcome)
        return 0
    if waiting is not None:  # nothing is left to wait for: a rule was changed, or the clock is right again
        ErasingRound.objects.filter(pk=waiting.pk).update(state=ErasingRound.State.DONE)
    if not number:
        return 0
    done = ErasingRound(centre=centre, at=now, state=ErasingRound.State.DONE, counts=by_outcome, limit=number)
    return _erase(centre, now, done)


def _wait(centre: Centre, now: dt.datetime, waiting: ErasingRound | None, why: str, by_outcome: dict[str, int]) -> None:
    with transaction.atomic():
        if waiting is None:
            waiting = ErasingRound.objects.create(centre=centre, at=now, state=ErasingRound.State.WAITS, why=why, counts=by_outcome)
            number = waiting.number
            events.record_beside_cases(Event.Kind.ERASING_WAITS, by="system", centre_id=centre.pk, round=waiting.pk, why=why, cases=number)
            logger.warning("Erasing waits for a person at centre %s: %s (%s cases)", centre.pk, why, number)
            return
        # An allowed one waits again when the clock jumps meanwhile.
        told = waiting.told_at if waiting.state == ErasingRound.State.WAITS else None
        columns = {"state": ErasingRound.State.WAITS, "why": why, "counts": by_outcome, "told_at": told}
        ErasingRound.objects.filter(pk=waiting.pk).update(**columns)


def _erase(centre: Centre, now: dt.datetime, this: ErasingRound) -> int:
    """Erase what is due, up to what is left of the round's limit and at most AT_ONCE; store the round and return the number."""
    erased, left = 0, min(AT_ONCE, this.limit - this.erased)
    for rule in centre.retention_rules.order_by("pk"):
        for pk in list(policy.due(rule, now).order_by("closed_at").values_list("pk", flat=True)[: left - erased]):
            with transaction.atomic():
                # Check again with the row locked: the case may have been reopened or received a message meanwhile.
                inquiry = policy.due(rule, now).select_for_update(of=("self",)).filter(pk=pk).first()
                if inquiry is not None:
                    erasure.erase_content(inquiry, now, by="policy")
                    erased += 1
    this.erased += erased
    if this.erased >= this.limit or not erased:
        this.state = ErasingRound.State.DONE
    if this.pk or erased:
        this.save()
    return erased
