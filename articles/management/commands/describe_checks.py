"""manage.py describe_checks: update the reference of the checks in the editors' handbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.checks import documentation

HANDBOOK = Path(settings.BASE_DIR) / "docs" / "editorial" / "checks.md"


class Command(BaseCommand):
    help = "Write the description of each editorial check and its examples to docs/editorial/checks.md, between the two markers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=HANDBOOK, help="the file to update (default: the handbook)")

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            file.write_text(documentation.brought_up_to_date(file.read_text(encoding="utf-8")), encoding="utf-8")
        except (OSError, ValueError) as problem:
            raise CommandError(f"{file.name}: {problem}") from None
        self.stdout.write(f"{file.name} is up to date.")
