"""A clock that these tests move."""

import pytest
import time_machine

from tests.support.clock import BEGIN


@pytest.fixture
def moving():
    """The clock of the test: `moving.shift(seconds)`."""
    with time_machine.travel(BEGIN, tick=False) as clock:
        yield clock


@pytest.fixture
def required(settings):
    """A site that requires a second factor."""
    settings.REQUIRE_SECOND_FACTOR = True
    settings.SECOND_FACTOR_DAYS = 7
