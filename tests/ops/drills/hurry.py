"""Shorter limits for the processes of a drill, so that nobody waits five minutes for "silent for five minutes", and its clock."""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from django.apps import AppConfig

from tests.ops.drills import faults

# Seconds in a drill. A busy machine needs more, or parts that are only slow count as silent: DRILL_SILENT=15 script/drill all
SILENT = float(os.environ.get("DRILL_SILENT", "5"))  # of the worker, housekeeping and mail
BEAT = 0.5
ROUND = 1  # of housekeeping; its command takes whole seconds
DOCTOR = 3 * SILENT
RETRY = 0.5
REACHED = 0.5
LEASE = 3.0
# Real seconds of what isn't a constant of the code.
REAL_ROUND = 60  # `housekeeping --loop 60` in deploy/systemd
MONITOR = 60  # how often a monitor asks for /health/ (docs/operations.md)


class Hurry(AppConfig):
    """Sets the limits when a process of the site starts (tests.ops.drills.settings)."""

    name = "tests.ops.drills"
    label = "drills"

    def ready(self) -> None:
        from intake.health import rounds, unstored
        from intake.notifications import heartbeats, outbox
        from intake.views import contact

        heartbeats.LIMITS.update(dict.fromkeys(heartbeats.LIMITS, dt.timedelta(seconds=SILENT)))
        heartbeats.EVERY = dt.timedelta(seconds=BEAT)
        rounds.DOCTOR_EVERY = dt.timedelta(seconds=DOCTOR)
        unstored.LIMIT = dt.timedelta(seconds=SILENT)
        outbox.RETRY_AFTER_MINUTES = outbox.RETRY_DANGER_AFTER_MINUTES = (RETRY / 60,)  # type: ignore[assignment]
        outbox.LEASE = dt.timedelta(seconds=LEASE)
        contact.REACHED_SECONDS = REACHED  # type: ignore[assignment]
        faults.Clock(Path(os.environ["DRILL_CLOCK"])).follow()


@dataclass(frozen=True)
class Span:
    """A limit as it is on a real site and in a drill, in seconds."""

    real: float
    hurried: float


def part(name: str) -> Span:
    """Return for how long this part of the site (a Heartbeat.Part) may be silent."""
    from intake.notifications import heartbeats

    return Span(heartbeats.LIMITS[heartbeats.Part(name)].total_seconds(), SILENT)


def doctor() -> Span:
    """Return how often housekeeping runs the doctor."""
    from intake.health import rounds

    return Span(rounds.DOCTOR_EVERY.total_seconds(), DOCTOR)


def unstored_trouble() -> Span:
    """Return for how long the database or the pages may be away before the operators are told without it."""
    from intake.health import unstored

    return Span(unstored.LIMIT.total_seconds(), SILENT)


ROUND_OF_HOUSEKEEPING = Span(REAL_ROUND, ROUND)
ROUND_OF_MONITOR = Span(MONITOR, 0)


def really(measured: float, *spans: Span) -> float:
    """Return what `measured` seconds of a drill, in which these limits had to pass, are at most on a real site."""
    return max(measured - sum(span.hurried for span in spans), 0) + sum(span.real for span in spans)
