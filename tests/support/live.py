"""The running site for end-to-end tests."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import Cluster
from tests.support.site import Site, on_postgres, prepare, site_like


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collected static files, shared by all processes of one `script/test`."""
    shared = os.environ.get("TEST_STATIC_FOLDER")
    return Path(shared, "static") if shared else tmp_path_factory.mktemp("shared") / "static"


@pytest.fixture(scope="session")
def live_cluster(request: pytest.FixtureRequest) -> Cluster | None:
    """The PostgreSQL server for running sites, or None while the suite runs on SQLite."""
    return request.getfixturevalue("postgres") if on_postgres() else None


@pytest.fixture(scope="session")
def site_template(tmp_path_factory: pytest.TempPathFactory, static_folder: Path, live_cluster: Cluster | None) -> Path:
    """The data of a new site, which running sites copy. Shared by all processes of one pass.

    The database of its name is left to the end of its server, which is the end of the pass.
    """
    shared = os.environ.get("TEST_SITES_FOLDER")
    sites = Path(shared) if shared else tmp_path_factory.mktemp("sites")
    folder = sites / f"template_{os.getpid() if not shared else 'shared'}"
    with (sites / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (sites / "ready").exists():
            prepare(folder, static_folder, live_cluster.create_database(folder.name) if live_cluster else "")
            (sites / "ready").touch()
    return folder


@pytest.fixture(scope="module")
def live_site(
    tmp_path_factory: pytest.TempPathFactory, site_template: Path, static_folder: Path, live_cluster: Cluster | None
) -> Iterator[Site]:
    """A site of this test module's own: granian, a worker and housekeeping, with demo staff and starter guides.

    It uses the suite's kind of database. Changes made by one test are visible to the next ones of the module.
    """
    with site_like(site_template, tmp_path_factory.mktemp("live") / "data", static_folder, live_cluster) as site:
        yield site
