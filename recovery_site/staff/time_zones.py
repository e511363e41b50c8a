"""Time zones: by name, in words, as choices for forms, and the moment that a clock in one of them shows."""

import datetime as dt
import functools
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from recovery_site.formats import clock

Choices = list[tuple[str, list[tuple[str, str]]]]


class NoSuchTime(ValueError):
    """A clock in this zone never shows that time, because it goes forward. `next` is the first one that it shows instead."""

    def __init__(self, following: dt.datetime) -> None:
        super().__init__()
        self.next = following


def zone(name: str, fallback: str = "UTC") -> ZoneInfo:
    """Return the time zone called `name`, the fallback when there is none of that name."""
    for candidate in (name, fallback):
        try:
            return ZoneInfo(candidate)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def local(naive: dt.datetime, in_zone: dt.tzinfo) -> dt.datetime:
    """Return the aware moment at which clocks in `in_zone` show `naive`. Of a time that comes twice, it is the first.

    Raises NoSuchTime for a time that is skipped when the clocks go forward.
    """
    moment = naive.replace(tzinfo=in_zone, fold=0)
    shown = moment.astimezone(dt.UTC).astimezone(in_zone)
    if shown.replace(tzinfo=None, fold=0) != naive.replace(fold=0):
        raise NoSuchTime(shown)
    return moment


def comes_twice(moment: dt.datetime) -> bool:
    """Return whether the clocks of the moment's own zone show its time twice, because they go back."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def in_words(in_zone: dt.tzinfo) -> str:
    """Return the zone as staff call it, in the active language: "New York time"; its own name when it is none of a place."""
    name = str(in_zone)
    return _("%(place)s time") % {"place": _place(name)} if "/" in name else name


def moment_in_words(moment: dt.datetime, in_zone: dt.tzinfo) -> str:
    """Return the day, the time on the country's clock and the zone, such as "Sun 29 Nov 8:00 p.m. EST"."""
    there = moment.astimezone(in_zone)
    return f"{clock.in_words(there, 'D j M H:i')} {there:%Z}"


def choices(*more: str) -> Choices:
    """Return time zones as choices in groups: first those of the site's country, then those of each part of the world.

    Of the zones of a country whose clocks agree all year there is one. Each is named by its place alone, so that typing its first
    letters finds it in an open list. `more` are zones that must be among them, such as one that is stored.
    """
    near = of_country(settings.COUNTRY)
    groups = {str(_("In this country")): [(name, _place(name)) for name in near]} if near else {}
    everywhere = {name for country in countries() for name in of_country(country)}
    for name in sorted({*everywhere, *(name for name in more if name in available_timezones())} - set(near), key=_place):
        groups.setdefault(_region(name), []).append((name, _place(name)))
    return [(title, groups[title]) for title in sorted(groups, key=lambda title: (title != str(_("In this country")), title))]


def _region(name: str) -> str:
    """Return the part of the world that a zone lies in, in the active language."""
    parts = {
        "Africa": _("Africa"),
        "America": _("The Americas"),
        "Antarctica": _("Antarctica"),
        "Arctic": _("Europe"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic Ocean"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
    }
    return parts.get(name.partition("/")[0], _("Other"))


@functools.cache
def countries() -> tuple[str, ...]:
    """Return the codes (ISO 3166) of the countries that have a zone."""
    return tuple(dict.fromkeys(line.split("\t")[0] for line in _table().splitlines() if line and not line.startswith("#")))


@functools.cache
def _table() -> str:
    return (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text()


@functools.cache
def of_country(country: str) -> tuple[str, ...]:
    """Return the zones of a country (ISO 3166), the most populous first; of those whose clocks agree all year, one."""
    zones: dict[tuple[dt.timedelta | None, ...], str] = {}
    for line in _table().splitlines():
        if line.startswith(f"{country}\t"):
            name = line.split("\t")[2]
            offsets = tuple(dt.datetime(2026, month, 1, tzinfo=ZoneInfo(name)).utcoffset() for month in (1, 7))
            zones.setdefault(offsets, name)
    return tuple(zones.values())


def _place(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")
