"""Give a centre a new key pair."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.crypto import keyring
from intake.models import Centre


class Command(BaseCommand):
    help = (
        "Give a centre a new key pair: new inquiries are sealed to it at once. The former key is retired and its file stays, "
        "because older inquiries open with it only. Nothing is deleted. Back up the folder of the keys afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("centre", help="the centre's short name in addresses")

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
