"""Add the reply templates that ship with the site."""

from typing import Any

from django.core.management.base import BaseCommand

from intake.queue import starter_templates


class Command(BaseCommand):
    help = (
        "Add the reply templates that ship with the site, for all centres, in English and Spanish. "
        "A template that is there already, under its title, is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Reply templates added: {starter_templates.load()}.")
