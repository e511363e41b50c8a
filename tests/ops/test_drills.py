"""Each fault drill in a short form: nothing that was acknowledged is lost, everybody keeps their words, and somebody is told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.drills import document, registry
from tests.ops.drills.stage import Stage, stage
from tests.support.cluster import Cluster
from tests.support.site import ROOT, on_postgres

# The site is shared by all drills.
pytestmark = pytest.mark.xdist_group("test_drills.py")
FEW = 3  # forms before, and after a fault
HERE = [one for one in registry.load().values() if one.in_suite == (registry.POSTGRESQL if on_postgres() else registry.SQLITE)]


@pytest.fixture(scope="module")
def played_at(site_template: Path, static_folder: Path, live_cluster: Cluster | None) -> Iterator[Stage]:
    dump = live_cluster.dump(site_template.name) if live_cluster else b""
    with stage(site_template, static_folder, dump) as made:
        yield made


@pytest.mark.parametrize("one", HERE, ids=lambda one: one.name)
def test_nothing_acknowledged_is_lost_and_somebody_is_told(one: registry.Drill, played_at: Stage) -> None:
    outcome = registry.run(one, played_at, FEW)

    assert outcome.lost == 0
    assert outcome.acknowledged >= 2 * FEW
    assert outcome.told
    assert outcome.told_after is not None


def test_the_document_has_a_row_of_each_drill_and_no_other() -> None:
    text = document.PATH.read_text()
    drills = registry.load()

    rows = document.rows(text)
    assert {name for name, _database in rows} == set(drills)
    assert rows <= {(one.name, database) for one in drills.values() for database in one.databases}
    assert document.explained(text) == list(drills)
    for one in drills.values():
        assert all(sentence in text for sentence in (one.happens, one.sees, one.does)), (
            f"script/drill all --write was not run since {one.name}"
        )


def test_who_mends_is_sent_to_the_scripts_that_ask_first_and_to_sections_that_are_there() -> None:
    """A promotion by hand skips the question whether the other machine still takes forms."""
    for one in registry.load().values():
        assert not re.search(r"ALTER SYSTEM|ctl\w* .*promote|pg_promote", one.does), one.name
        for script in re.findall(r"\bdeploy/[\w/.-]*\w", one.does):
            assert (ROOT / script).exists(), f"{one.name}: {script}"
        for section, page in re.findall(r"“([^”]+)” in ([\w-]+\.md)", one.does):
            assert f"## {section}\n" in (document.PATH.parent / page).read_text(), f"{one.name}: {section}"
