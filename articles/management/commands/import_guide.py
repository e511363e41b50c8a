"""manage.py import_guide: create draft guides from documents."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction

from articles.importing import report
from articles.importing.document import ImportedGuide, UnreadableDocument
from articles.importing.readers.detection import read_guide
from articles.workflow import drafts


class Command(BaseCommand):
    help = (
        "Create a draft guide from each FILE (plain text, Markdown, HTML or .docx, in UTF-8, up to 5 MB) and report what was "
        "recognised and what is doubtful. If any file can't be read, nothing is stored. Existing guides are never changed: "
        "importing a text twice creates a second draft whose address ends in -2."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="the document to import")
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="json prints one object, or a list for several files"
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="the language of the documents (default: %(default)s)",
        )

    def handle(self, *_args: Any, files: list[str], **options: Any) -> None:
        guides = _read_all(files, options["language"])
        try:
            slugs = _store_all(guides, options["language"])
        except DatabaseError as error:
            raise CommandError(
                f"Nothing was imported, the database refused it ({error}). Run manage.py migrate, then try again."
            ) from error
        if options["format"] == "json":
            reports = [report.as_dict(name, guide, slug) for (name, guide), slug in zip(guides, slugs, strict=True)]
            self._print(json.dumps(reports if len(reports) > 1 else reports[0], indent=2, ensure_ascii=False))
            return
        texts = [report.as_text(name, guide, slug) for (name, guide), slug in zip(guides, slugs, strict=True)]
        stored = "Stored as a draft" if len(slugs) == 1 else f"Stored as {len(slugs)} drafts"
        self._print("\n\n".join([*texts, f"{stored}. Visitors see nothing of it before it is reviewed and published."]))

    def _print(self, text: str) -> None:
        """Write `text`, with escapes for characters that the terminal's encoding lacks."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _read_all(files: list[str], language: str) -> list[tuple[str, ImportedGuide]]:
    """Return each file's name and guide. Raises CommandError with one line for each file that can't be read."""
    guides: list[tuple[str, ImportedGuide]] = []
    refused: list[str] = []
    for name in files:
        try:
            guides.append((name, read_guide(Path(name), language)))
        except UnreadableDocument as error:
            refused.append(f"{name}: {error}")
    if refused and len(files) > 1:
        refused.append("Nothing was imported, not even the other files: correct or leave out what is named above.")
    if refused:
        raise CommandError("\n".join(refused).encode("utf-8", "backslashreplace").decode())
    return guides


@transaction.atomic
def _store_all(guides: list[tuple[str, ImportedGuide]], language: str) -> list[str]:
    """Store all guides as drafts, or none, and return their slugs. A slug that had to be changed is added to the doubts."""
    slugs = []
    for _name, guide in guides:
        draft = drafts.create_draft(guide, language=language, by=None)
        if draft.slug != guide.slug:
            guide.doubts.append(
                f'A guide with the address "{guide.slug}" is there already and was left as it is; this draft got "{draft.slug}".'
            )
        slugs.append(draft.slug)
    return slugs
