"""Times that staff type are on a clock that the page names, also on the nights on which the clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from recovery_site.staff import time_zones
from recovery_site.staff.moments import MomentField

NEW_YORK, MADRID, SYDNEY, HONOLULU = (
    ZoneInfo(name) for name in ("America/New_York", "Europe/Madrid", "Australia/Sydney", "Pacific/Honolulu")
)


def field(zone):
    moment = MomentField()
    moment.use(zone)
    return moment


@pytest.mark.parametrize(
    ("zone", "typed", "utc"),
    [
        (NEW_YORK, "2026-11-29T20:00", "2026-11-30 01:00"),
        (HONOLULU, "2026-11-29T20:00", "2026-11-30 06:00"),
        (HONOLULU, "2026-03-08T02:30", "2026-03-08 12:30"),  # no change of the clock there
        (NEW_YORK, "2026-03-08T01:59", "2026-03-08 06:59"),
        (NEW_YORK, "2026-03-08T03:00", "2026-03-08 07:00"),
        (NEW_YORK, "2026-11-01T01:30", "2026-11-01 05:30"),  # it comes twice: the first
        (NEW_YORK, "2026-11-01T02:00", "2026-11-01 07:00"),
        (MADRID, "2026-03-29T01:59", "2026-03-29 00:59"),
        (MADRID, "2026-03-29T03:00", "2026-03-29 01:00"),
        (MADRID, "2026-10-25T02:30", "2026-10-25 00:30"),
        (MADRID, "2026-10-25T03:00", "2026-10-25 02:00"),
        (SYDNEY, "2026-04-05T02:30", "2026-04-04 15:30"),
        (SYDNEY, "2026-10-04T03:00", "2026-10-03 16:00"),
    ],
)
def test_a_typed_time_is_the_moment_at_which_that_clock_shows_it(zone, typed, utc):
    moment = field(zone).clean(typed)
    assert f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M}" == utc
    assert f"{field(zone).prepare_value(moment):%Y-%m-%dT%H:%M}" == typed


@pytest.mark.parametrize(
    ("zone", "typed", "place"),
    [(NEW_YORK, "2026-03-08T02:30", "New York"), (MADRID, "2026-03-29T02:30", "Madrid"), (SYDNEY, "2026-10-04T02:30", "Sydney")],
)
def test_a_time_that_the_clocks_skip_is_refused_with_the_next(zone, typed, place):
    with pytest.raises(ValidationError) as refused:
        field(zone).clean(typed)
    assert f"2:30 a.m. does not exist ({place} time). Choose 3:30 a.m." in refused.value.messages[0]


def test_a_typed_offset_is_believed():
    assert field(NEW_YORK).clean("2026-11-29T20:00+01:00") == dt.datetime(2026, 11, 29, 19, tzinfo=dt.UTC)


def test_without_a_zone_of_its_own_it_is_on_the_clock_of_the_page_and_says_so():
    with timezone.override(MADRID):
        moment = MomentField().clean("2026-11-29T20:00")
        html = MomentField().widget.render("at", MomentField().prepare_value(moment), {"id": "id_at"})
    assert moment == dt.datetime(2026, 11, 29, 19, tzinfo=dt.UTC)
    assert 'aria-describedby="id_at_zone"' in html
    assert '<span class="zone" id="id_at_zone">Madrid time</span>' in html
    assert 'value="2026-11-29T20:00"' in html


def test_the_year_2999_is_refused():
    with pytest.raises(ValidationError):
        field(NEW_YORK).clean("2999-01-01T00:00")


def test_the_zones_of_the_country_come_first_and_each_zone_once(settings):
    settings.COUNTRY = "US"
    near, *parts = time_zones.choices("UTC")
    assert near[0] == "In this country"
    assert [label for _name, label in near[1]][:3] == ["New York", "Chicago", "Denver"]
    assert len(near[1]) < 12
    names = [name for _group, zones in (near, *parts) for name, _label in zones]
    assert len(names) == len(set(names)) < 330
    assert "UTC" in names


def test_a_place_is_found_by_the_first_letters_of_its_name_in_its_part_of_the_world(settings):
    settings.COUNTRY = "US"
    zones = dict(time_zones.choices())
    assert ("America/Bogota", "Bogota") in zones["The Americas"]
    assert ("Europe/Madrid", "Madrid") in zones["Europe"]
    labels = [label for _name, label in zones["The Americas"]]
    assert labels == sorted(labels)


def test_a_zone_that_is_stored_stays_among_the_choices(settings):
    settings.COUNTRY = "US"
    names = [name for _group, zones in time_zones.choices("US/Eastern", "nonsense") for name, _label in zones]
    assert "US/Eastern" in names
    assert "nonsense" not in names


@pytest.mark.parametrize(("country", "first"), [("MX", "America/Mexico_City"), ("ES", "Europe/Madrid"), ("AU", "Australia/Lord_Howe")])
def test_another_country_has_its_own(country, first):
    assert time_zones.of_country(country)[0] == first


def test_an_unknown_country_has_no_short_list(settings):
    settings.COUNTRY = "XX"
    assert "In this country" not in dict(time_zones.choices())


def test_the_zone_is_named_in_spanish():
    with translation.override("es"):
        assert time_zones.in_words(MADRID) == "hora de Madrid"
    assert time_zones.in_words(ZoneInfo("UTC")) == "UTC"
