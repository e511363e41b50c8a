"""manage.py prove_restore: what `manage.py restore` runs on the restored site, in one process."""

import io
import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from backups import returning
from intake.crypto import key_files
from intake.retention import erased_list
from intake.submission import canaries


class Command(BaseCommand):
    help = (
        "Bring a restored site up to date, and open the canaries of its backup as a visitor does and as staff do. For `manage.py restore`, "
        "which says on standard input, as JSON, what the backup says. Prints what it does; its last line is JSON."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        given = json.loads(sys.stdin.readline())
        threading.Thread(target=_end_with_parent, daemon=True).start()
        for words, command, details in self._steps(final=given["final"]):
            self._say(words)
            call_command(command, stdout=io.StringIO(), **details)
        held_back = returning.hold_back_messages(timezone.now()) if given["hold_back"] else returning.HeldBack(0, 0)
        again = self._erased_again(Path(given["erased"])) if given["erased"] else None
        self._say("Checking")
        found = _found_by("check", deploy=True, databases=["default"])
        if given["final"] and "doctor" in get_commands():
            found += _found_by("doctor")
        facts = {"held_back": asdict(held_back), "erased_again": again and asdict(again), "wrong_here": found}
        self.stdout.write(json.dumps({**_opened(given["canaries"]), **facts}))

    def _erased_again(self, file: Path) -> erased_list.Again:
        self._say("Erasing again what was erased")
        return erased_list.erase_again(erased_list.read(file), timezone.now())

    def _steps(self, *, final: bool) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield "Migrating", "migrate", {"interactive": False, "verbosity": 0}
        # Accounts belong to the whole server: a rehearsal leaves them alone.
        if final and connection.vendor == "postgresql":
            yield "Giving the accounts of both halves their rights again", "database_roles", {}
        yield "Collecting static files", "collectstatic", {"interactive": False, "verbosity": 0}
        yield "Rebuilding the search", "rebuild_search", {}
        yield "Rebuilding the look-up by phone and address", "rebuild_blind_index", {}

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _end_with_parent() -> None:
    """End this process when `manage.py restore` was killed, which closes its end of the pipe."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _found_by(command: str, **details: Any) -> list[str]:
    """Return what a check found wrong with the settings of this machine, which is no reason to refuse the data."""
    written = io.StringIO()
    try:
        call_command(command, stdout=written, stderr=written, **details)
    except (CommandError, SystemExit) as error:
        return [line for line in f"{written.getvalue()}\n{error}".splitlines() if line.strip()]
    return []


def _opened(given: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how many canaries opened, of how many the centre's key is locked, and which didn't open."""
    opened, locked, unopened = 0, 0, []
    for canary in given:
        inquiry = canaries.opened_by_receipt(canary["words"])
        if inquiry is None:
            unopened.append(f"key {canary['key']}: not with its receipt")
            continue
        try:
            if canaries.is_opened_by_centre(inquiry):
                opened += 1
            else:
                unopened.append(f"key {canary['key']}: not with the centre's private key")
        except key_files.Locked:
            opened, locked = opened + 1, locked + 1
    return {"opened": opened, "locked": locked, "unopened": unopened}
