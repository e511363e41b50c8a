"""The drills by name, what the documentation says of each, and how one is run."""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.ops.drills.stage import Stage
from tests.support.drills import Browser, Outcome, Visitors

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
BOTH = (SQLITE, POSTGRESQL)
NOBODY = "nobody"
SHORT = 5  # forms
# Seconds after each form of one of three visitors: a site of a small machine is to be broken, not filled.
PAUSE = 0.5


class Scene:
    """One drill that is played: the site, its visitors, those who are told, and how many forms make a crowd."""

    def __init__(self, stage: Stage, words: str, size: int) -> None:
        self.stage, self.watch, self.words, self.size = stage, stage.watch, words, size
        self.visitors: Visitors
        self.fault_at = 0.0
        self.recovered: float | None = None
        self.told, self.told_after = NOBODY, 0.0
        # Who isn't expected to be found again: what a backup can't have, because it was sent after it.
        self.given_up: list[Browser] = []
        self.is_over = False
        self.stack = contextlib.ExitStack()

    def opens(self) -> None:
        """Let visitors come, and wait for a crowd of forms that were acknowledged."""
        self.visitors = self.stack.enter_context(Visitors(self.stage.addresses, threads=3, words=self.words, pause=PAUSE))
        self.visitors.wait_for(self.size)

    def breaks(self) -> None:
        """Note that the fault begins now."""
        self.watch.fault()
        self.fault_at = self.watch.fault_at

    def begins(self) -> None:
        """Let visitors come, then note that the fault begins now."""
        self.opens()
        self.breaks()

    def stop_visitors(self) -> None:
        """Let nobody come any more, for example while processes are restarted after the drill."""
        self.visitors.stop()
        self.is_over = True

    @property
    def is_short(self) -> bool:
        """Whether this is the form of the suite."""
        return self.size < SHORT

    @staticmethod
    def signal(process: int, number: int) -> None:
        """Send a signal to a process that may be gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)

    def more(self) -> None:
        """Wait until another crowd of forms was acknowledged."""
        self.visitors.wait_for(len(self.visitors.acknowledged) + self.size)

    def is_told(self, told: str, after: float) -> None:
        """Note who was told, and after how many seconds of a real site."""
        self.told, self.told_after = told, after

    def recovers(self, since: float | None = None) -> None:
        """Measure when a form is acknowledged again that was sent after `since` (by default the fault)."""
        self.recovered = self.visitors.wait_for_one_sent_after(self.fault_at if since is None else since)


@dataclass(frozen=True)
class Drill:
    """A drill and the lines that explain it: what happens, what the one who runs the site sees, and what they do."""

    name: str
    play: Callable[[Scene], None]
    happens: str
    sees: str
    does: str
    databases: tuple[str, ...] = BOTH
    in_suite: str = SQLITE  # the database on which the suite plays it
    words: str = "message"  # with which the visitors' messages begin


DRILLS: dict[str, Drill] = {}


def drill(name: str, **explained: Any) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    """Register a function that plays a drill on a site that is well, and leaves it so. `explained` are the other fields of Drill."""

    def register(play: Callable[[Scene], None]) -> Callable[[Scene], None]:
        DRILLS[name] = Drill(name, play, **explained)
        return play

    return register


def run(one: Drill, stage: Stage, size: int) -> Outcome:
    """Play a drill with at least `size` forms before and after the fault, then open every receipt that was shown. Return what came of it.

    Raises AssertionError if anything was lost, somebody's words were, or the site isn't well again.
    """
    scene = Scene(stage, one.words, size)
    with scene.stack:
        one.play(scene)
        if not scene.is_over:
            scene.more()
    stage.wait_until_well()
    visitors = scene.visitors
    lost = [browser for browser in visitors.lost(stage.addresses) if browser not in scene.given_up]
    assert not lost, f"{one.name}: acknowledged and not there: {[each.why_lost for each in lost]}"
    refused_without_words = visitors.words_lost()
    assert not refused_without_words, f"{one.name}: what was typed was not kept: {refused_without_words}"
    acknowledged = len(visitors.acknowledged) - len(scene.given_up)
    return Outcome(one.name, stage.database, acknowledged, len(lost), scene.recovered, dict(visitors.seen), scene.told, scene.told_after)


def now() -> float:
    """Return the clock that all spans are measured with."""
    return time.monotonic()


def load() -> dict[str, Drill]:
    """Import all drills; return them by name, in the order of the documentation."""
    from tests.ops.drills import clock, databases, keys, mails, moving, processes

    order = [module.__name__ for module in (processes, databases, mails, keys, clock, moving)]
    return dict(sorted(DRILLS.items(), key=lambda item: order.index(item[1].play.__module__)))
