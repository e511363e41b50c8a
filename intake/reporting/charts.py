"""Charts of a report, drawn as SVG without a script: what is drawn, and the table and the sentence that say the same.

Widths are percentages and heights are pixels, so that text keeps its size on a phone and on a wide screen.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.defaultfilters import floatformat
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.reporting.reports import SPREAD, Days, Report
from intake.reporting.suppression import SMALLEST_CELL, Cell
from intake.scheduling.opening_hours import OpenHours, clock

ROW = 34  # pixels of a bar with its label above it
PLOT_TOP, PLOT_BOTTOM = 20, 170  # pixels
PLOT_LEFT = 9.0  # percent, for the numbers of the scale
FEW_HEIGHT = 9  # pixels of a column whose number is not shown
WEEK_TOP, WEEK_HOUR, WEEK_LEFT = 20, 16, 13.0  # pixels, pixels, percent
HEAT_LEVELS = 4
TICKS = 6  # labels below the columns, so many that they don't touch on a phone
SATURDAY = 5


@dataclass(frozen=True)
class Box:
    """A rectangle. `kind` is its class in the style sheet, `tip` what a pointer on it reads."""

    kind: str
    x: str
    y: float
    width: str
    height: float
    tip: str = ""


@dataclass(frozen=True)
class Words:
    """A text whose base line begins, ends or has its middle at (x, y)."""

    x: str
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Chart:
    """A picture, the sentence that sums it up, notes below it, and the table of its numbers (the first cell is the row's name)."""

    slug: str
    title: str
    says: str
    height: int
    boxes: list[Box]
    words: list[Words]
    head: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """An upright bar: its name in the table, the label below it (empty for none), and whether it is quieter than the others."""

    name: str
    label: str
    count: int | None
    is_quiet: bool = False
    has_band: bool = False


def bars(slug: str, title: str, cells: Sequence[Cell]) -> Chart:
    """Return a bar for each number that is shown. The others are named in one sentence, and so is what there is none of."""
    shown = [cell for cell in cells if cell.count]
    most = max((cell.count or 0 for cell in shown), default=1)
    boxes, words = _bars([(cell.label, str(cell.count), 100 * (cell.count or 0) / most) for cell in shown])
    notes = []
    if hidden := [cell.label for cell in cells if cell.count is None]:
        notes.append(_("Fewer than %(smallest)s, or hidden with such: %(what)s.") % {"smallest": SMALLEST_CELL, "what": ", ".join(hidden)})
    if none := [cell.label for cell in cells if cell.count == 0]:
        notes.append(_("None: %(what)s.") % {"what": ", ".join(none)})
    return Chart(
        slug, title, "", ROW * len(shown), boxes, words, [_("What"), _("Number")], [[cell.label, cell.shown] for cell in cells], notes
    )


def funnel(report: Report) -> Chart:
    """Return how many of those who asked were reached, offered a place, and admitted."""
    total = report.total
    rows = [[cell.label, cell.shown if cell.count is None else _of(cell.count, total)] for cell in report.steps]
    boxes, words = _bars(
        [(label, number, 100 * (cell.count or 0) / (total or 1)) for (label, number), cell in zip(rows, report.steps, strict=True)]
    )
    notes = [_("A place counts as offered when the case was offered to another provider, or closed as admitted or referred.")]
    title = _("From asking to treatment")
    return Chart("funnel", title, "", ROW * len(rows), boxes, words, [_("Step"), _("How many of how many")], rows, notes)


def days(report: Report) -> Chart:
    """Return the inquiries by day with the weekends marked, by week in a long period."""
    by_week = any(group.first != group.last for group in report.by_day)
    every = -(-len(report.by_day) // TICKS)
    columns = [
        Column(
            _span(group),
            date_format(group.first, "j M") if _has_label(place, group, by_week=by_week, every=every, all_=len(report.by_day)) else "",
            group.count,
            has_band=not by_week and group.first.weekday() >= SATURDAY,
        )
        for place, group in enumerate(report.by_day)
    ]
    says = _most(report.by_day)
    title = _("Inquiries by week") if by_week else _("Inquiries by day")
    notes = [] if by_week else [_("Saturdays and Sundays are shaded.")]
    return _columns("days", title, says, columns, [_("Week") if by_week else _("Day"), _("Inquiries")], notes)


def spread(report: Report) -> Chart:
    """Return how long the first answers took, and how many have none yet."""
    columns = [
        Column(_("within %(time)s") % {"time": _duration(minutes)}, _hours(minutes), count)
        for minutes, count in zip(SPREAD, report.spread, strict=False)
    ]
    longer, unanswered = report.spread[len(SPREAD) :]
    columns += [
        Column(_("longer"), f"{_hours(SPREAD[-1])}+", longer),
        Column(_("not answered"), _("none"), unanswered, is_quiet=True),
    ]
    times, says = report.first_response, ""
    if times.median is not None and times.p90 is not None:
        says = _("Half of the answers came within %(median)s, nine of ten within %(p90)s of opening hours.") % {
            "median": _("%(n)s min") % {"n": floatformat(times.median, 0)},
            "p90": _("%(n)s min") % {"n": floatformat(times.p90, 0)},
        }
    answered = _("%(answered)s have an answer.") % {"answered": _of(times.cases, report.total)}
    notes = [
        _("Each column holds the answers that came within its time and not within the one before it. Only opening hours count."),
        _("None: not answered yet, or closed without an answer."),
    ]
    title = _("Time to the first answer")
    says = f"{says} {answered}".strip() if _is_told(times.cases, report.total) else says
    return _columns("spread", title, says, columns, [_("Time"), _("Inquiries")], notes, with_numbers=True)


def week(report: Report) -> Chart:
    """Return the inquiries by weekday and hour, with the usual opening hours outlined."""
    width = (100 - WEEK_LEFT) / 7
    hours = 24 // len(report.by_week[0])
    most = max((count or 0 for row in report.by_week for count in row), default=0)
    boxes, words = [], []
    for weekday, row in enumerate(report.by_week):
        x = WEEK_LEFT + weekday * width
        words.append(Words(_percent(x + width / 2), WEEK_TOP - 7, str(WEEKDAYS_ABBR[weekday]), "middle"))
        for part, count in enumerate(row):
            y, tall = WEEK_TOP + part * hours * WEEK_HOUR + 1, hours * WEEK_HOUR - 2
            kind = "heat-few" if count is None else f"heat-{-(-HEAT_LEVELS * count // most) if most else 0}"
            tip = f"{WEEKDAYS[weekday]} {_part(part, hours)}: {_number(count)}"
            boxes.append(Box(kind, _percent(x + 0.3), y, _percent(width - 0.6), tall, tip))
    words += [Words("0", WEEK_TOP + hour * WEEK_HOUR + 10, _clock(hour)) for hour in range(0, 24, 3)]
    boxes += [_outline(open_, width) for open_ in report.hours]
    says = ""
    if report.outside_hours is not None and _is_told(report.outside_hours, report.total):
        says = _("%(outside)s came outside the opening hours.") % {"outside": _of(report.outside_hours, report.total)}
    few = _("The lightest green is fewer than %(smallest)s, or hidden with such.") % {"smallest": SMALLEST_CELL}
    notes = [_("More green is more people, up to %(most)s in one field.") % {"most": most} + f" {few}"]
    outlined, unequal = _("The outline is the usual opening hours."), _("Choose one centre to see its opening hours.")
    notes.append(outlined if report.hours else unequal)
    head = [_("Hours"), *(str(WEEKDAYS_ABBR[weekday]) for weekday in range(7))]
    rows = [[_part(part, hours), *("–" if row[part] is None else str(row[part]) for row in report.by_week)] for part in range(24 // hours)]
    return Chart("week", _("When people write"), says, WEEK_TOP + 24 * WEEK_HOUR + 4, boxes, words, head, rows, notes)


def _bars(rows: list[tuple[str, str, float]]) -> tuple[list[Box], list[Words]]:
    """Return (label, number, length in percent) as bars on tracks, the words above them."""
    boxes, words = [], []
    for place, (label, number, length) in enumerate(rows):
        y = place * ROW
        words += [Words("0", y + 13, label), Words("100%", y + 13, number, "end")]
        boxes += [Box("chart-track", "0", y + 18, "100%", 9), Box("chart-bar", "0", y + 18, _percent(length), 9, f"{label}: {number}")]
    return boxes, words


def _columns(  # noqa: PLR0913, PLR0917 (one chart, all in one place)
    slug: str, title: str, says: str, columns: list[Column], head: list[str], notes: list[str], *, with_numbers: bool = False
) -> Chart:
    step, top = _scale(max((column.count or 0 for column in columns), default=0))
    slot = (100 - PLOT_LEFT) / (len(columns) or 1)
    height = PLOT_BOTTOM - PLOT_TOP
    boxes, words = [], []
    for value in range(0, top + 1, step):
        y = PLOT_BOTTOM - height * value / top
        boxes.append(Box("chart-line", _percent(PLOT_LEFT), y, _percent(100 - PLOT_LEFT), 1))
        words.append(Words(_percent(PLOT_LEFT - 1.5), y + 4, str(value), "end"))
    for place, column in enumerate(columns):
        x = PLOT_LEFT + place * slot
        if column.has_band:
            boxes.insert(0, Box("chart-band", _percent(x), PLOT_TOP, _percent(slot), height))
        tall = FEW_HEIGHT if column.count is None else height * column.count / top
        kind = "chart-few" if column.count is None else "chart-quiet" if column.is_quiet else "chart-bar"
        tip = f"{column.name}: {_number(column.count)}"
        boxes.append(Box(kind, _percent(x + slot * 0.12), PLOT_BOTTOM - tall, _percent(slot * 0.76), tall, tip))
        if column.label:
            words.append(Words(_percent(x + slot / 2), PLOT_BOTTOM + 16, column.label, "middle"))
        if with_numbers and column.count:
            words.append(Words(_percent(x + slot / 2), PLOT_BOTTOM - tall - 4, str(column.count), "middle"))
    rows = [[column.name, "–" if column.count is None else str(column.count)] for column in columns]
    return Chart(slug, title, says, PLOT_BOTTOM + 22, boxes, words, head, rows, notes)


def _scale(most: int) -> tuple[int, int]:
    """Return the distance of the lines of a scale and its end: round numbers, at most five lines, the end not below `most`."""
    step, power = 1, 1
    while step * 4 < most:
        step, power = next(((factor * power, power) for factor in (2, 5) if factor * power > step), (10 * power, 10 * power))
    return step, step * max(-(-most // step), 1)


def _outline(open_: OpenHours, width: float) -> Box:
    y = WEEK_TOP + open_.opens * WEEK_HOUR / 60
    tall = (open_.closes - open_.opens) * WEEK_HOUR / 60
    return Box("chart-open", _percent(WEEK_LEFT + open_.weekday * width), y, _percent(width), tall)


def _has_label(place: int, group: Days, *, by_week: bool, every: int, all_: int) -> bool:
    """Return whether a column's date is written below it: every Monday of a month, every day of a week, else at even distances."""
    if by_week or all_ <= 2 * TICKS:
        return place % (every if by_week else 1 + (all_ > TICKS + 1)) == 0
    return group.first.weekday() == 0


def _most(groups: list[Days]) -> str:
    """Return a sentence on the day or week with the most inquiries, if its number is shown and it is the only one with so many."""
    known = sorted((group for group in groups if group.count), key=lambda group: -(group.count or 0))
    if not known or (len(known) > 1 and known[0].count == known[1].count):
        return ""
    return _("The most: %(count)s, %(when)s.") % {"count": known[0].count, "when": _span(known[0])}


def _span(group: Days) -> str:
    first = date_format(group.first, "D j M")
    return first if group.first == group.last else f"{first} – {date_format(group.last, 'D j M')}"


def _of(count: int, total: int) -> str:
    """Return "25 of 38 (66 %)"."""
    if not total:
        return str(count)
    return _("%(count)s of %(total)s (%(percent)s %%)") % {"count": count, "total": total, "percent": round(100 * count / total)}


def _is_told(count: int, total: int) -> bool:
    """Return whether neither a number nor its difference to the total is small."""
    return not (0 < count < SMALLEST_CELL or 0 < total - count < SMALLEST_CELL)


def _number(count: int | None) -> str:
    return _("not shown") if count is None else str(count)


def _duration(minutes: int) -> str:
    """Return "45 min" or, from an hour on, "2 h"."""
    return _("%(n)s min") % {"n": minutes} if minutes < 60 else _("%(n)s h") % {"n": minutes // 60}


def _hours(minutes: int) -> str:
    """Return a duration so short that eight of them stand side by side on a phone: "¼ h"."""
    return _("%(n)s h") % {"n": {15: "¼", 30: "½"}.get(minutes, str(minutes // 60))}


def _part(part: int, hours: int) -> str:
    """Return a part of the day on the country's clock: "09:00–12:00"."""
    return f"{_clock(part * hours)}–{_clock((part + 1) * hours)}"


def _clock(hour: int) -> str:
    return clock(dt.time(hour % 24))


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def of_report(report: Report, workload: Sequence[Cell], *, several_centres: bool) -> list[Chart]:
    """Return the charts of the dashboard. Of a period with very few inquiries only the workload is left to show."""
    charts = []
    if report.total >= SMALLEST_CELL:
        charts = [days(report), funnel(report), week(report), spread(report), bars("outcome", _("How cases ended"), report.by_outcome)]
        charts.append(bars("guide", _("The guide they came from"), report.by_guide))
        charts.append(bars("attempts", _("Contact attempts for each case"), report.by_attempts))
        if several_centres:
            charts.append(bars("centre", _("Inquiries by centre"), report.by_centre))
    return [*charts, bars("workload", _("Open cases by colleague"), workload)] if workload else charts
