"""Free places: what the staff of a centre say about each level of care. It counts for a day, because places go."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import permissions
from intake.models import Availability, Centre, Level
from recovery_site.verbs import NotAllowed, Refused

COUNTS_FOR = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Opening:
    """What was said last about a level of care. `state` and `said_at` are empty when nothing that still counts was said."""

    level: str
    label: str
    state: str = ""
    words: str = ""
    said_at: dt.datetime | None = None  # in the centre's time zone


@transaction.atomic
def say(centre: Centre, level: str, state: str, *, by: User) -> Availability:
    """Say what is free at a level of care, or with an empty `state` take back what was said; return the new row.

    Each press is a row of its own, with who said it and when, so that it can be shown later what the page said.
    Raises NotAllowed for anybody who doesn't work there, Refused for a level that the centre doesn't offer or an unknown state.
    """
    centre = Centre.objects.select_for_update().get(pk=centre.pk)
    if centre.pk not in permissions.centre_roles(by):
        raise NotAllowed(_("You don't work at this centre."))
    if level not in (centre.levels or []) or state not in Availability.State.values:
        raise Refused(_("Choose one of the levels of care that your centre offers."))
    return Availability.objects.create(centre=centre, level=level, state=state, said_at=timezone.now(), said_by=by)


def said_lately() -> Prefetch:
    """Return the prefetch of a query for centres that `newest` reads."""
    rows = Availability.objects.filter(said_at__gt=timezone.now() - COUNTS_FOR).order_by("said_at", "pk")
    return Prefetch("availabilities", rows, to_attr="said_lately")


def of_levels(centre: Centre) -> list[Opening]:
    """Return what counts now for each level that `centre` offers. The centre was read with `said_lately()`; no query."""
    zone = ZoneInfo(centre.time_zone)
    last = {row.level: row for row in centre.said_lately}  # type: ignore[attr-defined]
    found = []
    for level, label in Level.choices:
        if level not in (centre.levels or []):
            continue
        row = last.get(level)
        if row is not None and row.state:
            found.append(Opening(level, str(label), row.state, row.get_state_display(), row.said_at.astimezone(zone)))
        else:
            found.append(Opening(level, str(label)))
    return found


def newest(centre: Centre) -> list[Opening]:
    """Return the levels of `centre` about which something was said that still counts."""
    return [opening for opening in of_levels(centre) if opening.state]
