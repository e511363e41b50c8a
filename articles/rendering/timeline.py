"""Renders a timeline as an SVG picture and as a table for people who can't see it."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Pixels. Drawn for the narrowest screen (320), where text must be readable; wider screens enlarge it a little.
WIDTH, BAR_HEIGHT, ROW_HEIGHT, TOP = 320, 18, 48, 24
STRONGEST = 5
MARKS = (24, 72, 168, 336, 672, 1344)  # hours
# Estimated average letter widths in pixels (site.css: 14 and 12 pixels). Text can't be measured on the server, so these are
# on the wide side, to keep words inside the picture.
TITLE_LETTER, MARK_LETTER = 8.4, 6.8
BETWEEN_MARKS = 2


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


def render(phases: list[dict[str, Any]]) -> str:
    """Return the HTML of a timeline, or "" if there are no phases. It has no style attributes, which the CSP forbids.

    The time axis is the square root of the hours, so that the first days, which matter most, have enough room.
    """
    if not phases:
        return ""
    end = max(phase["to_hour"] for phase in phases) ** 0.5
    bars = []
    for row, phase in enumerate(phases):
        left, right = (phase[name] ** 0.5 / end * WIDTH for name in ("from_hour", "to_hour"))
        top = TOP + row * ROW_HEIGHT
        title = _shortened(phase["title"])
        text_x, anchor = _title_place(left, right, len(title) * TITLE_LETTER)
        bars.append(
            {
                "x": f"{left:.1f}",
                "y": top + 20,
                "width": f"{max(right - left, 4):.1f}",
                "height": BAR_HEIGHT,
                "intensity": phase["intensity"],
                "title": title,
                "text_x": f"{text_x:.1f}",
                "anchor": anchor,
                "text_y": top + 14,
            }
        )
    marks = _marks(end)
    rows = [
        {
            **phase,
            "when": period_in_words(phase["from_hour"], phase["to_hour"]),
            "strength": _("strength %(intensity)s of %(strongest)s") % {"intensity": phase["intensity"], "strongest": STRONGEST},
        }
        for phase in phases
    ]
    height = TOP + len(bars) * ROW_HEIGHT
    return render_to_string(
        "articles/parts/timeline.html", {"bars": bars, "marks": marks, "rows": rows, "width": WIDTH, "height": height}
    ).strip()


def _shortened(title: str) -> str:
    """Shorten a title to one line of the picture. The table has the full title."""
    most = int(WIDTH / TITLE_LETTER)
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _title_place(left: float, right: float, length: float) -> tuple[float, str]:
    """Return the x position and text-anchor of a title above its bar, such that it stays inside the picture."""
    if left + length <= WIDTH:
        return left, "start"
    if right - length >= 0:
        return right, "end"
    return WIDTH, "end"


def _marks(end: float) -> list[dict[str, str]]:
    """Return the marks on the time axis: the first, the last, and those between whose labels don't overlap."""
    places = []
    for hours in MARKS:
        x, label = hours**0.5 / end * WIDTH, hours_in_words(hours)
        half = len(label) * MARK_LETTER / 2
        if x > WIDTH:
            break
        # Labels at the edges are aligned with the picture's edge.
        anchor, text_x, middle = "middle", x, x
        if x < half:
            anchor, text_x, middle = "start", 0, half
        elif x + half > WIDTH:
            anchor, text_x, middle = "end", WIDTH, WIDTH - half
        places.append((middle, half, {"x": f"{x:.1f}", "text_x": f"{text_x:.1f}", "anchor": anchor, "label": label}))
    chosen = places[:1]
    for middle, half, mark in places[-1:] + places[1:-1]:
        if all(abs(middle - other) >= half + others_half + BETWEEN_MARKS for other, others_half, _mark in chosen):
            chosen.append((middle, half, mark))
    return [mark for _middle, _half, mark in sorted(chosen, key=lambda place: place[0])]
