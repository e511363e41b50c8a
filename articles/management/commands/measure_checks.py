"""manage.py measure_checks: count what the editorial checks find in lists of sentences."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles import checks
from articles.checks import Level
from articles.checks.text import safety_data
from articles.workflow import starter_library

LISTS = Path(settings.BASE_DIR) / "tests" / "data" / "checks"
NO_GUIDE = "-"
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(("summary", "content_note", "contact_heading", "contact_text"), ""),
    **dict.fromkeys(("substances", "stages", "readers", "at_a_glance", "sources", "phases", "related"), ()),
    "slug": "measured",
    "title": "A guide",
    "kind": "general",
}


@dataclass
class Figures:
    """Counts of a check in a language. `blocked` counts the sentences that must pass and are an error."""

    list: str
    check: str
    language: str
    must_be_found: int = 0
    found: int = 0
    must_pass: int = 0
    falsely_found: int = 0
    blocked: int = 0

    @property
    def recall(self) -> float:
        """Return the share that was found of what must be found."""
        return self.found / self.must_be_found if self.must_be_found else 1.0

    @property
    def precision(self) -> float:
        """Return the share of right findings."""
        return self.found / (self.found + self.falsely_found) if self.found + self.falsely_found else 1.0


class Command(BaseCommand):
    help = (
        "Count what the editorial checks find in lists of sentences. A list is a TSV file with the columns check, language, guide, "
        "place, finds and sentence; `finds` is “-” for a sentence that must pass. docs/editorial/checks.md explains the columns."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("lists", nargs="*", type=Path, metavar="LIST", help="TSV files (default: those of tests/data/checks)")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--wrong", action="store_true", help="also print the sentences that were judged wrongly")

    def handle(self, *_args: Any, lists: list[Path], **options: Any) -> None:
        figures: list[Figures] = []
        wrong: list[str] = []
        for path in lists or sorted(LISTS.glob("*.tsv")):
            rows: dict[tuple[str, str], Figures] = {}
            for row, findings in self._judged(path):
                key = row["check"], row["language"]
                count(rows.setdefault(key, Figures(path.stem, *key)), row["finds"] != NO_GUIDE, findings)
                if (row["finds"] != NO_GUIDE) != bool(findings):
                    rules = ", ".join(sorted({finding.rule for finding in findings})) or "nothing"
                    wrong.append(
                        f"{path.stem} {row['check']} {row['language']} {row['guide']}: {row['sentence']} [{row['finds']}; found {rules}]"
                    )
            figures += rows.values()
        if options["format"] == "json":
            self.stdout.write(json.dumps([asdict(row) for row in figures], indent=2))
            return
        for counted in figures:
            self.stdout.write(
                f"{counted.list}: {counted.check} ({counted.language}): found {counted.found} of {counted.must_be_found} "
                f"({counted.recall:.0%}), falsely found {counted.falsely_found} of {counted.must_pass}, blocked {counted.blocked}; "
                f"precision {counted.precision:.2f}"
            )
        if options["wrong"]:
            self.stdout.write("\n".join(wrong))

    @staticmethod
    def _judged(path: Path) -> Iterator[tuple[dict[str, str], list[checks.Finding]]]:
        try:
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    yield row, judge(row)
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} is no list of check, language, guide, place, finds and sentence: {error!r}") from None


def judge(row: Mapping[str, str]) -> list[checks.Finding]:
    """Return the findings of the row's check in its sentence, which stands in a safe guide of the data if the row names one."""
    body = row["sentence"].replace("\\n", "\n")
    fields: dict[str, Any] = {}
    if row["guide"] != NO_GUIDE:
        place = "" if row["place"] == NO_GUIDE else row["place"]
        body, fields = safety_data.with_words(row["language"], row["guide"], place, body)
    snapshot = {**EMPTY, **fields, "language": row["language"], "body": starter_library.to_html(body)}
    return checks.run(snapshot, only=[row["check"]])


def count(figures: Figures, must_be_found: bool, findings: list[checks.Finding]) -> None:
    """Add one judged sentence to the figures."""
    if must_be_found:
        figures.must_be_found += 1
        figures.found += bool(findings)
    else:
        figures.must_pass += 1
        figures.falsely_found += bool(findings)
        figures.blocked += any(finding.level is Level.ERROR for finding in findings)
