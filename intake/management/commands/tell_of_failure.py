"""`manage.py tell_of_failure JOB`: a job of a timer failed. systemd runs it (deploy/systemd/recovery-failed@.service)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from intake.health import state, telling


class Command(BaseCommand):
    help = "Tell the operators that a job failed that a timer starts. Ends with 1 when nobody could be told."
    requires_system_checks = []  # what is wrong with the site is no reason to be silent

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", choices=sorted(code.removesuffix("_failed") for code in state.FAILED))

    def handle(self, *args: Any, **options: Any) -> None:
        left = telling.tell(f"{options['job']}_failed", timezone.now())
        if not left:
            raise CommandError("Nobody could be told.")
        self.stdout.write(f"{left} messages left.")
