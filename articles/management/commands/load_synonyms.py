"""manage.py load_synonyms: load search synonyms."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.search import synonyms


class Command(BaseCommand):
    help = "Add new search synonyms from a TOML file. Synonyms that exist already, such as those edited in the admin, are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=synonyms.FILE, help="default: the file that comes with the site")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = synonyms.load(options["file"])
        except synonyms.BadSynonymFile as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{added} synonyms added.")
