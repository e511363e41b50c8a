"""Draws the phases of a timeline as a picture, and as a table for those who can't see it."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Drawn for the narrowest screen (320 pixels), where its words must be readable; wider ones enlarge it a little.
WIDTH, BAR_HEIGHT, ROW_HEIGHT, TOP = 320, 18, 48, 24
STRONGEST = 5


def hours_in_words(hours: int) -> str:
    """Return a time since the last use in words: hours up to two days, then days, then weeks from three weeks on."""
    if hours <= 48 and (hours < 48 or hours % 24):
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(hours / 24)
    if days >= 21 and days % 7 == 0:
        return ngettext("%(count)s week", "%(count)s weeks", days // 7) % {"count": days // 7}
    return ngettext("day %(count)s", "day %(count)s", days) % {"count": days}


def render(phases: list[dict[str, Any]]) -> str:
    """Return the HTML of a timeline, "" when there are no phases. No style attributes: the strict CSP refuses them.

    Time grows with the square root of the hours, so that the first days, which matter most, keep their room beside
    weeks of low mood.
    """
    if not phases:
        return ""
    end = max(phase["to_hour"] for phase in phases) ** 0.5
    bars = []
    for row, phase in enumerate(phases):
        left, right = (phase[name] ** 0.5 / end * WIDTH for name in ("from_hour", "to_hour"))
        top = TOP + row * ROW_HEIGHT
        in_left_half = left + right < WIDTH
        bars.append(
            {
                "x": f"{left:.1f}",
                "y": top + 20,
                "width": f"{max(right - left, 4):.1f}",
                "height": BAR_HEIGHT,
                "intensity": phase["intensity"],
                "title": phase["title"],
                # The words stand above their bar and grow towards the middle, so that they never leave the picture.
                "text_x": f"{left if in_left_half else min(right, WIDTH):.1f}",
                "anchor": "start" if in_left_half else "end",
                "text_y": top + 14,
            }
        )
    marks = [
        {"x": f"{hours**0.5 / end * WIDTH:.1f}", "label": hours_in_words(hours)}
        for hours in (24, 72, 168, 336, 672, 1344)
        if hours**0.5 <= end
    ]
    rows = [
        {
            **phase,
            "when": _("%(begin)s to %(end)s") % {"begin": hours_in_words(phase["from_hour"]), "end": hours_in_words(phase["to_hour"])},
            "strength": _("strength %(intensity)s of %(strongest)s") % {"intensity": phase["intensity"], "strongest": STRONGEST},
        }
        for phase in phases
    ]
    height = TOP + len(bars) * ROW_HEIGHT
    return render_to_string(
        "articles/parts/timeline.html", {"bars": bars, "marks": marks, "rows": rows, "width": WIDTH, "height": height}
    ).strip()
