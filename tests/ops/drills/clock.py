"""Drills: the clock of the machine jumps forward by 60 days, or back by a day, and is right again later."""

from pathlib import Path

from tests.ops.drills import hurry
from tests.ops.drills.keys import FOUND_BY_THE_DOCTOR
from tests.ops.drills.registry import Scene, drill
from tests.ops.drills.stage import PARTS

DAY = 86_400
WAITS = "Erasing waits"
CLOSE = """
import datetime as dt
from django.utils import timezone
from intake.models import Inquiry
from intake.retention import rounds
now = timezone.now()
closed = Inquiry.objects.filter(state="new", is_drill=False).update(state="closed", outcome="spam", closed_at=now)
print(closed)
"""


def _library() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def _missing() -> str:
    return "" if _library() else "no libfaketime, which moves the clock of a process (Debian: apt-get install faketime)"


class Clock:
    """The clock of all processes of a site, which is moved while they run."""

    def __init__(self, scene: Scene) -> None:
        self._file = scene.stage.disk.folder.with_name(scene.stage.disk.folder.name + ".clock")
        self.stage = scene.stage
        self.set(0)
        self.variables = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.stage.restart(*PARTS, **self.variables)

    def set(self, seconds: int) -> None:
        """Let the clock be ahead by so many seconds, or behind."""
        new = self._file.with_name(self._file.name + ".new")
        new.write_text(f"{seconds:+d}s\n")
        new.replace(self._file)

    def end(self) -> None:
        """Give the processes the clock of the machine."""
        self.stage.restart(*PARTS)
        self._file.unlink()


@drill(
    "clock-back",
    happens="The clock of the machine is a day behind, and is right again later.",
    sees="The hourly check mails you (doctor: “The newest event is … minutes in the future”). Nothing is erased meanwhile.",
    does="timedatectl set-ntp true, and look at timedatectl. The rest mends itself.",
    missing=_missing,
)
def clock_back(scene: Scene) -> None:
    clock = Clock(scene)
    scene.begins()
    clock.set(-DAY)
    try:
        mailed = scene.watch.mailed(FOUND_BY_THE_DOCTOR)
        after = hurry.really(mailed, hurry.doctor(), hurry.ROUND_OF_HOUSEKEEPING)
        scene.is_told("the operator by mail; also /health/ and the switch", after)
        scene.recovers()
    finally:
        clock.set(0)
    scene.more()
    scene.stop_visitors()
    clock.end()


@drill(
    "clock-forward",
    happens="The clock of the machine jumps 60 days ahead while closed cases wait to be erased, and is right again later.",
    sees="A mail “Erasing waits for you” within a minute: nothing was erased. Afterwards the doctor names events of the future.",
    does="timedatectl set-ntp true. Nothing has to be allowed: the waiting ends when the clock is right.",
    missing=_missing,
    leaves_well=False,
)
def clock_forward(scene: Scene) -> None:
    clock = Clock(scene)
    scene.opens()
    assert int(scene.stage.shell(CLOSE)) >= scene.size
    scene.breaks()
    clock.set(60 * DAY)
    try:
        mailed = scene.watch.mailed(WAITS, FOUND_BY_THE_DOCTOR, "The clock of the server jumped")
        scene.recovers()
        scene.is_told("operator and lead by mail", hurry.really(mailed, hurry.ROUND_OF_HOUSEKEEPING))
        scene.more()
    finally:
        scene.stop_visitors()
        clock.set(0)
    scene.stage.stop(*PARTS)
    scene.stage.start(*PARTS)
    scene.stage.wait_for_page("web")
