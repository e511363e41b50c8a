"""Create a key pair for a centre."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.crypto import keyring
from intake.models import Centre


class Command(BaseCommand):
    help = (
        "Create a new key pair for a centre. New inquiries are sealed to it at once. The previous key is retired; its file is "
        "kept, because older inquiries can be opened only with it. Back up the key folder afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("centre", help="the centre's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            centre = Centre.objects.get(slug=options["centre"])
        except Centre.DoesNotExist:
            known = ", ".join(Centre.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no centre {options['centre']!r}. Centres: {known}.") from None
        try:
            key = keyring.create_centre_key(centre)
        except keyring.KeyringError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{centre} seals to key {key.pk} from now on.")
