"""Whatever the hour is outside, a test has the whole of its own before it."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from tests.support.clock import BEGIN

pytestmark = pytest.mark.once


@pytest.mark.parametrize("time_of_the_suite", ["first", "second"])
def test_each_test_begins_at_the_same_minute(time_of_the_suite):
    assert since_the_beginning() < dt.timedelta(minutes=5)


def test_the_clock_goes_on():
    before = time.time_ns()
    while time.time_ns() == before:
        pass
    assert since_the_beginning() > dt.timedelta(0)


def since_the_beginning() -> dt.timedelta:
    return timezone.now() - BEGIN
