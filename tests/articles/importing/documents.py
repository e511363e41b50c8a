"""Helpers for tests of the import."""

from pathlib import Path

from articles.importing.document import ImportedGuide, ListBlock, Paragraph, SubHeading, Table
from articles.importing.readers.detection import read_guide

TWIN = Path(__file__).parents[2] / "data" / "heroin-withdrawal-twin.txt"

PROSE = "Withdrawal is the body getting used to life without the drug, and for most people the worst is over within days."
MORE = "Rest, water and somebody who stays near make these days easier, and so does a doctor who knows what helps."


def guide_from(folder: Path, text: str | bytes, name: str = "guide.txt") -> ImportedGuide:
    """Import a file with this text."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_guide(path)


def shape(guide: ImportedGuide) -> dict[str, list[str]]:
    """Return each section's title and blocks in short: p, h3, table, ul3 (a list of three), ol2."""
    return {section.title: [_short(block) for block in section.blocks] for section in guide.sections}


def _short(block: object) -> str:
    if isinstance(block, ListBlock):
        return f"{'ol' if block.ordered else 'ul'}{len(block.items)}"
    return {Paragraph: "p", SubHeading: "h3", Table: "table"}[type(block)]


def words_of(guide: ImportedGuide) -> str:
    """Return all words of the result: titles, blocks, contact block and doubts."""
    parts = [guide.title, *guide.doubts]
    if guide.contact_block:
        parts += [guide.contact_block.heading, guide.contact_block.text]
    for section in guide.sections:
        parts.append(section.title)
        for block in section.blocks:
            if isinstance(block, ListBlock):
                parts += [item.text for entry in block.walk() for item in entry.items]
            elif isinstance(block, Table):
                parts += ["".join(span.text for span in cell) for row in block.rows for cell in row]
            else:
                parts.append(block.text)
    return "\n".join(parts)
