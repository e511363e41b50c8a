"""manage.py rebuild_blind_index: compute the keyed hashes of phone numbers and e-mail addresses again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from intake.cases import blind_index


class Command(BaseCommand):
    help = (
        "Compute the look-up by phone number and e-mail address again, with the present blind_index_key: after that was replaced, or after "
        "a restore. Run it on the staff's server, with the centres' keys unlocked; the site may go on meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SITE_ROLE == "public":
            raise CommandError("A public server can't look anybody up. Run this on the staff's server.")
        indexed, unopened = blind_index.rebuild()
        self.stdout.write(f"{indexed} inquiries are in the index of phone numbers and addresses.")
        if unopened:
            self.stderr.write(f"{unopened} could not be opened here and keep their former entries: see `manage.py keys verify`.")
