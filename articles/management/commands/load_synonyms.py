"""Loads the list of lay words that search understands."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.search import synonyms


class Command(BaseCommand):
    help = "Add the search synonyms of a TOML file that aren't there yet. What editors changed in the admin stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=synonyms.FILE, help="another file than the one that comes with the site")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = synonyms.load(options["file"])
        except synonyms.BadSynonymFile as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{added} synonyms added.")
