"""Until when who must be told of an incident: sixty days, and what shortens or lengthens them."""

import datetime as dt

import pytest

from compliance import clocks
from compliance.models import Incident, Vendor

FOUND = dt.date(2026, 3, 2)
LAST = dt.date(2026, 5, 1)  # sixty days later


def clock_of(**columns):
    incident = Incident(kind="device", found_on=FOUND, what_happened="A laptop.", **columns)
    return {clock.section: clock.due for clock in clocks.running(incident)}


def test_of_ten_people_each_is_told_in_sixty_days_and_hhs_after_the_end_of_the_year():
    assert clock_of(people="under_100") == {"164.404": LAST, "164.408": dt.date(2027, 3, 1)}


@pytest.mark.parametrize("people", ["500", "unknown"])
def test_of_five_hundred_or_an_unknown_number_hhs_is_told_with_them(people):
    assert clock_of(people=people) == {"164.404": LAST, "164.408": LAST}


def test_newspapers_are_told_when_more_than_five_hundred_live_in_one_state():
    assert clock_of(people="500", many_in_one_state=True) == {"164.404": LAST, "164.406": LAST, "164.408": LAST}


def test_what_was_sent_is_no_longer_due():
    assert clock_of(people="500", people_told_on=FOUND) == {"164.408": LAST}
    assert clock_of(people="500", people_told_on=FOUND, hhs_told_on=FOUND) == {}


def test_the_police_may_ask_to_wait():
    assert clock_of(people="under_10", delayed_until=dt.date(2026, 6, 10))["164.404"] == dt.date(2026, 6, 10)
    assert clock_of(people="under_10", delayed_until=dt.date(2026, 3, 10))["164.404"] == LAST


@pytest.mark.parametrize("breach", ["low_risk", "secured", "exception"])
def test_what_is_no_breach_has_no_clock_and_what_is_undecided_has(breach):
    assert clock_of(people="500", breach=breach) == {}
    assert clock_of(people="500", breach="") == clock_of(people="500", breach="yes") != {}
    assert clock_of(people="none") == {}


def test_it_turns_red_twenty_days_before():
    [clock] = clocks.running(Incident(kind="device", found_on=FOUND, people="500", hhs_told_on=FOUND))
    assert (clock.is_near(LAST - dt.timedelta(days=21)), clock.is_near(LAST - dt.timedelta(days=20))) == (False, True)
    assert (clock.days_left(LAST), clock.days_left(LAST + dt.timedelta(days=3))) == (0, -3)


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({"agreement_signed_on": FOUND, "review_on": LAST}, False),
        ({"agreement_signed_on": FOUND, "review_on": FOUND + dt.timedelta(days=14)}, True),
        ({"review_on": LAST}, True),
        ({"review_on": LAST, "sees_health_data": False}, False),
        ({"agreement_signed_on": FOUND, "agreement_until": FOUND + dt.timedelta(days=5), "review_on": LAST}, True),
        ({"review_on": FOUND, "ended_on": FOUND}, False),
    ],
)
@pytest.mark.django_db
def test_a_vendor_is_due_for_its_review_or_its_agreement(columns, due):
    vendor = Vendor.objects.create(name="Mail", service="mail", sees="that somebody wrote", **columns)
    assert (vendor in clocks.vendors_due(FOUND)) is due
