"""When to try again."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from intake.scheduling import cadence

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
MONDAY_MORNING = dt.datetime(2026, 11, 23, 10, 0, tzinfo=NEW_YORK)


@pytest.fixture
def case(inquiry, riverside):
    inquiry.centre = riverside
    inquiry.time_zone = "America/New_York"
    return inquiry


def test_the_next_try_is_at_another_part_of_the_day_while_the_centre_is_open(case):
    proposed = cadence.next_try(case, [], MONDAY_MORNING).astimezone(NEW_YORK)
    assert proposed - MONDAY_MORNING < dt.timedelta(days=3)
    assert 12 <= proposed.hour < 17


def test_it_is_never_outside_the_safe_windows(case):
    case.safe_windows = [[3, "09:30", "10:30"]]
    proposed = cadence.next_try(case, [], MONDAY_MORNING).astimezone(NEW_YORK)
    assert (proposed.weekday(), proposed.hour, proposed.minute) == (3, 9, 30)


def test_no_time_that_fits_is_no_proposal(case):
    case.safe_windows = [[5, "09:00", "10:00"]]  # on a Saturday nobody is there to call
    assert cadence.next_try(case, [], MONDAY_MORNING) is None


def test_after_the_last_try_none_is_proposed(case):
    case.attempts_made = 2
    assert cadence.next_try(case, [], MONDAY_MORNING) is None
    assert not cadence.exhausted(case)
    case.attempts_made = 3
    assert cadence.exhausted(case)


def test_someone_no_longer_safe_is_not_tried_again(case):
    case.no_longer_safe = True
    assert cadence.next_try(case, [], MONDAY_MORNING) is None


# --- In danger --------------------------------------------------------------------------------------------------------

SATURDAY_NIGHT = dt.datetime(2026, 11, 28, 20, 3, 20, tzinfo=NEW_YORK)


@pytest.fixture
def danger(case):
    case.priority = 1
    return case


def test_in_danger_the_next_try_is_in_15_to_30_minutes_though_the_centre_is_closed(danger):
    proposed = cadence.next_try(danger, [], SATURDAY_NIGHT)
    assert dt.timedelta(minutes=15) <= proposed - SATURDAY_NIGHT <= dt.timedelta(minutes=30)
    assert proposed == dt.datetime(2026, 11, 28, 20, 20, tzinfo=NEW_YORK)


def test_in_danger_no_number_of_tries_is_enough(danger):
    danger.attempts_made = 9
    assert not cadence.exhausted(danger)
    assert cadence.next_try(danger, [], SATURDAY_NIGHT) is not None


def test_in_danger_the_safe_times_still_hold(danger):
    danger.safe_windows = [[6, "09:30", "10:30"]]
    assert cadence.next_try(danger, [], SATURDAY_NIGHT) == dt.datetime(2026, 11, 29, 9, 30, tzinfo=NEW_YORK)
    danger.no_longer_safe = True
    assert cadence.next_try(danger, [], SATURDAY_NIGHT) is None


def test_a_case_that_left_danger_is_tried_in_the_ordinary_way(danger):
    danger.danger_resolved_at = SATURDAY_NIGHT
    assert cadence.next_try(danger, [], SATURDAY_NIGHT) - SATURDAY_NIGHT > dt.timedelta(hours=12)
