"""Make the demo centre and its staff, and print how they sign in."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from intake import demo


class Command(BaseCommand):
    help = (
        "Make an invented centre with its key and five invented members of staff, and print their passwords this once. "
        "Where any centre or member of staff exists already, it changes nothing. "
        "DEMO_PASSWORD in the environment gives everyone that password instead of a random one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = demo.set_up(os.environ.get("DEMO_PASSWORD", ""))
        if not made:
            self.stdout.write("There is a centre or a member of staff already: nothing was made.")
            return
        self.stdout.write(f"The staff sign in at {settings.SITE_URL}/admin/ (these passwords are shown this once):")
        for person, password in made:
            self.stdout.write(f"  {person.username:<14} {password:<18} {person.purpose}")
