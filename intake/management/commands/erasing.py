"""Show which rounds of erasing wait for a person, or allow one. Erase again what a restored backup brought back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from intake.models import ErasingRound
from intake.retention import erased_list, rounds
from recovery_site.verbs import Refused


class Command(BaseCommand):
    help = (
        "Show which rounds of erasing wait for a person, because they are larger than usual or the clock jumped: numbers by centre and "
        "outcome. With --allow and --by, let the waiting round of a centre erase as many cases as this shows, once. With --again, erase "
        "what a restored backup brought back (`manage.py restore --erased` does that by itself)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--allow", metavar="SLUG", help="the centre whose round may erase")
        parser.add_argument("--by", metavar="USERNAME", help="who allows it: a lead of the centre or an operator; it is recorded")
        parser.add_argument("--again", metavar="FILE", type=Path, help="the list of what was erased (ERASED_LIST_FILE) that survived")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self._erase_again(options["again"])
            return
        now = timezone.now()
        waiting = list(ErasingRound.objects.filter(state=ErasingRound.State.WAITS).select_related("centre").order_by("centre__name"))
        found = {one.centre.slug: (one, rounds.counts(one.centre, now)) for one in waiting}
        for one, counts in found.values():
            numbers = ", ".join(f"{outcome} {number}" for outcome, number in counts.items()) or "nothing any more"
            self.stdout.write(f"{one.centre.slug}: {one.get_why_display()}, since {one.at:%Y-%m-%d %H:%M} UTC: {numbers}")
        if not waiting:
            self.stdout.write("Nothing waits.")
        if not options["allow"]:
            return
        if options["allow"] not in found:
            raise CommandError("No round of this centre waits.")
        person = User.objects.filter(username=options["by"] or "").first()
        if person is None:
            raise CommandError("Say who allows it: --by USERNAME.")
        one, counts = found[options["allow"]]
        try:
            rounds.allow(one, by=person, number=sum(counts.values()), now=now)
        except Refused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write(f"{one.centre.slug}: allowed. The next run of housekeeping begins.")

    def _erase_again(self, file: Path) -> None:
        try:
            entries = erased_list.read(file)
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} can't be read as a list of what was erased: {error}") from None
        again = erased_list.erase_again(entries, timezone.now())
        self.stdout.write(f"Erased again: {again.erased} of {len({case for _at, _word, case in entries})} cases that the list names.")
        if again.locked:
            self.stdout.write(
                f"Kept under a legal hold: {again.locked}. Holds that are newer than the backup are gone: let the leads set them again "
                "before housekeeping runs, because it erases what no hold covers."
            )
