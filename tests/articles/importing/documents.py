"""Helpers for tests of the import."""

from dataclasses import dataclass
from pathlib import Path

from articles.importing.document import Box, ImportedGuide, ListBlock, Paragraph, Picture, SubHeading, Table
from articles.importing.elements import words_of_block
from articles.importing.readers.detection import read_guide
from articles.importing.readers.html import to_html

TWIN = Path(__file__).parents[2] / "data" / "heroin-withdrawal-twin.txt"

PROSE = "Withdrawal is the body getting used to life without the drug, and for most people the worst is over within days."
MORE = "Rest, water and somebody who stays near make these days easier, and so does a doctor who knows what helps."


def guide_from(folder: Path, text: str | bytes, name: str = "guide.txt") -> ImportedGuide:
    """Import a file with this text."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_guide(path)


@dataclass(frozen=True)
class Kind:
    """A kind of document: what its source must become. `title` is a sentence that names the test."""

    title: str
    source: str | bytes
    html: str | None = None
    guide_title: str | None = None
    doubts: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    certain: bool = False

    def __str__(self) -> str:
        return self.title

    def check(self, folder: Path, name: str, language: str = "en") -> None:
        """Import the source. Assert its HTML (or a part of it), its title, words of its doubts, and what isn't in the text."""
        path = folder / name
        path.write_bytes(self.source.encode() if isinstance(self.source, str) else self.source)
        guide = read_guide(path, language)
        html = to_html(guide.sections)
        said = "\n".join(guide.doubts)
        if self.html is not None:
            assert self.html in html
        if self.guide_title is not None:
            assert guide.title == self.guide_title
        for words in self.doubts:
            assert words in said
        for words in self.nowhere:
            assert words not in f"{guide.title} {html}"
        if self.certain:
            assert guide.doubts == []


def shape(guide: ImportedGuide) -> dict[str, list[str]]:
    """Return each section's title and blocks in short: p, h3, table, ul3 (a list of three), ol2."""
    return {section.title: [_short(block) for block in section.blocks] for section in guide.sections}


def _short(block: object) -> str:
    if isinstance(block, ListBlock):
        return f"{'ol' if block.ordered else 'ul'}{len(block.items)}"
    return {Paragraph: "p", SubHeading: "h3", Table: "table", Box: "box", Picture: "picture"}[type(block)]


def words_of(guide: ImportedGuide) -> str:
    """Return all words of the result: titles, blocks, contact block and doubts."""
    parts = [guide.title, *guide.doubts]
    if guide.contact_block:
        parts += [guide.contact_block.heading, guide.contact_block.text]
    for section in guide.sections:
        parts.append(section.title)
        parts += [block.text if isinstance(block, SubHeading) else words_of_block(block) for block in section.blocks]
    return "\n".join(parts)
