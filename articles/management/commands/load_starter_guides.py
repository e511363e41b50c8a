"""manage.py load_starter_guides: load or update the starter library."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.search import synonyms
from articles.workflow import starter_library


class Command(BaseCommand):
    help = (
        "Load the starter guides and publish them, marked “not yet clinically reviewed”. Run it again after an update; "
        "guides that somebody changed or reviewed are kept as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", metavar="SLUG", action="append", default=[], help="load only this guide; can be repeated")
        parser.add_argument("--folder", type=Path, default=starter_library.FOLDER, help="read the guides from another folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            guides = starter_library.read_all(options["folder"])
        except starter_library.BadStarterGuide as error:
            raise CommandError(str(error)) from None
        if options["only"]:
            known = {guide.snapshot["slug"] for guide in guides}
            if unknown := sorted(set(options["only"]) - known):
                raise CommandError(f"No starter guide is called {', '.join(unknown)}. There are: {', '.join(sorted(known))}.")
            guides = [guide for guide in guides if guide.snapshot["slug"] in options["only"]]
        synonyms.load()
        try:
            terms = starter_library.load_glossary(options["folder"])
        except starter_library.BadStarterGuide as error:
            raise CommandError(str(error)) from None
        if terms:
            self.stdout.write(f"added to the glossary: {terms} terms")
        outcome = starter_library.load(guides)
        for words, slugs in (
            ("published", outcome.new),
            ("published as a new edition", outcome.updated),
            ("left as editors have it", outcome.kept),
        ):
            for slug in slugs:
                self.stdout.write(f"{words}: {slug}")
        self.stdout.write(
            f"{len(outcome.new)} new, {len(outcome.updated)} updated, {len(outcome.unchanged)} unchanged, {len(outcome.kept)} left alone."
        )
