"""The result of an import: a guide as plain data, not stored yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


class UnreadableDocument(Exception):
    """The file can't be imported. The message is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one format. `href` is empty or a URL that passed vocabulary.safe_address(), `script` is "sub", "sup" or ""."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""
    script: str = ""


Spans = tuple[Span, ...]
LINE_BREAK = "\n"
"""The text of a span that stands for a line break inside a paragraph, an item or a cell."""


def plain(spans: Spans) -> str:
    """Return the text of `spans` on one line, without formatting."""
    return "".join(span.text for span in spans).replace(LINE_BREAK, " ")


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
    """A list. `start` is the first number of an ordered list, since a paragraph may come between steps 3 and 4.

    `letters` is "a", "A", "i" or "I" for one that counts with letters or Roman numbers, as the attribute `type` of <ol>.
    """

    ordered: bool
    items: tuple[ListItem, ...]
    start: int = 1
    letters: str = ""

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
class Cell:
    """A cell of a table, over one or more columns and rows. `heading` is true for the name of a column or a row."""

    spans: Spans
    columns: int = 1
    rows: int = 1
    heading: bool = False

    @property
    def text(self) -> str:
        return plain(self.spans)


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One of our own stored pictures. Only the import of a whole site has some; others are left out and reported."""

    address: str
    alt: str


@dataclass(frozen=True, slots=True)
class Box:
    """Paragraphs and lists that stand apart: a quotation (`kind` is "quote") or one of our callouts, which has a title."""

    kind: str
    title: str
    blocks: tuple[Paragraph | ListBlock | Table, ...]


Block = Paragraph | ListBlock | SubHeading | Table | Picture | Box


@dataclass(slots=True)
class Section:
    """A section of a guide. Text before the first section title is a section with the title ""."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    line: int = 0

    @property
    def paragraphs(self) -> int:
        """The number of paragraphs, also of those in boxes, without list items and table cells."""
        return sum(isinstance(block, Paragraph) for block in self._flat())

    @property
    def lists(self) -> list[int]:
        """The number of items of each list. A nested list is counted separately, after the one that contains it."""
        return [len(part.items) for block in self._flat() if isinstance(block, ListBlock) for part in block.walk()]

    def _flat(self) -> Iterator[Block]:
        for block in self.blocks:
            if isinstance(block, Box):
                yield from block.blocks
            else:
                yield block


@dataclass(frozen=True, slots=True)
class ContactBlock:
    """The invitation to get in touch at the end of a guide. Paragraphs of `text` are separated by an empty line."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class WordCount:
    """The words that were read from a file and those that the guide has. `missing` are those that only the file has, in its order."""

    read: int = 0
    kept: int = 0
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportedGuide:
    """A guide read from a file. `doubts` are sentences for the editor, in the order of the file.

    `topics` are codes such as "substance:alcohol"; `summary` and `topics` are known only for posts of another site.
    """

    title: str
    slug: str
    sections: list[Section]
    contact_block: ContactBlock | None = None
    doubts: list[str] = field(default_factory=list)
    words: WordCount = WordCount()
    summary: str = ""
    topics: tuple[str, ...] = ()
