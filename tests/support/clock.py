"""Every test starts at the same time, from which its clock runs on.

Else a test that counts the tries of a quarter of an hour would fail when the quarter ends in the middle of it, and one that
says "today" would fail at midnight. Where a browser or another process has a clock of its own, all keep the real one.
"""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

# A Wednesday, by day in all of America, just after a full hour.
BEGIN = dt.datetime(2026, 11, 25, 16, 1, tzinfo=dt.UTC)
REAL = {"live_site", "site_template", "chromium", "outside", "front", "both", "public_node", "before_the_site"}


@pytest.fixture(autouse=True)
def same_minute(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set this process's clock to BEGIN, unless the test has others beside it (REAL)."""
    if REAL & set(request.fixturenames):
        yield
        return
    with time_machine.travel(BEGIN, tick=True):
        yield
