"""manage.py import_guide: a document becomes a draft guide."""

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
        "Makes a draft guide of each FILE (plain text, Markdown, HTML or .docx, in UTF-8, up to 5 MB) and says what was recognised "
        "and what is doubtful. All files are read before the first is stored: with one that can't be read, nothing is stored. "
        "Never changes a guide that is there: a second import of a text becomes a second draft, with -2 at the end of its address."
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
        guides = _read_all(files)
        try:
            slugs = _store_all(guides, options["language"])
        except DatabaseError as error:
            raise CommandError(
                f"Nothing was imported, the database refused it ({error}). Run manage.py migrate, then try again."
            ) from error
        if options["format"] == "json":
            found = [report.as_dict(name, guide, slug) for (name, guide), slug in zip(guides, slugs, strict=True)]
            self._print(json.dumps(found if len(found) > 1 else found[0], indent=2, ensure_ascii=False))
            return
        texts = [report.as_text(name, guide, slug) for (name, guide), slug in zip(guides, slugs, strict=True)]
        stored = "Stored as a draft" if len(slugs) == 1 else f"Stored as {len(slugs)} drafts"
        self._print("\n\n".join([*texts, f"{stored}. Visitors see nothing of it before it is reviewed and published."]))

    def _print(self, text: str) -> None:
        """Writes `text`; what the terminal's encoding lacks (or a file's name can't say) is written as an escape, not a traceback."""
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _read_all(files: list[str]) -> list[tuple[str, ImportedGuide]]:
    """Each file's name and guide. Raises CommandError with one line for each file that can't be read."""
    guides: list[tuple[str, ImportedGuide]] = []
    refused: list[str] = []
    for name in files:
        try:
            guides.append((name, read_guide(Path(name))))
        except UnreadableDocument as error:
            refused.append(f"{name}: {error}")
    if refused and len(files) > 1:
        refused.append("Nothing was imported, not even the other files: mend or leave out what is named above.")
    if refused:
        raise CommandError("\n".join(refused).encode("utf-8", "backslashreplace").decode())
    return guides


@transaction.atomic
def _store_all(guides: list[tuple[str, ImportedGuide]], language: str) -> list[str]:
    """Stores all guides as drafts, or none; returns the addresses they got and notes in a guide's doubts when that is not its own."""
    slugs = []
    for _name, guide in guides:
        draft = drafts.create_draft(guide, language=language, by=None)
        if draft.slug != guide.slug:
            guide.doubts.append(
                f'A guide with the address "{guide.slug}" is there already and was left as it is; this draft got "{draft.slug}".'
            )
        slugs.append(draft.slug)
    return slugs
