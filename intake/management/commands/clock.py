"""Show what time this server has, and say that it is right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from intake.scheduling import clock
from recovery_site.verbs import Refused


class Command(BaseCommand):
    help = (
        "Show the time of this server and the last time that was believed. After a jump of the clock, or when the site was off for days, "
        "erasing, publishing and all else that can't be taken back wait. With --is-right and --by, say that the clock is right: they go on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--is-right", action="store_true", help="this time is right; look at another clock first")
        parser.add_argument("--by", metavar="USERNAME", help="who says so: an operator or a lead; it is recorded")

    def handle(self, *args: Any, **options: Any) -> None:
        now, seen = timezone.now(), clock.last_known()
        self.stdout.write(f"This server says {now:%Y-%m-%d %H:%M} UTC." + (f" Last believed: {seen:%Y-%m-%d %H:%M} UTC." if seen else ""))
        if not options["is_right"]:
            waits = "It jumped: erasing and publishing wait. If it is right: manage.py clock --is-right --by NAME"
            self.stdout.write(waits if clock.jumped(now) else "It is believed; nothing waits for it.")
            return
        person = User.objects.filter(username=options["by"] or "").first()
        if person is None:
            raise CommandError("Say who looked at a clock: --by USERNAME.")
        try:
            clock.confirm(now, by=person)
        except Refused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write("It is believed now. The next run of housekeeping, within a minute, does what waited.")
