"""manage.py restore: a backup into an empty place, proven. manage.py runs it without Django's settings, which need the secrets."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backups import archives, places, restoring
from backups.archives import BackupError


def main(arguments: list[str]) -> int:
    """Run the command without reading Django's settings at all, and return its exit code."""
    command = Command()
    options = vars(command.create_parser("manage.py", "restore").parse_args(arguments))
    try:
        command.handle(**options)
    except CommandError as error:
        command.stderr.write(command.style.ERROR(f"CommandError: {error}"))
        return 1
    return 0


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty place: database, pictures, secrets and keys. Migrates, collects static files, rebuilds search and "
        "look-up, runs the checks, and opens a canary with its receipt and with its centre's key before the site gets any of it. The "
        "place is that of the environment (DATA_DIR, DATABASE_URL and others), or the folder of --into."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, required=True, metavar="ARCHIVE", help="…-data.tar.gz.age, or the folder for the newest")
        parser.add_argument("--keys", type=Path, required=True, metavar="ARCHIVE", help="…-keys.tar.gz.age, or the folder")
        parser.add_argument("--identity", type=Path, required=True, metavar="FILE", help="the private half of a recipient")
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="all of the site's files go there, whatever the environment says")
        parser.add_argument("--drill", action="store_true", help="prove it in a temporary place, and leave nothing")
        parser.add_argument("--again", action="store_true", help="remove what an interrupted restore left, and begin anew")
        parser.add_argument("--erased", type=Path, metavar="FILE", help="a list of what was erased (ERASED_LIST_FILE) that survived")
        parser.add_argument("--send-waiting", action="store_true", help="send messages that waited: the site was stopped before the backup")
        parser.add_argument("--keys-of-another-day", action="store_true", help="when the keys of that day are lost")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        drill = options["drill"]
        went_well = False
        try:
            backup = restoring.Backup(*places.newest(options["data"], options["keys"]), archives.identities(options["identity"]))
            seen = restoring.examine(backup, other_day=options["keys_of_another_day"])
            self._say(f"Both archives are whole and belong together: {seen.data['made_at']}, version {seen.data['version']}.")
            if drill:
                done = restoring.rehearse(seen, os.environ, say=self._say)
            else:
                place = restoring.Place.of(os.environ, options["into"])
                wishes = restoring.Wishes(options["erased"], options["send_waiting"])
                done = restoring.restore(seen, place, again=options["again"], say=self._say, wishes=wishes)
            went_well = True
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'} could not be used: {error.strerror}.") from None
        finally:
            if drill and options["data"].is_dir():
                self._note_rehearsal(options["data"], went_well=went_well)
        self._say(f"Newest event: {done.newest_event or 'none'}. Canaries opened: {done.canaries}. {done.seconds:.1f} seconds.")
        if done.wrong_here:
            self.stderr.write(
                "\n".join(["The checks found errors in the settings of this machine. Mend them before the site starts:", *done.wrong_here])
            )
        if done.locked:
            self.stderr.write(
                f"{done.locked} canaries were opened with the receipt alone, because the centres' keys are locked: run `manage.py keys "
                "unlock`, then `manage.py keys verify`."
            )
        if not done.canaries:
            self.stderr.write("The backup has no canary, because no centre had a key: that a request can be read was not proven.")
        if options["drill"]:
            self._say("The rehearsal is over; nothing of it was left.")
        else:
            self._tell_what_was_done_again(done)
            self._say(
                "The site is restored. Start its processes, then compare the audit trail with a kept copy of its heads (docs/audit.md)."
            )

    def _note_rehearsal(self, folder: Path, *, went_well: bool) -> None:
        try:
            places.note_rehearsal(folder, dt.datetime.now(dt.UTC), went_well=went_well)
        except OSError as error:
            self.stderr.write(f"{folder} can't be written ({error.strerror}), so the site doesn't learn of this rehearsal.")

    def _tell_what_was_done_again(self, done: restoring.Restored) -> None:
        if done.held_back["messages"]:
            self.stderr.write(
                f"{done.held_back['messages']} messages that waited when the backup was made are held back, "
                f"{done.held_back['of_danger']} of danger: most were sent since. "
                'They are under "Notifications", given up, with "try again". Tell the leads to look through '
                "the whole queue: what was done after the backup is to be done again. Alarms that nobody had taken ring."
            )
        if done.erased_again is None:
            self.stderr.write(
                "What visitors withdrew after the backup is back, because no list of it was given. If one survived (ERASED_LIST_FILE), run "
                "`manage.py erasing --again FILE` before the site starts."
            )
            return
        self._say(f"Erased again: {done.erased_again['erased']}.")
        if done.erased_again["locked"]:
            self.stderr.write(
                f"{done.erased_again['locked']} cases were kept under a legal hold. Holds that are newer than the backup are gone: let the "
                "leads set them again before housekeeping runs."
            )

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
