"""The dashboard's charts: what they draw, what their tables say, and that no small number shows in either."""

import datetime as dt

import pytest
from django.utils import timezone
from lxml import html

from intake.reporting import charts, reports
from intake.reporting.counting import last_days
from intake.reporting.suppression import Cell, suppressed_steps

pytestmark = pytest.mark.django_db
DASHBOARD = "/admin/intake/inquiry/dashboard/"


@pytest.fixture
def busy(arrives):
    """Eleven people wrote on Monday at ten, two on Tuesday, six on Wednesday, in New York."""
    for day, number in ((23, 11), (24, 2), (25, 6)):
        for _person in range(number):
            arrives(received_at=dt.datetime(2026, 11, day, 15, tzinfo=dt.UTC), response_minutes=30)


@pytest.fixture
def page(busy, luisa, client):
    client.force_login(luisa)
    return html.fromstring(client.get(f"{DASHBOARD}?period=7").content.decode())


def test_each_chart_is_named_described_and_has_its_table(page):
    pictures = page.cssselect("svg.chart")
    assert pictures
    for picture in pictures:
        assert picture.get("role") == "img"
        for name in picture.get("aria-labelledby").split():
            assert page.get_element_by_id(name).text_content().strip()
    for section in page.cssselect("section.chart-card"):
        [table] = section.cssselect("details table")
        columns = len(table.cssselect("thead th"))
        assert {len(row) for row in table.cssselect("tbody tr")} == {columns}


def test_a_small_number_has_the_same_column_as_any_other_small_number(busy, riverside):
    now = timezone.now()
    chart = charts.days(reports.report([riverside], last_days(7, now.date()), now))
    # Tuesday's two and, so that they don't follow from the total, Wednesday's six.
    assert {row[0]: row[1] for row in chart.rows}["Tue 24 Nov"] == "–"
    few = [box for box in chart.boxes if box.kind == "chart-few"]
    assert len({(box.height, box.width) for box in few}) == 1
    assert [box.tip for box in few] == ["Tue 24 Nov: not shown", "Wed 25 Nov: not shown"]
    assert chart.says == "The most: 11, Mon 23 Nov."


def test_weekends_are_marked(busy, riverside):
    now = timezone.now()
    chart = charts.days(reports.report([riverside], last_days(7, now.date()), now))
    assert sum(box.kind == "chart-band" for box in chart.boxes) == 2


def test_the_opening_hours_are_outlined_from_nine_to_five(busy, riverside):
    now = timezone.now()
    chart = charts.week(reports.report([riverside], last_days(7, now.date()), now))
    outlines = [box for box in chart.boxes if box.kind == "chart-open"]
    assert len(outlines) == 5
    assert {(box.y, box.height) for box in outlines} == {(charts.WEEK_TOP + 9 * charts.WEEK_HOUR, 8 * charts.WEEK_HOUR)}


def test_small_numbers_are_told_once_and_not_bar_by_bar():
    chart = charts.bars("x", "Endings", [Cell("admitted", 9), Cell("referred", None), Cell("declined", None), Cell("informed", 0)])
    assert len(chart.words) == 2
    assert chart.notes == ["Fewer than 5, or hidden with such: referred, declined.", "None: informed."]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([38, 25, 15, 6], [38, 25, 15, 6]),
        ([38, 25, 8, 3], [38, 25, 8, None]),
        ([38, 36, 20, 10], [38, None, None, 10]),  # two were not reached
        ([38, 38, 38, 38], [38, 38, 38, 38]),
        ([38, 0, 0, 0], [38, 0, 0, 0]),
        ([38, 38, 38, 2], [38, 38, 38, None]),
    ],
)
def test_no_step_of_the_funnel_gives_a_small_number_away(counts, shown):
    cells = suppressed_steps([Cell(str(place), count) for place, count in enumerate(counts)])
    assert [cell.count for cell in cells] == shown


def test_of_very_few_inquiries_nothing_is_drawn(arrives, luisa, client):
    arrives()
    client.force_login(luisa)
    page = client.get(DASHBOARD).content.decode()
    assert page.count("Fewer than 5 inquiries in this period") == 1
    assert "not shown" not in page
    assert "chart-days" not in page


@pytest.mark.parametrize(("most", "scale"), [(0, (1, 1)), (3, (1, 3)), (5, (2, 6)), (9, (5, 10)), (23, (10, 30)), (400, (100, 400))])
def test_a_scale_has_round_numbers(most, scale):
    assert charts._scale(most) == scale


def test_a_small_centre_sees_weeks_and_parts_of_the_day_instead_of_hidden_numbers(arrives, riverside):
    """Two people a day write to Riverside, at half past nine in the morning or at ten."""
    for day in range(21):
        for _person in range(2):
            morning = dt.datetime(2026, 11, 22, 14, 0 if day % 2 else 30, tzinfo=dt.UTC)
            arrives(received_at=morning - dt.timedelta(days=day, hours=-(day % 2)))
    now = timezone.now()
    report = reports.report([riverside], last_days(30, now.date()), now)
    assert [group.count for group in report.by_day if group.count] == [14, 14, 14]
    assert charts.days(report).title == "Inquiries by week"
    assert [[count for count in day if count] for day in report.by_week] == [[6]] * 7
