"""Two public nodes, the staff's machines, and two database servers: what visitors, staff and operators notice on good and on bad days."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.machines import story
from tests.ops.machines.databases import wait_until
from tests.ops.machines.sites import Machines, machines
from tests.support.cluster import PostgresMissing, program
from tests.support.drills import SENT, Browser, Visitors
from tests.support.skipping import unavailable

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("test_machines.py")]
FEW = 8  # forms in each part; `python -m tests.ops.machines` sends thousands


@pytest.fixture(scope="module")
def running(static_folder: Path) -> Iterator[Machines]:
    """All machines. The tests leave them working, whichever database server takes forms."""
    try:
        program("initdb")
    except PostgresMissing:
        unavailable("no PostgreSQL")
    with machines(static_folder, look="0.5", loop=2) as started:
        yield started


def test_a_form_that_was_fetched_at_one_node_is_sent_at_the_other_and_read_again_at_the_first(running):
    here, there = running.addresses
    visitor = Browser(here, 60_001)
    _status, page = visitor.send("GET", "/contact/")
    visitor.token = page.split('name="token" value="', 1)[1].split('"', 1)[0]
    visitor.address = there
    assert visitor.ask_for_help()
    visitor.address = here
    visitor.read_receipt()
    visitor.address = there
    assert visitor.message in visitor.mailbox()


def test_how_many_forms_come_from_one_network_is_counted_over_all_nodes(running):
    seen: list[str] = []
    while len(seen) < 24 and set(seen) <= {SENT}:
        seen.append(Browser(running.addresses[len(seen) % 2], 60_002).try_to_send())
    assert seen[-1] != SENT  # asked to send it again, as the sixth form from one network is
    assert len(seen) <= 6  # and each node has had half of them
    assert Browser(running.addresses[len(seen) % 2], 60_002).try_to_send() == seen[-1]


def test_one_housekeeping_works_and_another_takes_over_when_its_machine_dies(running):
    def chosen() -> list[str]:
        return [node.machine.name for node in (running.staff, running.spare) if last_word(node) == "this process does it"]

    def last_word(node) -> str:
        words = [line.rpartition("Housekeeping: ")[2] for line in node.machine.log.read_text().splitlines() if "Housekeeping: " in line]
        return words[-1] if words else ""

    wait_until(lambda: chosen() and last_word(running.staff) and last_word(running.spare), "both have asked")
    [first] = chosen()
    dying, other = (running.staff, running.spare) if first == "staff" else (running.spare, running.staff)
    dying.machine.kill()
    wait_until(lambda: last_word(other) == "this process does it", "the other takes over")
    dying.start("worker", "housekeeping")
    wait_until(lambda: last_word(dying) == "another process does it; this one waits", "the first waits now")


def test_no_form_waits_for_a_standby_that_is_away_and_the_operator_is_told(running):
    with Visitors(running.addresses, threads=2) as visitors:
        visitors.wait_for(FEW)
        told = story.standby_away(running, visitors, FEW)
    assert set(visitors.seen) == {SENT}
    assert told.outcome.acknowledged >= FEW
    assert visitors.lost() == []


def test_when_the_machine_that_takes_forms_is_lost_the_standby_takes_its_place_and_no_request_is_missing(running):
    first, second = running.databases.first, running.databases.second
    refused = second.script("promote", "--yes")
    assert refused.returncode == 1
    assert "still takes forms" in refused.stdout  # nobody promotes by mistake

    with Visitors(running.addresses, threads=2) as visitors:
        visitors.wait_for(FEW)
        story.promotion(running, visitors, FEW)
        # It comes back without asking, as when somebody starts the server by hand: it is stopped, and takes no form for itself alone.
        first.forget_processes()
        started = first.machine.attempt([*first.as_user, first.machine.folder / "start"], first.environment)
        assert started.returncode == 0, (first.machine.folder / "postgresql.log").read_text(errors="replace")[-2000:]
        first.watch()
        wait_until(lambda: not first.is_running(), "two don't take forms at once")
        first.machine.kill()
        kept = story.return_of_the_first(running)
        visitors.wait_for(len(visitors.acknowledged) + FEW)
    assert any("remove it within BACKUP_KEEP_DAYS" in line for line in kept)
    assert visitors.words_lost() == {}
    assert visitors.lost() == []
    assert first.ask("SELECT pg_is_in_recovery()") is True
    assert second.ask("SELECT pg_is_in_recovery()") is False


@pytest.fixture(autouse=True)
def nothing_stands_still(running) -> Iterator[None]:
    """Wake what a test that failed has stopped."""
    yield
    for server in (running.databases.first, running.databases.second):
        server.come_back()
        server.signal(signal.SIGCONT)
