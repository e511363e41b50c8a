"""A timeline is a curve over time, true to scale, and a list of the same facts."""

import re

import pytest
from django.utils.translation import override
from lxml import html

from articles.rendering import timeline


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (6, 24, "6 to 24 hours"),
        (36, 72, "36 to 72 hours"),
        (24, 48, "day 2"),
        (48, 72, "day 3"),
        (72, 120, "days 4 to 5"),
        (0, 72, "0 to 72 hours"),
        (336, 672, "weeks 3 to 4"),
        (504, 672, "week 4"),
        (96, 336, "days 5 to 14"),
        (12, 240, "12 hours to day 10"),
        (60, 120, "day 3 to day 5"),
        (72, 100, "day 4 to day 5"),
        (12, 80, "12 hours to day 4"),
        (100, 150, "day 5 to day 7"),
        (36, 108, "36 hours to day 5"),
        (48, 100, "day 3 to day 5"),
        (74, 90, "day 4"),
        (12, 504, "12 hours to 3 weeks"),
        (510, 600, "day 22 to day 25"),
    ],
)
def test_a_period_is_named_as_people_count_days(begin, end, words):
    assert timeline.period_in_words(begin, end) == words


def pictures(*phases):
    return html.fromstring(f"<div>{timeline.render(list(phases))}</div>").cssselect("svg.timeline-picture")


def phase(begin, end, strength, title="Phase"):
    return {"from_hour": begin, "to_hour": end, "intensity": strength, "title": title, "text": ""}


def words(svg):
    return [text.text_content() for text in svg.cssselect("text")]


def points(svg):
    """Return the points that the curve goes through, without its handles, as (x, y) in the space of 1000 × 100."""
    [path] = [path.get("d") for path in svg.cssselect("path")]
    pieces = [re.findall(r"-?\d+", piece) for piece in path.split("V")[0].split("C")]
    return [(int(piece[-2]), int(piece[-1])) for piece in pieces]


def test_the_axis_is_true_to_time_and_begins_at_the_last_use():
    [svg] = pictures(phase(6, 24, 2), phase(24, 72, 5), phase(72, 240, 2))
    curve = points(svg)
    assert curve[0] == (0, 100)
    assert (25, 100) in curve, "6 of 240 hours"
    assert (62, 66) in curve, "the middle of the first day, at 2 of 5"
    assert curve[-1] == (1000, 100)
    assert words(svg) == ["2", "4", "6", "8", "10", "Peak", "Last use"]


def test_a_day_is_labelled_in_its_middle_as_people_count_days():
    [svg] = pictures(phase(0, 120, 2))
    labels = {text.text_content(): text.get("x") for text in svg.cssselect("text")}
    assert labels["3"] == "50.0%", "day 3 of 5 is from hour 48 to hour 72"


@pytest.mark.parametrize(
    ("end", "shown", "unit"),
    [
        (12, ["3", "6", "9", "12"], "Hours"),
        (48, ["12", "24", "36", "48"], "Hours"),
        (120, ["1", "2", "3", "4", "5"], "Days"),
        (480, ["5", "10", "15", "20"], "Days"),
        (504, ["1", "2", "3"], "Weeks"),
        (1344, ["2", "4", "6", "8"], "Weeks"),
        (4000, ["5", "10", "15", "20"], "Weeks"),
    ],
)
def test_the_axis_has_few_labels_in_hours_days_or_weeks(end, shown, unit):
    [svg] = pictures(phase(1, end, 3))
    assert [word for word in words(svg) if word not in ("Peak", "Last use")] == shown
    assert f"<figcaption>{unit} since the last use." in timeline.render([phase(1, end, 3)])


def test_the_curve_never_leaves_the_picture_nor_rises_above_the_strongest_phase():
    [svg] = pictures(phase(6, 24, 2), phase(24, 36, 4), phase(36, 72, 5), phase(72, 120, 4), phase(120, 240, 2))
    assert min(y for _x, y in points(svg)) == 16
    numbers = [int(number) for number in re.findall(r"\d+", svg.cssselect("path")[0].get("d"))]
    assert all(0 <= number <= 1000 for number in numbers)
    assert [x for x, _y in points(svg)] == sorted(x for x, _y in points(svg))


def test_where_phases_overlap_the_stronger_one_counts():
    [svg] = pictures(phase(24, 48, 2), phase(24, 144, 4))
    assert min(y for _x, y in points(svg)) == 100 - round(4 / 5 * 84)


def test_what_is_named_in_every_title_has_a_curve_of_its_own():
    short, long = pictures(
        phase(8, 24, 2, "Short-acting: first day"), phase(12, 48, 2, "Methadone: first signs"), phase(48, 240, 4, "Methadone: up to day 10")
    )
    assert short.get("aria-label").endswith("Short-acting")
    assert long.get("aria-label").endswith("Methadone")
    assert len(pictures(phase(8, 24, 2, "First signs"), phase(24, 72, 5, "Heroin: days 2 and 3"))) == 1


@pytest.mark.parametrize(
    ("begin", "end", "place"), [(24, 72, ("10.0%", "start")), (96, 144, ("50.0%", "middle")), (192, 240, ("100.0%", "end"))]
)
def test_the_label_of_the_peak_stays_inside(begin, end, place):
    [svg] = pictures(phase(0, 240, 1), phase(begin, end, 5))
    [peak] = [text for text in svg.cssselect("text") if text.text_content() == "Peak"]
    assert (peak.get("x"), peak.get("text-anchor")) == place


def rows(*phases):
    page = html.fromstring(f"<div>{timeline.render(list(phases))}</div>")
    return [" ".join(row.text_content().split()) for row in page.cssselect(".timeline-phases li")]


def test_a_title_that_names_the_days_is_not_said_twice():
    assert rows(phase(24, 72, 5, "Days 2 and 3"))[0] == "Days 2 and 3 strength 5 of 5"
    assert rows(phase(36, 72, 5, "The peak"))[0] == "36 to 72 hours strength 5 of 5 The peak"
    with override("es"):
        assert rows(phase(72, 120, 4, "Días 4 y 5"))[0].startswith("Días 4 y 5 ")


def test_a_long_title_is_whole_in_the_list():
    title = "A very long title that nobody could ever fit into so small a picture"
    assert title in rows(phase(1, 24, 3, title))[0]
