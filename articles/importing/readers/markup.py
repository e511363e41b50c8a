"""Reads HTML (web pages, or the output of mammoth and markdown-it) into headings, collected.texts, lists and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import unescape

from lxml import etree, html

from articles.importing import vocabulary
from articles.importing.document import LINE_BREAK, Picture, Span, Spans, plain
from articles.importing.doubts import Doubts, quote
from articles.importing.elements import TITLE_LEVEL, Element, Heading, Placed, Text, tidy
from articles.importing.lists import DEEPEST
from articles.importing.readers import collected, conventions, page
from articles.importing.readers.left_out import LeftOut
from articles.importing.readers.stylesheet import Look, StyleSheet


def read(
    text: str,
    doubts: Doubts,
    *,
    count_paragraphs: bool = False,
    line_attribute: bool = False,
    pictures: Mapping[str, str] | None = None,
) -> tuple[list[Element], str, str]:
    """Return the elements of an HTML text, its title if that is stated elsewhere or "", and all words that a reader of it saw.

    Positions are lines of `text`. With `count_paragraphs` they are numbers of paragraphs instead (for Word files, which have
    no lines), with `line_attribute` they are read from an attribute of the blocks (for Markdown). `pictures` maps addresses of
    pictures in the text to those of our own copies; pictures that have none are left out.
    """
    document = page.parse(text, doubts)
    if document is None:
        return [], "", ""
    root, title = page.main_part(document, doubts)
    conventions.rewrite(root)
    words = page.words_of(document)
    reader = _Reader(doubts, StyleSheet(document), count_paragraphs, line_attribute, pictures or {})
    reader.walk(root)
    return reader.elements, title or page.stated_title(document), words


def inline_spans(fragment: str, doubts: Doubts) -> Spans:
    """Return the spans of one paragraph given as HTML."""
    if "<" not in fragment:
        return tidy([Span(unescape(fragment))])
    elements, _, _ = read(f"<p>{fragment}</p>", doubts)
    return tidy([part for entry in elements if isinstance(entry, Text) for part in (*entry.spans, Span(" "))])


class _Reader:
    """Walks a tree iteratively, since pages may nest too deeply for recursion, and collects elements."""

    def __init__(
        self, doubts: Doubts, sheet: StyleSheet, count_paragraphs: bool, line_attribute: bool, pictures: Mapping[str, str]
    ) -> None:
        self.elements: list[Element] = []
        self._doubts = doubts
        self._left_out = LeftOut(doubts, has_lines=not count_paragraphs)
        self._sheet = sheet
        self._count_paragraphs = count_paragraphs
        self._line_attribute = line_attribute
        self._pictures = pictures
        self._line = 0 if count_paragraphs else 1
        self._words: list[Span] = []
        self._words_line = 1
        self._open: list[collected.Holder | collected.OpenList | collected.OpenTable] = []
        self._box: collected.OpenBox | None = None
        self._depth = Counter[str]()
        self._links: list[str] = []
        self._scripts: list[str] = []

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
            self._line += node.tag in vocabulary.COUNTED and not (node.tag == "p" and bool(self._open))
        elif self._line_attribute:
            stated = node.get(vocabulary.LINE_ATTRIBUTE, "")
            if stated.isascii() and stated.isdigit():
                self._line = int(stated[:9])
        else:
            self._line = node.sourceline or self._line

    def _start(self, node: html.HtmlElement) -> Callable[[], None] | None:
        """Open `node`. Return a function to call at its end, or None if the whole subtree is left out."""
        tag = str(node.tag)
        look = self._sheet.look(node)
        if self._is_left_out(tag, node, look):
            return None
        if tag in vocabulary.HEADINGS:
            return self._start_heading(tag, node)
        if tag in vocabulary.LISTS:
            return self._start_list(tag, node, look)
        if tag == "li":
            return self._start_item(node)
        if tag in ("table", "tr", "td", "th"):
            return self._start_table_part(tag, node)
        if tag in ("blockquote", "aside"):
            return self._start_box(tag, node)
        if tag == "p" and self._box is not None and self._box.kind != "quote" and node.get("class") == "callout-title":
            return self._start_box_title(self._box)
        if tag in ("br", "hr"):
            self._words.append(Span(LINE_BREAK)) if tag == "br" else self._flush()
            return _nothing
        return self._start_plain(tag, node, look)

    def _is_left_out(self, tag: str, node: html.HtmlElement, look: Look) -> bool:
        """Return whether `node` is left out. Adds a doubt unless it had no visible content."""
        if tag in ("img", "picture", "image"):
            self._picture(node if tag != "picture" else next(node.iter("img"), node))
            return True
        if tag == "input":
            self._input(node)
            return True
        return self._left_out.report(tag, node, look.hidden, self._line)

    def _picture(self, node: html.HtmlElement) -> None:
        description = " ".join((node.get("alt") or "").split())
        own = self._pictures.get((node.get("src") or "").strip(), "")
        if own and not self._open and self._box is None:
            self._flush()
            self.elements.append(Placed(self._line, Picture(own, description)))
            if not description:
                self._doubts.add("a picture has no description; write one in the editor.", self._line)
            return
        about = f" ({quote(description, 200)})" if description else ""
        self._doubts.add(f"a picture{about} was left out; add it in the editor.", self._line)

    def _input(self, node: html.HtmlElement) -> None:
        kind = node.get("type", "").lower()
        if kind in ("checkbox", "radio"):
            self._add("☒ " if node.get("checked") is not None else "☐ ")
        elif kind not in ("hidden", "submit", "button", "reset") and (words := node.get("value") or node.get("placeholder")):
            self._doubts.add(f"a form field was left out: {quote(words, vocabulary.LONGEST_QUOTE)}.", self._line)

    def _start_heading(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        if self._open:  # a heading in a list item or a table cell becomes bold text
            return _in_turn([self._flush, self._within("strong")])
        level = TITLE_LEVEL if node.get("class") == vocabulary.TITLE_CLASS else vocabulary.HEADINGS[tag]
        holder = collected.Holder("heading", self._line)
        self._open.append(holder)

        def end() -> None:
            self._flush()
            self._open.pop()
            if words := collected.title_of(holder, self._doubts):
                self._sink().append(Heading(holder.line, level, words))

        return end

    def _start_list(self, tag: str, node: html.HtmlElement, look: Look) -> Callable[[], None]:
        self._flush()
        depth = sum(isinstance(entry, collected.OpenList) for entry in self._open)
        if depth >= DEEPEST or any(isinstance(entry, collected.Holder) and entry.kind != "item" for entry in self._open):
            return self._flush  # its items become plain lines of the enclosing cell, heading or item
        step = -1 if tag == "ol" and node.get("reversed") is not None else 1
        kind = node.get("type") or look.list_type
        opened = collected.OpenList(tag == "ol", collected.whole_number(node.get("start")), self._line, kind, step)
        self._open.append(opened)

        def end() -> None:
            self._flush()
            self._open.pop()
            holder = self._holder()
            for block in collected.finished_lists(opened, self._doubts):
                if holder is None:
                    self._sink().append(Placed(opened.line, block))
                else:
                    holder.children.append(block)

        return end

    def _start_item(self, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        if not self._open:  # an item without a list becomes a typed bullet, from which `lists` makes a list
            self._words = [Span("• ")]
            self._words_line = self._line
            return self._end_lone_item
        opened = self._open[-1]
        if not isinstance(opened, collected.OpenList):
            return self._flush
        item = collected.Holder("item", self._line, number=collected.whole_number(node.get("value")))
        opened.items.append(item)
        self._open.append(item)
        return self._end_holder

    def _start_table_part(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        top = self._open[-1] if self._open else None
        if tag == "table":
            if self._open or page.is_layout_table(node):
                if page.has_columns(node):
                    self._doubts.add(f"a table was made plain paragraphs: {quote(page.words_of(node))}.", self._line)
                return self._flush
            self._open.append(collected.OpenTable(self._line))
            return self._end_table
        if not isinstance(top, collected.OpenTable):
            return self._flush
        if tag == "tr" or not top.rows:
            top.rows.append([])
        if tag == "tr":
            return self._flush
        columns, rows = collected.number_of_columns(node, "colspan"), collected.number_of_columns(node, "rowspan")
        if columns > 1 or rows > 1:
            self._doubts.add("a table has joined cells; check that its columns are still right.", top.line)
        cell = collected.Holder("cell", self._line, columns=columns, rows=rows, is_heading=tag == "th")
        top.rows[-1].append(cell)
        self._open.append(cell)
        return self._end_holder

    def _start_box(self, tag: str, node: html.HtmlElement) -> Callable[[], None]:
        self._flush()
        classes = (node.get("class") or "").split()
        kind = "quote" if tag == "blockquote" else next((name for name in vocabulary.CALLOUTS if f"callout-{name}" in classes), "")
        if not kind or self._open or self._box is not None or (kind == "quote" and page.holds_most(node)):
            what = "a quotation" if tag == "blockquote" else "a box beside the text"
            self._doubts.add(f"{what} was made plain paragraphs.", self._line)
            return self._flush
        self._box = opened = collected.OpenBox(kind, self._line)

        def end() -> None:
            self._flush()
            self._box = None
            self.elements.extend(collected.finished_box(opened, self._doubts))

        return end

    def _start_box_title(self, box: collected.OpenBox) -> Callable[[], None]:
        self._flush()
        holder = collected.Holder("title", self._line)
        self._open.append(holder)

        def end() -> None:
            self._flush()
            self._open.pop()
            box.title = plain(tidy(holder.spans))

        return end

    def _start_plain(self, tag: str, node: html.HtmlElement, look: Look) -> Callable[[], None]:
        closers = [self._start_block(tag)] if tag in vocabulary.BLOCKS or "-" in tag else []
        strong = tag in vocabulary.STRONG if look.strong is None else look.strong
        emphasis = tag in vocabulary.EMPHASIS if look.emphasis is None else look.emphasis
        script = look.script or (tag if tag in ("sub", "sup") else "")
        closers += [self._within(name) for name, applies in (("strong", strong), ("emphasis", emphasis)) if applies]
        if script and not self._scripts and not vocabulary.NOTE_MARK.match(page.words_of(node)):
            closers.append(self._inside(self._scripts, script))
        if tag == "a":
            if self._is_number(node.get("id") or ""):
                return _nothing
            closers.append(self._inside(self._links, self._left_out.address(node, self._line)))
        elif tag in vocabulary.STRUCK or look.struck:
            if not self._depth["struck"]:
                self._doubts.add(f"words that were struck out were kept: {quote(page.words_of(node))}.", self._line)
            closers.append(self._within("struck"))
        elif tag == "ins" and not self._depth["ins"]:
            closers.append(self._within("ins"))
            self._doubts.add(f"words that were marked as inserted were taken: {quote(page.words_of(node))}.", self._line)
        elif tag == "q":
            self._add("“")
            closers.append(lambda: self._add("”"))
        elif tag not in vocabulary.INLINE and tag not in vocabulary.BLOCKS and tag != "button" and ":" not in tag and "-" not in tag:
            inside = " ".join([tag, *node.keys()])
            self._doubts.add(f"{quote(f'<{inside}>', 300)} is no HTML; it was left out, the words in it were kept.", self._line)
        if len(closers) == 1:
            return closers[0]
        return _in_turn(closers)

    def _is_number(self, anchor: str) -> bool:
        """Return whether an anchor is the number of the innermost open item. The item gets it."""
        opened, item = self._open[-2:] if len(self._open) > 1 else (None, None)
        return (
            isinstance(opened, collected.OpenList) and isinstance(item, collected.Holder) and collected.numbered_item(item, opened, anchor)
        )

    def _start_block(self, tag: str) -> Callable[[], None]:
        self._flush()
        return _in_turn([self._flush, self._within(tag)]) if tag in ("pre", "dt") else self._flush

    def _within(self, name: str) -> Callable[[], None]:
        """Count an open element of this kind. Return a function that counts its end."""
        self._depth[name] += 1

        def end() -> None:
            self._depth[name] -= 1

        return end

    def _inside(self, stack: list[str], value: str) -> Callable[[], None]:
        """Push `value`. Return a function that removes it."""
        stack.append(value)

        def end() -> None:
            stack.pop()

        return end

    def _end_holder(self) -> None:
        self._flush()
        self._open.pop()

    def _end_lone_item(self) -> None:
        if plain(tuple(self._words)).strip() == "•":
            self._words = []
        self._flush()

    def _end_table(self) -> None:
        self._flush()
        opened = self._open.pop()
        if isinstance(opened, collected.OpenTable) and (table := collected.finished_table(opened)) is not None:
            if not any(cell.heading for row in table.rows for cell in row):
                self._doubts.add("a table has no names of columns; make its first row such, if it is one.", opened.line)
            self._sink().append(Placed(opened.line, table))

    def _sink(self) -> list[Element]:
        """Return the list that finished elements are added to: that of the open box, or of the page."""
        return self._box.elements if self._box is not None else self.elements

    def _holder(self) -> collected.Holder | None:
        """Return the innermost open item, cell or heading. Text between items belongs to the item before."""
        top = self._open[-1] if self._open else None
        if isinstance(top, collected.OpenList):
            if not top.items:
                top.items.append(collected.Holder("item", self._line))
            return top.items[-1]
        return top if isinstance(top, collected.Holder) else None

    def _add(self, text: str | None) -> None:
        if not text:
            return
        text = text if self._depth["pre"] else re.sub(r"\s+", " ", text)
        if not self._words:
            if not text.strip():
                return
            self._words_line = self._line
        href, script = self._links[-1] if self._links else "", self._scripts[-1] if self._scripts else ""
        self._words.append(Span(text, self._depth["strong"] > 0, self._depth["emphasis"] > 0, href, script))

    def _flush(self) -> None:
        """Finish the collected text: add it to the enclosing holder, or as paragraphs."""
        words, self._words = self._words, []
        if not any(span.text.strip() for span in words):
            return
        holder = self._holder()
        if holder is not None:
            between = LINE_BREAK if holder.kind == "cell" and holder.spans else " "
            holder.spans.extend([Span(between), *collected.joined_lines(words)])
        else:
            self._sink().extend(collected.texts(words, self._words_line, self._depth["pre"] > 0, self._depth["dt"] > 0))


def _nothing() -> None:
    """Do nothing at the end of an element."""


def _in_turn(closers: list[Callable[[], None]]) -> Callable[[], None]:
    """Return a function that ends what was started, the text of a block first."""

    def end() -> None:
        for closer in closers:
            closer()

    return end
