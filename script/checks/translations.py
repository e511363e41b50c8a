"""Compiled message catalogues must match their sources."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polib


def find(catalogues: Iterable[Path]) -> Iterator[str]:
    """Yield one line for each .po file whose .mo file is missing or has different content."""
    for path in catalogues:
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or _texts(polib.pofile(str(path)).translated_entries()) != _texts(polib.mofile(str(compiled))):
            yield f"{compiled}: not what {path.name} says; run `python manage.py compilemessages`"


def _texts(entries: Iterable[polib.POEntry | polib.MOEntry]) -> set[tuple[str, str, str, str]]:
    # The entry without a msgid is the catalogue's header.
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgstr, str(sorted((int(form), text) for form, text in entry.msgstr_plural.items())))
        for entry in entries
        if entry.msgid
    }
