"""A PostgreSQL server for tests, whatever database the suite itself runs on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import Cluster, PostgresMissing, temporary_cluster
from tests.support.skipping import unavailable


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A running server: the suite's, or one started for this test run."""
    folder = os.environ.get("TEST_POSTGRES_FOLDER", "")
    if folder == "none":
        unavailable("no PostgreSQL")
    if folder:
        yield Cluster(Path(folder), 5432)
        return
    try:
        with temporary_cluster() as cluster:
            yield cluster
    except PostgresMissing:
        unavailable("no PostgreSQL")
