"""The people of a night at Riverside: Ben is on call, Luisa leads, Olga operates."""

import datetime as dt

import pytest
import time_machine

from intake.models import OnCallShift
from tests.intake.notifications.alarm_night import MINUTE, NIGHT, reachable


@pytest.fixture
def night():
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


@pytest.fixture
def ben_on_call(ben):
    """Ben is on call this night, and sleeps while he isn't."""
    OnCallShift.objects.create(user=ben, starts_at=NIGHT - 60 * MINUTE, ends_at=NIGHT + 8 * 60 * MINUTE)
    return reachable(ben)


@pytest.fixture
def luisa_leads(luisa):
    """Luisa leads, and her nights are quiet."""
    luisa.memberships.update(quiet_from=dt.time(21), quiet_until=dt.time(7), notify=False)
    luisa.time_zone = "America/New_York"
    return reachable(luisa)


@pytest.fixture
def olga_operates(olga):
    return reachable(olga)
