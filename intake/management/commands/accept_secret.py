"""`manage.py accept_secret NAME`: a secret was changed on purpose."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from intake.crypto import fingerprints


class Command(BaseCommand):
    help = (
        "Take the present value of a secret for the right one, after it was changed on purpose. What was made with the old one stays lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(fingerprints.SETTINGS))

    def handle(self, *args: Any, **options: Any) -> None:
        fingerprints.accept(options["name"], timezone.now())
        self.stdout.write(f"{options['name']}: the present value is the right one from now on.")
