"""Says what is heard in a file of messages."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from danger.assess import assess
from danger.grammar import language_of
from danger.levels import Level

# The words of intake.models.Inquiry.Priority, which this package doesn't know.
PRIORITIES = {Level.ALARM: "danger", Level.LOOK: "urgent", Level.MENTION: "normal", Level.NONE: "normal"}


class Command(BaseCommand):
    help = "Assess the messages of a file, one a line: a JSON list of text, language, level, signs, reasons and priority."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a text file with one message a line")
        parser.add_argument("--format", choices=["json", "text"], default="text")
        parser.add_argument("--language", help="the language of the messages; otherwise it is guessed, line by line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            messages = Path(options["file"]).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} can't be read: {error}") from None
        assessed = [_assessed(text, options["language"]) for text in messages if text.strip()]
        if options["format"] == "json":
            self.stdout.write(json.dumps(assessed, ensure_ascii=False, indent=2))
            return
        for line in assessed:
            self.stdout.write(f"{line['level']}\t{', '.join(line['signs'])}\t{line['text']}")


def _assessed(text: str, language: str | None) -> dict[str, Any]:
    language = language or language_of(text)
    assessment = assess(text, language)
    return {
        "text": text,
        "language": language,
        "level": assessment.level.code,
        "signs": [hit.code for hit in assessment.signs],
        "reasons": [{"sign": hit.code, "level": hit.level.code, "words": hit.words, "reason": hit.reason} for hit in assessment.signs],
        "priority": PRIORITIES[assessment.level],
    }
