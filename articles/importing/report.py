"""Reports what an import recognised, as text or as data."""

from __future__ import annotations

from typing import Any

from articles.importing.document import Box, ImportedGuide, Section, Table

MOST_NAMED = 60
"""Missing words that the report as text names; the report as data has all of them."""


def as_dict(name: str, guide: ImportedGuide, slug: str = "") -> dict[str, Any]:
    """Return the report on one file as plain data. `slug` is the draft's slug, if it differs from the guide's."""
    contact = guide.contact_block
    return {
        "file": name,
        "slug": slug or guide.slug,
        "title": guide.title,
        "sections": [{"title": section.title, "paragraphs": section.paragraphs, "lists": section.lists} for section in guide.sections],
        "contact_block": {"heading": contact.heading, "text": contact.text} if contact else None,
        "words": {"read": guide.words.read, "kept": guide.words.kept, "missing": list(guide.words.missing)},
        "doubts": list(guide.doubts),
    }


def as_text(name: str, guide: ImportedGuide, slug: str = "") -> str:
    """Return the report on one file as text."""
    lines = [name, f"  Title: {guide.title}", f"  Slug: {slug or guide.slug}", "  Sections:" if guide.sections else "  Sections: none"]
    lines += [f"    {section.title or '(before the first section title)'}: {_contents(section)}" for section in guide.sections]
    if guide.contact_block:
        words = len(guide.contact_block.text.split())
        lines.append(f"  Contact block: {guide.contact_block.heading} ({_count(words, 'word')})")
    else:
        lines.append("  Contact block: none")
    lines.append(f"  Words: {guide.words.read} read, {guide.words.kept} in the guide{_missing(guide.words.missing)}")
    lines.append("  Doubts:" if guide.doubts else "  Doubts: none")
    lines += [f"    {doubt}" for doubt in guide.doubts]
    return "\n".join(lines)


def _contents(section: Section) -> str:
    parts = [_count(section.paragraphs, "paragraph")] if section.paragraphs or not section.blocks else []
    parts += [f"a list of {_count(items, 'item')}" for items in section.lists]
    parts += ["a table" for block in section.blocks if isinstance(block, Table)]
    parts += ["a quotation" if block.kind == "quote" else "a box" for block in section.blocks if isinstance(block, Box)]
    return ", ".join(parts) or "no paragraphs"


def _missing(words: tuple[str, ...]) -> str:
    named = " ".join(words[:MOST_NAMED])
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return f"; not in the guide: {named}{more}" if words else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
