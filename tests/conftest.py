"""What every test may ask for. The larger fixtures are plug-ins in tests/support/."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from recovery_site.database import roles

# Playwright's sync interface keeps an event loop in the thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SUPPORT = ("browser", "clock", "flushing", "halves", "inquiries", "live", "mail", "postgres", "receiver")
pytest_plugins = ["tests.people", "tests.adversarial.node", *(f"tests.support.{name}" for name in SUPPORT)]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Give the two halves their rights in the test's database, on PostgreSQL."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            roles.apply()


@pytest.fixture(autouse=True)
def own_state(settings, tmp_path: Path, monkeypatch) -> Iterator[None]:
    """Give each test an empty cache and an empty folder for the centres' keys (row ids repeat from test to test)."""
    from intake.health import state, unstored
    from intake.notifications import heartbeats, outbox

    settings.CENTRE_KEYS_DIR = tmp_path / "centre-keys"
    settings.MEDIA_ROOT = tmp_path / "media"
    # A site that is well: its processes don't run here. Tests of the watch look for themselves.
    state._cached[:] = [(float("inf"), state.State((), timezone.now()))]
    heartbeats._written.clear()
    unstored.database, unstored.pages = unstored.Trouble("database"), unstored.Trouble("pages_silent")
    outbox._failing.clear()
    monkeypatch.setattr(outbox, "BATCH_SECONDS", 300)  # a slow machine sends no less at once
    for each in caches.all(initialized_only=True):
        each.clear()
    yield
    for each in caches.all(initialized_only=True):
        each.clear()


# Fixtures that start a server or another process of the site.
PROCESSES = {"live_site", "site_template", "postgres", "outside", "prepared", "front", "both", "public_node", "before_the_site"}
# Fixtures of a module that take seconds to set up: its tests run on one worker.
SHARED = {"live_site", "site", "prepared", "seen", "public_node", "before_the_site"}
DATABASE = {"db", "transactional_db", "live_server"} | PROCESSES


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts processes and what needs no database, keep shared fixtures on one worker, and put the longest first."""
    folder = Path(__file__).parent
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & PROCESSES or item.path.is_relative_to(folder / "ops"):
            item.add_marker("process")
        if not fixtures & DATABASE and not item.get_closest_marker("django_db"):
            item.add_marker("once")
        if fixtures & SHARED:
            item.add_marker(pytest.mark.xdist_group(item.path.name))

    def cost(item: pytest.Item) -> int:
        # Long work that starts last keeps one worker busy while the others have nothing left to do.
        return 0 if item.get_closest_marker("browser") else 1 if item.get_closest_marker("process") else 2

    items.sort(key=cost)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the reason of every skipped test for the summary of `script/test`."""
    notes = os.environ.get("TEST_SKIPPED_FILE")
    if notes and report.skipped and "PYTEST_XDIST_WORKER" not in os.environ and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        with Path(notes).open("a") as file:
            file.write(reason.removeprefix("Skipped: ").replace("\n", " ") + "\n")
