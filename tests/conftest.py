"""What every test may ask for. The larger fixtures are plug-ins in tests/support/."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches

# Playwright's sync interface keeps an event loop in the thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SUPPORT = ("browser", "clock", "flushing", "inquiries", "live", "mail", "postgres", "receiver")
pytest_plugins = ["tests.people", *(f"tests.support.{name}" for name in SUPPORT)]


@pytest.fixture(autouse=True)
def own_state(settings, tmp_path: Path) -> Iterator[None]:
    """Give each test an empty cache and an empty folder for the centres' keys (row ids repeat from test to test)."""
    settings.CENTRE_KEYS_DIR = tmp_path / "centre-keys"
    settings.MEDIA_ROOT = tmp_path / "media"
    for each in caches.all(initialized_only=True):
        each.clear()
    yield
    for each in caches.all(initialized_only=True):
        each.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders whose files take long: at the end all processes should be busy, not one of them."""
    first = ("ops", "browser", "site")
    folders = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(folders).parts[0]
        if item.get_closest_marker("browser"):
            return -1
        return first.index(folder) if folder in first else len(first)

    items.sort(key=place)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the reason of every skipped test for the summary of `script/test`."""
    notes = os.environ.get("TEST_SKIPPED_FILE")
    if notes and report.skipped and "PYTEST_XDIST_WORKER" not in os.environ and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        with Path(notes).open("a") as file:
            file.write(reason.removeprefix("Skipped: ").replace("\n", " ") + "\n")
