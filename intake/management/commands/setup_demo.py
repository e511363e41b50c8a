"""Create the demo centre and its staff, and print their passwords."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from intake import demo
from intake.demo import life
from intake.queue import starter_templates


class Command(BaseCommand):
    help = (
        "Create a fictional centre with its key and five fictional staff members, load the reply templates, and print the passwords once. "
        "Does nothing if a centre or a user exists already. "
        "Then fill two centres with about sixty invented inquiries, unless DEMO_CASES=0 is set in the environment. "
        "If DEMO_PASSWORD is set in the environment, everyone gets that password instead of a random one."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the whole demo or nothing: a start that is killed in between is begun again by the next one, which prints passwords too."""
        password = os.environ.get("DEMO_PASSWORD", "")
        accounts = demo.set_up(password)
        if not accounts:
            self.stdout.write("There is a centre or a member of staff already: nothing was made.")
            return
        starter_templates.load()
        if os.environ.get("DEMO_CASES", "1") != "0":
            accounts += life.fill(password)
        self.stdout.write(f"The staff sign in at {settings.SITE_URL}/admin/ (these passwords are shown this once):")
        for person, password in accounts:
            self.stdout.write(f"  {person.username:<14} {password:<18} {person.purpose}")
