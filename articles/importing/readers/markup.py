"""Reads HTML (web pages, or the output of mammoth and markdown-it) into headings, texts, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree, html

from articles.importing.document import ListBlock, ListItem, Span, Spans, Table, plain
from articles.importing.doubts import Doubts, quote
from articles.importing.elements import SENTENCE_END, TITLE_LEVEL, Element, Heading, Placed, Text, tidy
from articles.importing.lists import DEEPEST, mark_of
from articles.importing.readers import page
from articles.importing.vocabulary import (
    BLOCKS,
    COUNTED,
    DROPPED,
    EMBEDDED,
    EMPHASIS,
    HEADINGS,
    INLINE,
    LINE_ATTRIBUTE,
    LISTS,
    NOTE_ID,
    NOTE_LINK,
    SILENTLY_DROPPED,
    STRONG,
    STRUCK,
    TITLE_CLASS,
    safe_address,
)

BREAK = "\n"
"""Represents <br> in collected text, where other white space is already normalised to spaces."""


@dataclass(slots=True)
class _Holder:
    """An open element that collects text: a list item, a table cell or a heading."""

    kind: str
    line: int
    spans: list[Span] = field(default_factory=list)
    children: list[ListBlock] = field(default_factory=list)


@dataclass(slots=True)
class _List:
    ordered: bool
    start: int
    line: int
    items: list[_Holder] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    line: int
    rows: list[list[Spans]] = field(default_factory=list)
    header: bool = False


def read(text: str, doubts: Doubts, *, count_paragraphs: bool = False, line_attribute: bool = False) -> tuple[list[Element], str]:
    """Return the elements of an HTML text, and its title if that is stated elsewhere, or "".

    Positions are lines of `text`. With `count_paragraphs` they are numbers of paragraphs instead (for Word files, which have
    no lines), with `line_attribute` they are read from an attribute of the blocks (for Markdown).
    """
    document = page.parse(text, doubts)
    if document is None:
        return [], ""
    root, title = page.main_part(document, doubts)
    reader = _Reader(doubts, count_paragraphs, line_attribute)
    reader.walk(root)
    return reader.elements, title or page.stated_title(document)


def inline_spans(fragment: str, doubts: Doubts) -> Spans:
    """Return the spans of one paragraph given as HTML."""
    elements, _ = read(f"<p>{fragment}</p>", doubts)
    return tidy([part for entry in elements if isinstance(entry, Text) for part in (*entry.spans, Span(" "))])


class _Reader:
    """Walks a tree iteratively, since pages may nest too deeply for recursion, and collects elements."""

    def __init__(self, doubts: Doubts, count_paragraphs: bool, line_attribute: bool) -> None:
        self.elements: list[Element] = []
        self._doubts = doubts
        self._count_paragraphs = count_paragraphs
        self._line_attribute = line_attribute
        self._line = 0 if count_paragraphs else 1
        self._words: list[Span] = []
        self._words_line = 1
        self._open: list[_Holder | _List | _Table] = []
        self._strong = self._emphasis = self._struck = self._pre = self._notes = 0
        self._links: list[str] = []

    def walk(self, root: html.HtmlElement) -> None:
        closers: list[Callable[[], None]] = []
        walker = etree.iterwalk(root, events=("start", "end", "comment"))
        for event, node in walker:
            if event == "start":
                self._place(node)
                closer = self._start(node)
                if closer is None:
                    walker.skip_subtree()
                    closer = _nothing
                else:
                    self._add(node.text)
                closers.append(closer)
                continue
            if event == "end":
                closers.pop()()
            if node is not root:
                self._add(node.tail)
        self._flush()

    def _place(self, node: html.HtmlElement) -> None:
        if self._count_paragraphs:
            self._line += node.tag in COUNTED and not (node.tag == "p" and bool(self._open))
        elif self._line_attribute:
            stated = node.get(LINE_ATTRIBUTE, "")
            if stated.isascii() and stated.isdigit():
                self._line = int(stated[:9])
        else:
            self._line = node.sourceline or self._line

    def _start(self, node: html.HtmlElement) -> Callable[[], None] | None:
        """Open `node`. Return a function to call at its end, or None if the whole subtree is left out."""
        tag = str(node.tag)
        if self._is_left_out(tag, node):
            return None
        if tag in HEADINGS:
            return self._start_heading(tag, node)
        if tag in LISTS:
            return self._start_list(tag, node)
        if tag == "li":
            return self._start_item()
        if tag in ("table", "tr", "td", "th"):
            return self._start_table_part(tag, node)
        if tag in ("br", "hr"):
            self._words.append(Span(BREAK)) if tag == "br" else self._flush()
            return _nothing
        return self._start_plain(tag, node)

    def _is_left_out(self, tag: str, node: html.HtmlElement) -> bool:
        """Return whether `node` is left out. Adds a doubt unless it had no visible content."""
        if tag in SILENTLY_DROPPED:
            return True
        if tag in ("img", "picture", "image"):
            source = node if tag != "picture" else next(node.iter("img"), node)
            description = " ".join((source.get("alt") or "").split())
            about = f" ({quote(description, 200)})" if description else ""
            self._doubts.add(f"a picture{about} was left out; add it in the editor.", self._line)
            return True
        if tag != "a" and NOTE_ID.match(node.get("id", "")):
            self._notes += 1  # ids aren't the numbers that readers saw, which count the notes in order
            words = re.sub("[↑↩\ufe0e]", "", page.words_of(node)).strip()
            line = 0 if self._count_paragraphs else self._line
            self._doubts.add(f"Note [{self._notes}] was taken out: {quote(words, 1000)}. Add it to the guide's sources.", line)
            return True
        what = "hidden words" if page.is_hidden(node) else DROPPED.get(tag) or EMBEDDED.get(tag)
        if what is None:
            return False
        words = page.words_of(node)
        if words or tag in EMBEDDED:
            verb = "were" if what == "hidden words" else "was"
            self._doubts.add(f"{what} {verb} left out{': ' + quote(words, 300) if words else ''}.", self._line)
        return True

    def _start_heading(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        if self._open:  # a heading in a list item or a table cell becomes bold text
            self._strong += 1
            return self._end_strong_block
        level = TITLE_LEVEL if self._count_paragraphs and node.get("class") == TITLE_CLASS else HEADINGS[tag]
        holder = _Holder("heading", self._line)
        self._open.append(holder)

        def end() -> None:
            self._flush()
            self._open.pop()
            if words := plain(tidy(holder.spans)):
                self.elements.append(Heading(holder.line, level, words))

        return end

    def _start_list(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        depth = sum(isinstance(entry, _List) for entry in self._open)
        if depth >= DEEPEST or any(isinstance(entry, _Holder) and entry.kind != "item" for entry in self._open):
            return self._flush  # its items become plain lines of the enclosing cell, heading or item
        start = node.get("start", "")
        opened = _List(tag == "ol", int(start[:4]) if start.isascii() and start.isdigit() else 1, self._line)
        self._open.append(opened)

        def end() -> None:
            self._flush()
            self._open.pop()
            items = _frozen_items(opened)
            if not items:
                return
            block = ListBlock(opened.ordered, items, max(opened.start, 1))
            holder = self._holder()
            if holder is None:
                self.elements.append(Placed(opened.line, block))
            else:
                holder.children.append(block)

        return end

    def _start_item(self) -> Callable[[], None]:
        self._flush()
        if not self._open:  # an item without a list becomes a typed bullet, from which `lists` makes a list
            self._words = [Span("• ")]
            self._words_line = self._line
            return self._end_lone_item
        if not isinstance(self._open[-1], _List):
            return self._flush
        self._open[-1].items.append(_Holder("item", self._line))
        self._open.append(self._open[-1].items[-1])
        return self._end_holder

    def _start_table_part(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        top = self._open[-1] if self._open else None
        if tag == "table":
            if self._open or page.is_layout_table(node):
                return self._flush
            self._open.append(_Table(self._line))
            return self._end_table
        if not isinstance(top, _Table):
            return self._flush
        if tag == "tr" or not top.rows:
            top.rows.append([])
        if tag == "tr":
            return self._flush
        if node.get("colspan", "1") != "1" or node.get("rowspan", "1") != "1":
            self._doubts.add("a table has joined cells; check that its columns are still right.", top.line)
        top.header = tag == "th" and (top.header or not top.rows[0]) if len(top.rows) == 1 else top.header
        self._open.append(_Holder("cell", self._line))
        return self._end_holder

    def _start_plain(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        if tag in BLOCKS or "-" in tag:
            self._flush()
            if tag in ("blockquote", "aside"):
                what = "a quotation" if tag == "blockquote" else "a box beside the text"
                self._doubts.add(f"{what} was made plain paragraphs.", self._line)
            if tag == "pre":
                self._pre += 1
                return self._end_pre
            if tag in STRONG:
                self._strong += 1
                return self._end_strong_block
            return self._flush
        if tag == "a":
            self._links.append(self._address(node))
            return self._end_link
        if tag in STRONG:
            self._strong += 1
            return self._end_strong
        if tag in EMPHASIS:
            self._emphasis += 1
            return self._end_emphasis
        if tag in STRUCK:
            if not self._struck:
                self._doubts.add(f"words that were struck out were kept: {quote(page.words_of(node))}.", self._line)
            self._struck += 1
            return self._end_struck
        if tag == "q":
            self._add("“")
            return self._end_quotation
        if tag not in INLINE and ":" not in tag:
            inside = " ".join([tag, *node.keys()])
            self._doubts.add(f"{quote(f'<{inside}>', 300)} is no HTML; it was left out, the words in it were kept.", self._line)
        return _nothing

    def _address(self, node: html.HtmlElement) -> str:
        stated = (node.get("href") or "").strip()
        if not stated or NOTE_LINK.match(stated):
            return ""
        address = safe_address(stated)
        if not address:
            link = f"the link to {quote(stated, 200)} on {quote(page.words_of(node))}"
            self._doubts.add(f"{link} was left out; its words were kept.", self._line)
        return address

    def _end_strong(self) -> None:
        self._strong -= 1

    def _end_strong_block(self) -> None:
        self._flush()
        self._strong -= 1

    def _end_emphasis(self) -> None:
        self._emphasis -= 1

    def _end_struck(self) -> None:
        self._struck -= 1

    def _end_link(self) -> None:
        self._links.pop()

    def _end_quotation(self) -> None:
        self._add("”")

    def _end_pre(self) -> None:
        self._flush()
        self._pre -= 1

    def _end_lone_item(self) -> None:
        if plain(tuple(self._words)).strip() == "•":
            self._words = []
        self._flush()

    def _end_holder(self) -> None:
        self._flush()
        holder = self._open.pop()
        if isinstance(holder, _Holder) and holder.kind == "cell" and self._open and isinstance(table := self._open[-1], _Table):
            table.rows[-1].append(tidy(holder.spans))

    def _end_table(self) -> None:
        self._flush()
        table = self._open.pop()
        if isinstance(table, _Table):
            rows = tuple(tuple(row) for row in table.rows if any(row))
            if rows:
                self.elements.append(Placed(table.line, Table(rows, table.header and rows[0] == tuple(table.rows[0]))))

    def _holder(self) -> _Holder | None:
        """Return the innermost open item, cell or heading. Text between items belongs to the item before."""
        top = self._open[-1] if self._open else None
        if isinstance(top, _List):
            if not top.items:
                top.items.append(_Holder("item", self._line))
            return top.items[-1]
        return top if isinstance(top, _Holder) else None

    def _add(self, text: str | None) -> None:
        if not text:
            return
        text = re.sub(r"\n", BREAK, text) if self._pre else re.sub(r"\s+", " ", text)
        if not self._words:
            if not text.strip():
                return
            self._words_line = self._line
        self._words.append(Span(text, self._strong > 0, self._emphasis > 0, self._links[-1] if self._links else ""))

    def _flush(self) -> None:
        """Finish the collected text: add it to the enclosing holder, or as paragraphs."""
        words, self._words = self._words, []
        if not any(span.text.strip() for span in words):
            return
        holder = self._holder()
        if holder is not None:
            holder.spans.extend([Span(" "), *words])
        else:
            self.elements.extend(_texts(words, self._words_line, bool(self._pre)))


def _nothing() -> None:
    """Do nothing at the end of an element."""


def _frozen_items(opened: _List) -> tuple[ListItem, ...]:
    """Return the items of a list. An item that contains only another list is replaced by that list's items."""
    items: list[ListItem] = []
    for holder in opened.items:
        spans = tidy(holder.spans)
        inner = tuple(item for child in holder.children for item in child.items)
        if spans:
            items.append(ListItem(spans, ListBlock(holder.children[0].ordered, inner, holder.children[0].start) if inner else None))
        else:
            items.extend(inner)
    return tuple(items)


def _texts(words: list[Span], line: int, separate: bool) -> list[Text]:
    """Return the paragraphs in `words`. Lines are joined unless they are typed items, whole sentences or `separate`."""
    rows: list[list[Span]] = [[]]
    for span in words:
        for position, piece in enumerate(span.text.split(BREAK)):
            if position:
                rows.append([])
            rows[-1].append(Span(piece, span.strong, span.emphasis, span.href))
    tidied = [tidy(row) for row in rows]
    filled = [row for row in tidied if row]
    separate = separate or any(mark_of(plain(row)) for row in filled) or any(plain(row).endswith(SENTENCE_END) for row in filled[:-1])
    groups: list[tuple[bool, list[Span]]] = []
    blank = True
    for row in tidied:
        if row and (blank or separate):
            groups.append((blank, list(row)))
        elif row:
            groups[-1][1].extend([Span(" "), *row])
        blank = not row
    return [Text(line, tidy(group), 0, blank_before) for blank_before, group in groups]
