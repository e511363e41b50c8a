"""What every test may ask for. The larger fixtures are plug-ins in tests/support/."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

# Playwright's sync interface keeps an event loop in the thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytest_plugins = [f"tests.support.{name}" for name in ("flushing", "browser", "live", "mail", "postgres")]


@pytest.fixture(autouse=True)
def own_state(settings, tmp_path: Path) -> Iterator[None]:
    """Give each test an empty cache and an empty folder for the centres' keys (row ids repeat from test to test)."""
    settings.CENTRE_KEYS_DIR = tmp_path / "centre-keys"
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    yield
    cache.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the reason of every skipped test for the summary of `script/test`."""
    notes = os.environ.get("TEST_SKIPPED_FILE")
    if notes and report.skipped and "PYTEST_XDIST_WORKER" not in os.environ and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        with Path(notes).open("a") as file:
            file.write(reason.removeprefix("Skipped: ").replace("\n", " ") + "\n")
