"""Whom visitors can call, and whether somebody is there now: what every page says about the main centre."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from intake.models import Centre
from intake.scheduling.opening_hours import CentreHours, clock
from recovery_site import phones

KEPT_SECONDS = 60  # so late is a change that staff make
TRIED_AGAIN_SECONDS = 5  # after the database couldn't say
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class OpenState:
    """Whether a centre is open, in words of the active language: "open until 8 p.m. (EST)"."""

    is_open: bool
    words: str  # empty for a centre without opening hours
    answered_by: str  # during a closure: who answers meanwhile, as the centre wrote it
    changes_at: dt.datetime  # the words hold until then


@dataclass(frozen=True)
class FrontDesk:
    """The main centre as the foot of every page shows it, in the active language."""

    name: str
    slug: str
    phone: str
    tel: str
    address: str
    state: OpenState
    several: bool  # there are other centres


def open_state(centre: Centre, now: dt.datetime) -> OpenState:
    """Return whether `centre` is open at `now`. Two queries, none where hours and holidays were prefetched."""
    zone = ZoneInfo(centre.time_zone)
    local, hours = now.astimezone(zone), CentreHours(centre)
    midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), zone)  # when "tomorrow" becomes "today"
    if not hours:
        return OpenState(False, "", "", midnight)
    special = hours.special_day(now)
    answered_by = special.answered_by if special and not special.opens else ""
    if hours.is_open(now):
        closes = hours.closes_at(now)
        if closes is None:
            return OpenState(True, _("open day and night"), "", midnight)
        end = closes.astimezone(zone)
        if closes - now < A_DAY:
            words = _("open until %(time)s") % {"time": _at(end)}
        else:
            words = _("open now, closes %(time)s") % {"time": _when(end, local)}
        return OpenState(True, words, "", min(closes, midnight))
    opens = hours.opens_at(now)
    if opens is None:
        return OpenState(False, _("closed"), answered_by, midnight)
    words = _("closed now, opens %(time)s") % {"time": _when(opens.astimezone(zone), local)}
    return OpenState(False, words, answered_by, min(opens, midnight))


def front_desk(now: dt.datetime | None = None) -> FrontDesk | None:
    """Return the main centre in the active language, or None when there is none or the database can't say.

    It is kept in this process until its words change, for KEPT_SECONDS at most; three queries when it isn't.
    """
    if not settings.SERVES_VISITORS:
        return None
    now = now or timezone.now()
    kept, key = caches["template_fragments"], f"front-desk:{get_language()}"
    read_at, desk = kept.get(key, (None, None))
    is_fresh = read_at is not None and read_at <= now < read_at + dt.timedelta(seconds=KEPT_SECONDS)
    if is_fresh and (desk is None or now < desk.state.changes_at):
        return desk
    try:
        desk = _read(now)
    except (DatabaseError, InterfaceError):
        # The page stands without the line, and the next pages don't wait for the database again.
        kept.set(key, (now, None), TRIED_AGAIN_SECONDS)
        return None
    kept.set(key, (now, desk), KEPT_SECONDS)
    return desk


def _read(now: dt.datetime) -> FrontDesk | None:
    centres = list(Centre.objects.prefetch_related("opening_hours", "holidays").order_by("-is_default", "name")[:2])
    if not centres:
        return None
    main = centres[0]
    return FrontDesk(
        name=main.name,
        slug=main.slug,
        phone=main.phone,
        tel=phones.tel_link(main.phone) if main.phone else "",
        address=main.address,
        state=open_state(main, now),
        several=len(centres) > 1,
    )


def _when(moment: dt.datetime, now: dt.datetime) -> str:
    """Return a later local moment as people say it: "at 8 a.m.", "tomorrow at 8 a.m.", "Monday at 8 a.m.", later with the date."""
    days = (moment.date() - now.date()).days
    time = {"time": _at(moment)}
    if days == 0:
        return _("at %(time)s") % time
    if days == 1:
        return _("tomorrow at %(time)s") % time
    if days < 7:
        return _("%(day)s at %(time)s") % {"day": WEEKDAYS[moment.weekday()], **time}
    day = f"{WEEKDAYS[moment.weekday()]}, {date_format(moment, 'MONTH_DAY_FORMAT')}"
    return _("%(day)s, at %(time)s") % {"day": day, **time}


def _at(moment: dt.datetime) -> str:
    return f"{clock(moment.time())} ({moment:%Z})"
