"""The list of what was erased, kept outside the database: a restored backup brings erased cases back, and erases them again by it.

A line is `time word id`. The file settings.ERASED_LIST_FILE is appended to by housekeeping; it is worth something only when a copy of
it survives the machine (docs/operations.md, Backup). It tells nothing of a case but that it was there.
"""

import datetime as dt
import enum
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction

from intake.cases import events
from intake.models import Event, Inquiry
from intake.retention import erasure, holds

logger = logging.getLogger(__name__)

# Events may become visible later than their time says: what was recorded within it is looked at again.
OVERLAP = dt.timedelta(hours=1)


class Word(enum.StrEnum):
    """How a case ended."""

    WITHDRAWN = "withdrawn"  # by its sender, and erased
    LOCKED = "locked"  # withdrawn, but a legal hold kept its words from being erased
    ERASED = "erased"  # by a rule


Entry = tuple[dt.datetime, Word, UUID]


@dataclass(frozen=True)
class Again:
    """How many cases were erased again, and how many were withdrawn again with their words kept for a hold."""

    erased: int
    locked: int


def append_new(now: dt.datetime) -> dict[str, int]:
    """Append what was withdrawn or erased since the last line (housekeeping); return the number of lines. One query."""
    path = Path(settings.ERASED_LIST_FILE)
    try:
        since = (_last_moment(path) or dt.datetime.min.replace(tzinfo=dt.UTC) + OVERLAP) - OVERLAP
        steps = Event.objects.filter(kind__in=[Event.Kind.WITHDRAWN, Event.Kind.ERASED], at__gte=since, inquiry__isnull=False)
        by_case: dict[UUID, list[tuple[str, dt.datetime]]] = {}
        for case, kind, at in steps.order_by("at", "id").values_list("inquiry_id", "kind", "at"):
            by_case.setdefault(case, []).append((kind, at))
        if not by_case:
            return {"erased_listed": 0}
        known = {(word, case) for _at, word, case in read(path)} if path.is_file() else set()
        new = sorted((kinds[-1][1], _word({kind for kind, _at in kinds}), case) for case, kinds in by_case.items())
        lines = [f"{at.isoformat()} {word} {case}\n" for at, word, case in new if (word, case) not in known]
        _append(path, lines)
    except (OSError, ValueError) as failure:
        # The next round does it. The database has it all, until it is replaced by a backup.
        logger.error("The list of what was erased could not be written: %s", type(failure).__name__)
        return {"erased_listed": 0}
    return {"erased_listed": len(lines)}


def _word(kinds: set[str]) -> Word:
    if Event.Kind.WITHDRAWN not in kinds:
        return Word.ERASED
    return Word.WITHDRAWN if Event.Kind.ERASED in kinds else Word.LOCKED


def _append(path: Path, lines: list[str]) -> None:
    if not lines:
        return
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab+") as file:
        if _cut_off(file):
            lines = ["\n", *lines]
        file.write("".join(lines).encode("ascii"))


def _cut_off(file: IO[bytes]) -> bool:
    """Return whether the last line has no end, after a power cut. It is listed again."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _last_moment(path: Path) -> dt.datetime | None:
    """Return the time of the last whole line, None for a list without one."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 400))
            tail = file.read().decode("ascii", "replace").splitlines()
    except FileNotFoundError:
        return None
    return next((entry[0] for line in reversed(tail) if (entry := _parsed(line))), None)


def read(path: Path) -> list[Entry]:
    """Return (when, how, which case) of each line; one that was cut off is left out. Raises ValueError for another kind of file."""
    lines = path.read_text(encoding="ascii").splitlines()
    entries = [entry for line in lines if (entry := _parsed(line))]
    if lines and not entries:
        raise ValueError("It has no line of a list of what was erased.")
    return entries


def _parsed(line: str) -> Entry | None:
    try:
        at, word, case = line.split()
        return dt.datetime.fromisoformat(at), Word(word), UUID(case)
    except ValueError:
        return None


def erase_again(entries: Iterable[Entry], now: dt.datetime) -> Again:
    """Erase what this database, of an earlier time, still has. A hold that it knows keeps the words of a case, as it did before."""
    words: dict[UUID, list[Word]] = {}
    for _at, word, case in entries:
        words.setdefault(case, []).append(word)
    erased, locked = 0, 0
    for case, steps in words.items():
        with transaction.atomic():
            inquiry = Inquiry.objects.select_for_update().filter(pk=case, erased_at=None).first()
            if inquiry is None:
                continue
            held = steps[-1] == Word.LOCKED or holds.held(inquiry)
            if set(steps) != {Word.ERASED}:
                erasure.withdraw(inquiry, keep_content=held)
            elif held:
                continue  # a rule waits for the end of the hold
            else:
                _erase_by_rule(inquiry, now)
            locked, erased = locked + held, erased + (not held)
    return Again(erased, locked)


def _erase_by_rule(inquiry: Inquiry, now: dt.datetime) -> None:
    erasure.erase_content(inquiry, now, by="policy")
    if inquiry.state != Inquiry.State.CLOSED:  # it was closed after the backup, with an outcome that nobody knows any more
        outcome = Inquiry.Outcome.WITHDRAWN
        Inquiry.objects.filter(pk=inquiry.pk).update(state=Inquiry.State.CLOSED, outcome=outcome, closed_at=now, next_action_at=None)
        events.record(inquiry, Event.Kind.CLOSED, by="system", at=now, outcome=outcome)
