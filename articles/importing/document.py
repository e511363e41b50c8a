"""What an import yields: a guide as plain data, before it is anybody's draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


class UnreadableDocument(Exception):
    """The file can't become a guide. The message is one line for the person who typed the command, and says the mend."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words with one look. `href` is empty or an address that passed `markup.safe_address`."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


Spans = tuple[Span, ...]


def plain(spans: Spans) -> str:
    """The words of `spans` without their look."""
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
    """A list; `start` is the first number of an ordered one (a paragraph may interrupt steps 1-3 and 4-6)."""

    ordered: bool
    items: tuple[ListItem, ...]
    start: int = 1

    def walk(self) -> Iterator[ListBlock]:
        """This list, then the lists nested in it, in reading order."""
        yield self
        for item in self.items:
            if item.sublist:
                yield from item.sublist.walk()


@dataclass(frozen=True, slots=True)
class SubHeading:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; with `header` the first row names the columns."""

    rows: tuple[tuple[Spans, ...], ...]
    header: bool = False


Block = Paragraph | ListBlock | SubHeading | Table


@dataclass(slots=True)
class Section:
    """A titled part of a guide. The words between the guide's title and the first section title form a first section with the title ""."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    line: int = 0

    @property
    def paragraphs(self) -> int:
        """How many paragraphs stand in it (list items and table cells are not counted)."""
        return sum(isinstance(block, Paragraph) for block in self.blocks)

    @property
    def lists(self) -> list[int]:
        """The number of items of each list; a nested list is counted by itself, after the one that holds it."""
        return [len(part.items) for block in self.blocks if isinstance(block, ListBlock) for part in block.walk()]


@dataclass(frozen=True, slots=True)
class ContactBlock:
    """The invitation to get in touch at a guide's end; paragraphs of `text` are parted by an empty line."""

    heading: str
    text: str


@dataclass(slots=True)
class ImportedGuide:
    """A guide as read from a file. `doubts` are whole sentences for the editor, in the order of the file."""

    title: str
    slug: str
    sections: list[Section]
    contact_block: ContactBlock | None = None
    doubts: list[str] = field(default_factory=list)
