"""manage.py check_guides: run the editorial checks on stored guides."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles import checks
from articles.checks import Finding, Level
from articles.models import Guide


class Command(BaseCommand):
    help = (
        "Run the editorial checks on the working copies of all guides, or of those with the given SLUGs, and print the "
        "findings, errors first. The exit code is 1 if there are errors, 0 otherwise. Changes nothing. "
        "docs/editorial/checks.md explains each check."
    )

    found_errors = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="the last part of a guide's address (default: all guides)")
        parser.add_argument(
            "--format",
            choices=["text", "json"],
            default="text",
            help="json prints one list of {guide, check, level, message, excerpt, section} (default: %(default)s)",
        )
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], help="only guides in this language")

    def handle(self, *_args: Any, slugs: list[str], **options: Any) -> None:
        guides = Guide.objects.order_by("language", "slug")
        if options["language"]:
            guides = guides.filter(language=options["language"])
        if slugs:
            guides = guides.filter(slug__in=slugs)
            if missing := sorted(set(slugs) - set(guides.values_list("slug", flat=True))):
                raise CommandError(f"There is no guide with the address {', '.join(missing)}. Look the addresses up in the list of guides.")
        results = [(guide, checks.run(guide)) for guide in guides]
        if options["format"] == "json":
            rows = [self._row(guide, finding) for guide, findings in results for finding in findings]
            self._print(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            self._print(self._text(results))
        self.found_errors = any(finding.level is Level.ERROR for _guide, findings in results for finding in findings)

    def run_from_argv(self, argv: list[str]) -> None:
        """Exit with code 1 if there are errors, but only from a shell: call_command() callers read the output."""
        super().run_from_argv(argv)
        if self.found_errors:
            sys.exit(1)

    @staticmethod
    def _row(guide: Guide, finding: Finding) -> dict[str, str]:
        return {
            "guide": guide.slug,
            "check": finding.check,
            "level": finding.level.value,
            "message": finding.message,
            "excerpt": finding.excerpt,
            "section": finding.section,
        }

    @staticmethod
    def _text(results: list[tuple[Guide, list[Finding]]]) -> str:
        lines = []
        for guide, findings in results:
            if findings:
                lines.append(f"{guide.language}/{guide.slug}: {guide.title}")
            for finding in findings:
                place = f" ({finding.section})" if finding.section else ""
                lines.append(f"  {finding.level.value}: {finding.check}: {finding.message}{place}")
                if finding.excerpt:
                    lines.append(f"      {finding.excerpt}")
                if finding.suggestion:
                    lines.append(f"      -> {finding.suggestion}")
        levels = Counter(finding.level for _guide, findings in results for finding in findings)
        counts = ", ".join(f"{levels[level]} {level.value}{'' if levels[level] == 1 else 's'}" for level in Level)
        return "\n".join([*lines, f"{len(results)} guide{'' if len(results) == 1 else 's'} checked: {counts}."])

    def _print(self, text: str) -> None:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
