"""The picture of a timeline is readable: text stays inside it and doesn't overlap."""

from itertools import pairwise

import pytest
from django.utils.translation import override
from lxml import html

from articles.rendering import timeline
from articles.rendering.timeline import MARK_LETTER, TITLE_LETTER, WIDTH

LONG = {"from_hour": 336, "to_hour": 1344, "intensity": 2, "title": "Acción larga: va bajando", "text": ""}


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


def picture(*phases):
    return html.fromstring(timeline.render(list(phases))).cssselect("svg")[0]


def spans(svg, kind, letter):
    """Return where the texts of one kind begin and end, from left to right."""
    places = []
    for text in svg.cssselect(f"text.{kind}"):
        x, length = float(text.get("x")), len(text.text_content()) * letter
        begin = {"start": x, "middle": x - length / 2, "end": x - length}[text.get("text-anchor")]
        places.append((begin, begin + length))
    return places


def words(svg, kind):
    return [text.text_content() for text in svg.cssselect(f"text.{kind}")]


@pytest.mark.parametrize(
    ("begin", "end"), [(24, 48), (48, 168), (168, 336), (48, 336), (336, 672), (1000, 1344), (24, 1344)], ids=lambda hours: f"{hours}h"
)
@pytest.mark.parametrize("title", ["Peak", "Acción larga: lo más fuerte", "Short-acting: first signs, often late", "x" * 120])
def test_a_title_never_leaves_the_picture(begin, end, title):
    svg = picture({"from_hour": begin, "to_hour": end, "intensity": 3, "title": title, "text": ""}, LONG)
    for left, right in spans(svg, "timeline-bar-label", TITLE_LETTER):
        assert left >= 0
        assert right <= WIDTH


def test_a_title_that_is_too_long_for_the_picture_is_whole_in_the_table():
    title = "A very long title that nobody could ever fit into so small a picture"
    page = html.fromstring(timeline.render([{"from_hour": 1, "to_hour": 24, "intensity": 3, "title": title, "text": ""}]))
    assert page.cssselect("text.timeline-bar-label")[0].text_content().endswith("…")
    assert page.cssselect("td strong")[0].text_content() == title


@pytest.mark.parametrize("end", [12, 24, 30, 72, 100, 240, 480, 504, 840, 1344, 4000])
@pytest.mark.parametrize("language", ["en", "es"])
def test_labels_of_times_do_not_overlap(end, language):
    with override(language):
        marks = spans(picture({**LONG, "from_hour": 1, "to_hour": end}), "timeline-mark-label", MARK_LETTER)
    for (left, right), (next_left, _next_right) in pairwise(marks):
        assert left >= 0
        assert right < next_left
    assert not marks or marks[-1][1] <= WIDTH + 0.1


def test_the_first_and_the_last_time_are_always_shown():
    with override("es"):
        assert words(picture(LONG), "timeline-mark-label") == ["24 horas", "7 días", "14 días", "8 semanas"]
    assert words(picture({**LONG, "to_hour": 480}), "timeline-mark-label") == ["24 hours", "day 3", "day 7", "day 14"]
