"""Renders a timeline as curves in SVG, and as a list for people who can't see them."""

import re
from itertools import pairwise
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Phase = dict[str, Any]

STRONGEST = 5
WIDTH, HEIGHT, HIGHEST = 1000, 100, 84  # of the space in which a curve is drawn; strength 5 is at HIGHEST
MOST_LABELS = 5  # on the time axis; with letters of twice the size they still have room on the narrowest screen
STEPS = (1, 2, 5, 10, 20, 50)
STEPS_OF_HOURS = (3, 6, 12)
NUMBER = re.compile(r"\d+")


class Curve(NamedTuple):
    """`path` is SVG. `peak_x`, in percent of the width, is where the label of the peak stands, with its text-anchor."""

    name: str
    path: str
    peak_x: str
    anchor: str


def hours_in_words(hours: int) -> str:
    """Return a time since the last use in words: hours up to two days, weeks from three weeks on, days in between."""
    if hours <= 48 and (hours < 48 or hours % 24):
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(hours / 24)
    if days >= 21 and days % 7 == 0:
        return ngettext("%(count)s week", "%(count)s weeks", days // 7) % {"count": days // 7}
    return _day(days)


def period_in_words(begin: int, end: int) -> str:
    """Return a period in words, given in hours since the last use. The third day is from hour 48 to hour 72."""
    if begin and begin % 168 == 0 and end % 168 == 0 and end >= 504:
        first, last = begin // 168 + 1, end // 168
        return (
            _("week %(first)s") % {"first": first} if first == last else _("weeks %(first)s to %(last)s") % {"first": first, "last": last}
        )
    if begin and begin % 24 == 0 and end % 24 == 0:
        first, last = begin // 24 + 1, end // 24
        return _("day %(first)s") % {"first": first} if first == last else _("days %(first)s to %(last)s") % {"first": first, "last": last}
    if end <= 72:
        return _("%(begin)s to %(end)s hours") % {"begin": begin, "end": end}
    # Times within a day are named by that day: hour 60 and the end of hour 72 are both on the third day.
    first, last = begin // 24 + 1, -(-end // 24)
    if begin < 48:
        return _("%(begin)s to %(end)s") % {"begin": hours_in_words(begin), "end": hours_in_words(last * 24)}
    return _day(first) if first == last else _("%(begin)s to %(end)s") % {"begin": _day(first), "end": _day(last)}


def _day(number: int) -> str:
    return ngettext("day %(count)s", "day %(count)s", number) % {"count": number}


def render(phases: list[Phase]) -> str:
    """Return the HTML of a timeline, or "" if there are no phases. It has no style attributes, which the CSP forbids.

    The time axis is linear and begins at the last use.
    """
    if not phases:
        return ""
    end = max(phase["to_hour"] for phase in phases)
    unit, marks = _axis(end)
    context = {
        "curves": [_curve(name, own, end) for name, own in _groups(phases).items()],
        "marks": marks,
        "unit": unit,
        "phases": [_in_words(phase) for phase in phases],
    }
    return render_to_string("articles/parts/timeline.html", context).strip()


def _in_words(phase: Phase) -> Phase:
    """Return the phase with `when` and `strength`. `when` is empty if the title names the same days: "Days 2 and 3"."""
    when = period_in_words(phase["from_hour"], phase["to_hour"])
    if NUMBER.findall(phase["title"]) == NUMBER.findall(when):
        when = ""
    strength = _("strength %(intensity)s of %(strongest)s") % {"intensity": phase["intensity"], "strongest": STRONGEST}
    return {**phase, "when": when, "strength": strength}


def _groups(phases: list[Phase]) -> dict[str, list[Phase]]:
    """Return the phases of each curve by its name.

    There are several if each title names what it is about: "Methadone: first signs". A single curve has no name.
    """
    names = [phase["title"].partition(": ")[0] if ": " in phase["title"] else "" for phase in phases]
    if not all(names):
        return {"": phases}
    return {name: [phase for phase, other in zip(phases, names, strict=True) if other == name] for name in names}


def _curve(name: str, phases: list[Phase], end: int) -> Curve:
    """Return a smooth curve through the middle of each phase. Where phases overlap, the stronger one counts."""
    hours = sorted({hour for phase in phases for hour in (phase["from_hour"], phase["to_hour"])})
    levels = []
    for begin, until in pairwise(hours):
        strengths = [phase["intensity"] for phase in phases if phase["from_hour"] <= begin and until <= phase["to_hour"]]
        levels.append((max(strengths, default=0), begin, until))
    strongest = max(levels)[0]
    knots = [(0.0, 0), (float(hours[0]), 0)]
    for strength, begin, until in levels:
        quarter = (until - begin) / 4
        # The peak is as wide as half of its phase; elsewhere the curve goes up or down all the time.
        knots += [(begin + quarter, strength), (until - quarter, strength)] if strength == strongest else [((begin + until) / 2, strength)]
    knots.append((float(hours[-1]), 0))
    path = _smooth([(hour / end * WIDTH, HEIGHT - strength / STRONGEST * HIGHEST) for hour, strength in knots])
    first, last = next((begin, until) for strength, begin, until in levels if strength == strongest)
    # A word beside the middle of the picture must not leave it.
    centre = (first + last) / 2 / end * 100
    if centre < 35:
        return Curve(name, path, f"{first / end * 100:.1f}", "start")
    if centre > 65:
        return Curve(name, path, f"{last / end * 100:.1f}", "end")
    return Curve(name, path, f"{centre:.1f}", "middle")


def _smooth(points: list[tuple[float, float]]) -> str:
    """Return an SVG path through `points` that never rises above or falls below two neighbours, closed along the bottom.

    A point between a lower and a higher one has the harmonic mean of the slopes on both sides, any other one is level.
    """
    slopes = [(right[1] - left[1]) / (right[0] - left[0]) if right[0] > left[0] else 0.0 for left, right in pairwise(points)]
    inner = [2 * one * two / (one + two) if one * two > 0 else 0.0 for one, two in pairwise(slopes)]
    steepness = [0.0, *inner, 0.0]
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for number, ((x1, y1), (x2, y2)) in enumerate(pairwise(points)):
        third = (x2 - x1) / 3
        handles = (x1 + third, y1 + third * steepness[number], x2 - third, y2 - third * steepness[number + 1], x2, y2)
        path += "C" + " ".join(f"{value:.0f}" for value in handles)
    return path + f"V{HEIGHT}H0Z"


def _axis(end: int) -> tuple[str, list[dict[str, str]]]:
    """Return what the axis counts and its marks: where each hour, day or week ends, and a label at some of them.

    Days and weeks are labelled in their middle, as people count them: day 3 lasts from hour 48 to hour 72.
    """
    if end <= 48:
        unit, hours = _("Hours since the last use."), 1
    elif end <= 480:
        unit, hours = _("Days since the last use."), 24
    else:
        unit, hours = _("Weeks since the last use."), 168
    steps = STEPS_OF_HOURS if hours == 1 else STEPS
    count = end // hours
    step = next((step for step in steps if count / step <= MOST_LABELS), steps[-1])
    marks = []
    for number in range(1, count + 1):
        labelled = number % step == 0
        if hours == 1 and not labelled:
            continue
        x = number * hours / end * 100
        label_x = x if hours == 1 else (number - 0.5) * hours / end * 100
        label_x, anchor = (100.0, "end") if label_x > 92 else (label_x, "middle")  # the last one must not leave the picture
        marks.append({"x": f"{x:.1f}", "label_x": f"{label_x:.1f}", "anchor": anchor, "label": str(number) if labelled else ""})
    return unit, marks
