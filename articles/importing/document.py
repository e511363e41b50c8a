"""The result of an import: a guide as plain data, not stored yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


class UnreadableDocument(Exception):
    """The file can't be imported. The message is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one format. `href` is empty or a URL that passed vocabulary.safe_address()."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


Spans = tuple[Span, ...]


def plain(spans: Spans) -> str:
    """Return the text of `spans` without formatting."""
    return "".join(span.text for span in spans)


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans
    line: int = field(default=0, compare=False)

    @property
    def text(self) -> str:
        return plain(self.spans)


@dataclass(frozen=True, slots=True)
class ListItem:
    spans: Spans
    sublist: ListBlock | None = None

    @property
    def text(self) -> str:
        return plain(self.spans)


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list. `start` is the first number of an ordered list, since a paragraph may come between steps 3 and 4."""

    ordered: bool
    items: tuple[ListItem, ...]
    start: int = 1

    def walk(self) -> Iterator[ListBlock]:
        """Yield this list and the lists nested in it, in reading order."""
        yield self
        for item in self.items:
            if item.sublist:
                yield from item.sublist.walk()


@dataclass(frozen=True, slots=True)
class SubHeading:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. With `header` the first row has the column headings."""

    rows: tuple[tuple[Spans, ...], ...]
    header: bool = False


Block = Paragraph | ListBlock | SubHeading | Table


@dataclass(slots=True)
class Section:
    """A section of a guide. Text before the first section title is a section with the title ""."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    line: int = 0

    @property
    def paragraphs(self) -> int:
        """The number of paragraphs, without list items and table cells."""
        return sum(isinstance(block, Paragraph) for block in self.blocks)

    @property
    def lists(self) -> list[int]:
        """The number of items of each list. A nested list is counted separately, after the one that contains it."""
        return [len(part.items) for block in self.blocks if isinstance(block, ListBlock) for part in block.walk()]


@dataclass(frozen=True, slots=True)
class ContactBlock:
    """The invitation to get in touch at the end of a guide. Paragraphs of `text` are separated by an empty line."""

    heading: str
    text: str


@dataclass(slots=True)
class ImportedGuide:
    """A guide read from a file. `doubts` are sentences for the editor, in the order of the file."""

    title: str
    slug: str
    sections: list[Section]
    contact_block: ContactBlock | None = None
    doubts: list[str] = field(default_factory=list)
