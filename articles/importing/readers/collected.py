"""What `markup` collects while it walks through a page, and how it becomes paragraphs, lists, tables and boxes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import html

from articles.importing.document import LINE_BREAK, Box, Cell, ListBlock, ListItem, Paragraph, Span, Table, plain
from articles.importing.doubts import Doubts, quote
from articles.importing.elements import SENTENCE_END, Element, Heading, Placed, Text, tidy
from articles.importing.lists import gather, mark_of
from articles.importing.vocabulary import ITEM_NUMBER, LETTERS, RAISED_DIGITS

SHORTEST_WRAPPED = 40
"""Characters; a shorter line before a line break was broken on purpose."""


@dataclass(slots=True)
class Holder:
    """An open element that collects text: a list item, a table cell, a heading or the title of a box."""

    kind: str
    line: int
    spans: list[Span] = field(default_factory=list)
    children: list[ListBlock] = field(default_factory=list)
    number: int | None = None
    columns: int = 1
    rows: int = 1
    is_heading: bool = False


@dataclass(slots=True)
class OpenList:
    """An open list. `kind` is its kind of numbers as HTML or Word call it; `step` is -1 for a list that counts backwards."""

    ordered: bool
    start: int | None
    line: int
    kind: str = ""
    step: int = 1
    items: list[Holder] = field(default_factory=list)


@dataclass(slots=True)
class OpenTable:
    line: int
    rows: list[list[Holder]] = field(default_factory=list)


@dataclass(slots=True)
class OpenBox:
    kind: str
    line: int
    title: str = ""
    elements: list[Element] = field(default_factory=list)


def whole_number(text: str | None) -> int | None:
    stated = (text or "").strip()
    return int(stated) if re.fullmatch(r"-?[0-9]{1,4}", stated) else None


def numbered_item(item: Holder, opened: OpenList, anchor: str) -> bool:
    """Take the number of an item from the anchor that `word_lists` put into it. Return whether it was one."""
    match = ITEM_NUMBER.fullmatch(anchor)
    if match is None:
        return False
    item.number = int(match[2])
    opened.kind = match[1]
    return True


def finished_lists(opened: OpenList, doubts: Doubts) -> list[ListBlock]:
    """Return the list, or several if its numbers don't run on. Items that contain only another list are replaced by its items."""
    if opened.items and all(holder.children and not tidy(holder.spans) for holder in opened.items):
        return [block for holder in opened.items for block in holder.children]  # a list that only indents others
    if opened.step < 0:
        doubts.add("a list that counts backwards was parted, so that its numbers stay.", opened.line)
    parts: list[tuple[int, list[ListItem]]] = []
    expected: int | None = None
    number = opened.start if opened.start is not None else len(opened.items) if opened.step < 0 else 1
    for holder in opened.items:
        items = _items_of(holder, doubts)
        number = holder.number if holder.number is not None else number
        if items and (not parts or (opened.ordered and number != expected)):
            parts.append((number, []))
        if items:
            parts[-1][1].extend(items)
            expected = number + 1
            number += opened.step
    letters = LETTERS.get(opened.kind, "") if opened.ordered else ""
    return [ListBlock(opened.ordered, tuple(items), max(first, 1) if opened.ordered else 1, letters) for first, items in parts]


def _items_of(holder: Holder, doubts: Doubts) -> list[ListItem]:
    spans = tidy(holder.spans)
    inner = tuple(item for child in holder.children for item in child.items)
    if not spans:
        return list(inner)
    if not inner:
        return [ListItem(spans)]
    first = holder.children[0]
    for before, child in zip(holder.children, holder.children[1:], strict=False):
        if before.ordered != child.ordered or (child.ordered and child.start != before.start + len(before.items)):
            doubts.add(f"the lists below {quote(plain(spans))} were made one; check their numbers.", holder.line)
    return [ListItem(spans, ListBlock(first.ordered, inner, first.start, first.letters))]


def finished_table(opened: OpenTable) -> Table | None:
    joined = any(cell.rows > 1 for row in opened.rows for cell in row)
    rows = tuple(
        tuple(Cell(tidy(cell.spans), cell.columns, cell.rows, cell.is_heading) for cell in row)
        for row in opened.rows
        if row and (joined or any(tidy(cell.spans) for cell in row))
    )
    return Table(rows) if any(cell.spans for row in rows for cell in row) else None


def finished_box(opened: OpenBox, doubts: Doubts) -> list[Element]:
    """Return the box, or its content if it holds headings and is therefore no quotation."""
    elements = gather(opened.elements, numbered_titles=False)
    if any(isinstance(entry, Heading) for entry in elements) and opened.kind == "quote":
        doubts.add("a quotation that holds titles was made plain paragraphs.", opened.line)
        return opened.elements
    blocks: list[Paragraph | ListBlock | Table] = []
    for entry in elements:
        if isinstance(entry, Text):
            blocks.append(Paragraph(entry.spans, entry.line))
        elif isinstance(entry, Heading):
            blocks.append(Paragraph((Span(entry.text, strong=True),), entry.line))
        elif isinstance(entry.block, Table | ListBlock):
            blocks.append(entry.block)
    if not blocks and not opened.title:
        return []
    return [Placed(opened.line, Box(opened.kind, opened.title, tuple(blocks)))]


def title_of(holder: Holder, doubts: Doubts) -> str:
    """Return the text of a title, with raised and lowered digits as letters, since a title has no format."""
    spans = [
        Span(span.text.translate(RAISED_DIGITS[span.script])) if span.script and span.text.strip().isdigit() else span
        for span in holder.spans
    ]
    if any(span.script for span in spans):
        doubts.add(f"raised or lowered letters in the title {quote(plain(tuple(spans)))} became plain ones.", holder.line)
    return plain(tidy([Span(span.text) for span in spans]))


def lines_of(spans: list[Span]) -> list[list[Span]]:
    """Return the lines between line breaks."""
    rows: list[list[Span]] = [[]]
    for span in spans:
        for position, piece in enumerate(span.text.split(LINE_BREAK)):
            if position:
                rows.append([])
            rows[-1].append(Span(piece, span.strong, span.emphasis, span.href, span.script))
    return rows


def joined_lines(spans: list[Span]) -> list[Span]:
    """Return `spans` with a space for each line break that only wrapped a sentence: after a long line, before a small letter."""
    result: list[Span] = []
    before = ""
    for row in map(tidy, lines_of(spans)):
        if row and result:
            wrapped = len(before) >= SHORTEST_WRAPPED and plain(row)[:1].islower() and not before.endswith(SENTENCE_END)
            result.append(Span(" " if wrapped else LINE_BREAK))
        result.extend(row)
        before = plain(row)
    return result


def texts(words: list[Span], line: int, separate: bool, is_term: bool) -> list[Text]:
    """Return the paragraphs in `words`. Lines are kept together unless they are typed items, whole sentences or `separate`."""
    tidied = [tidy(row) for row in lines_of(words)]
    filled = [row for row in tidied if row]
    separate = separate or any(mark_of(plain(row)) for row in filled) or any(plain(row).endswith(SENTENCE_END) for row in filled[:-1])
    groups: list[tuple[bool, list[Span]]] = []
    blank = True
    for row in tidied:
        if row and (blank or separate):
            groups.append((blank, list(row)))
        elif row:
            groups[-1][1].extend([Span(LINE_BREAK), *row])
        blank = not row
    result = []
    for position, (blank_before, group) in enumerate(groups):
        spans = tidy(joined_lines(group))
        result.append(Text(line, spans, 0, blank_before, after_break=position > 0 and not blank_before, is_term=is_term))
    return result


def number_of_columns(node: html.HtmlElement, name: str) -> int:
    return min(max(whole_number(node.get(name)) or 1, 1), 50)
