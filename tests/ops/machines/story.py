"""What happens to visitors while a database machine is away, is lost, and comes back. The rows of docs/several-machines.md."""

import time
from dataclasses import dataclass
from itertools import pairwise

from tests.ops.machines.databases import Server, wait_until
from tests.ops.machines.sites import Machines
from tests.support.drills import Outcome, Visitors

TOLD = "The second database machine is away"
NAME_STANDBY, NAME_PROMOTION = "standby away", "machine lost, standby promoted"


@dataclass(frozen=True)
class Told:
    """The outcome of one part. In seconds: the longest wait of a visitor for "sent", and the longest time in which nobody was told so."""

    outcome: Outcome
    longest: float
    gap: float


def standby_away(running: Machines, visitors: Visitors, number: int) -> Told:
    """Take the standby away while forms are sent, and give it back. Returns once commits wait for both machines again."""
    before, seen_before = len(visitors.acknowledged), visitors.seen.copy()
    begun = time.monotonic()
    running.databases.second.vanish()
    recovered = visitors.wait_for_one_sent_after(begun)
    wait_until(lambda: running.was_told(TOLD), "the operator is told")
    told_after = time.monotonic() - begun
    visitors.wait_for(before + number)
    running.databases.second.come_back()
    wait_until(running.is_on_both, "both machines again")
    visitors.wait_for(len(visitors.acknowledged) + number // 4)
    seen = dict(visitors.seen - seen_before)
    number = len(visitors.acknowledged) - before
    outcome = Outcome(NAME_STANDBY, "PostgreSQL", number, 0, recovered, seen, "the operator by mail", told_after)
    return Told(outcome, *_waits(visitors, begun))


def promotion(running: Machines, visitors: Visitors, number: int, *, silently: bool = False) -> Told:
    """Let the machine that takes forms lose its power, and promote the standby with the command of deploy/postgresql.

    `silently`: its network is gone before its processes are, so that nothing tells the sites.
    """
    before, seen_before = len(visitors.acknowledged), visitors.seen.copy()
    first, second = running.databases.first, running.databases.second
    begun = time.monotonic()
    if silently:
        first.vanish()
    first.lose_power()
    done = second.script("promote", "--yes")
    assert done.returncode == 0, done.stdout
    recovered = visitors.wait_for_one_sent_after(begun)
    visitors.wait_for(before + number)
    seen = dict(visitors.seen - seen_before)
    number = len(visitors.acknowledged) - before
    outcome = Outcome(NAME_PROMOTION, "PostgreSQL", number, 0, recovered, seen, "the operator, who promoted", None)
    return Told(outcome, *_waits(visitors, begun))


def _waits(visitors: Visitors, begun: float) -> tuple[float, float]:
    """Return the longest wait of one visitor and the longest time without an acknowledged form, since `begun`."""
    answers = sorted(
        (browser.acknowledged_at, browser.sent_at) for browser in list(visitors.acknowledged) if browser.acknowledged_at >= begun
    )
    times = [begun, *(acknowledged_at for acknowledged_at, _sent_at in answers)]
    return max(acknowledged_at - sent_at for acknowledged_at, sent_at in answers), max(b - a for a, b in pairwise(times))


def return_of_the_first(running: Machines) -> list[str]:
    """Let the former first machine come back: it starts nothing by itself, and becomes the standby by a command. Return what it said."""
    first = running.databases.first
    first.come_back()
    first.watch()
    wait_until(lambda: says(first, "takes the forms now"), "the former first machine refuses")
    assert not first.is_running()
    first.machine.kill()
    done = first.script("join")
    assert done.returncode == 0, done.stdout
    first.watch()
    wait_until(running.is_on_both, "the former first machine stands by")
    return done.stdout.splitlines()


def says(server: Server, words: str) -> bool:
    """Return whether the log of a machine has these words."""
    return words in server.machine.log.read_text(errors="replace")
