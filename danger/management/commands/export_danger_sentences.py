"""Prints the sentences that two clinicians agreed on, for danger/data/sentences."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from danger import proposals
from danger.corpus import collection
from danger.grammar import FOLDER


class Command(BaseCommand):
    help = "Print the sentences that two clinicians agreed on as JSON; with --join, add them to the collection, for training."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--join", action="store_true", help="add them to danger/data/sentences of this checkout")

    def handle(self, *args: Any, **options: Any) -> None:
        agreed = proposals.agreed()
        if not options["join"]:
            self.stdout.write(json.dumps(agreed, ensure_ascii=False, indent=2))
            return
        added = collection.join(agreed, FOLDER / "sentences")
        self.stdout.write(f"{added} sentences added. Now run manage.py train_danger.")
