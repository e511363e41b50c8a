"""What a process keeps for seconds ends after these seconds, also when the clock of the server jumped meanwhile."""

import datetime as dt
import time

import pytest
import time_machine
from django.core.cache import caches

MONTHS = dt.timedelta(days=60)


@pytest.fixture
def later(monkeypatch):
    """Let seconds pass on the clock that no jump touches."""
    real = time.monotonic
    passed = []
    monkeypatch.setattr(time, "monotonic", lambda: real() + sum(passed))
    return passed.append


@pytest.fixture(params=["default", "template_fragments"])
def cache(request):
    return caches[request.param]


def test_a_page_kept_while_the_clock_was_ahead_is_made_again_after_its_seconds(cache, later):
    with time_machine.travel(dt.datetime.now(dt.UTC) + MONTHS):
        cache.set("page", "without the correction", 10)
    assert cache.get("page") == "without the correction"
    later(11)
    assert cache.get("page") is None
    assert cache.add("page", "with it", 10)


def test_it_ends_by_the_clock_of_the_server_as_well(cache):
    cache.set("page", "old", 10)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=11)):
        assert cache.get("page") is None


def test_what_is_kept_without_an_end_stays(cache, later):
    cache.set("page", "for good", None)
    later(10**6)
    assert cache.get("page") == "for good"
    assert cache.touch("page", 5)
    later(6)
    assert "page" not in cache
