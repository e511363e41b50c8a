"""The flat list of elements that readers produce: headings, texts and finished blocks, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from articles.importing.document import LINE_BREAK, Box, ListBlock, Paragraph, Picture, Span, Spans, Table, plain

TITLE_LEVEL = 0
"""The level of a heading that is certainly the document's title (Word's style "Title", a first line on its own)."""


SENTENCE_END = (".", "!", "?", "…", ":", ";", '."', ".”", "?”", "!”", ".)", ".’", "。")


@dataclass(slots=True)
class Heading:
    line: int
    level: int
    text: str


@dataclass(slots=True)
class Text:
    """A paragraph, a typed list item or an unmarked title; the modules `lists` and `titles` decide which.

    `after_break` is true for a line after a break inside a paragraph, `is_term` for a term of a list of definitions.
    """

    line: int
    spans: Spans
    indent: int = 0
    blank_before: bool = True
    after_break: bool = False
    is_term: bool = False

    @property
    def text(self) -> str:
        return plain(self.spans)

    @property
    def all_strong(self) -> bool:
        return bool(self.spans) and all(span.strong for span in self.spans if span.text.strip())


@dataclass(slots=True)
class Placed:
    """A finished list, table, picture or box."""

    line: int
    block: ListBlock | Table | Picture | Box


Element = Heading | Text | Placed


def tidy(spans: list[Span] | Spans) -> Spans:
    """Collapse white space as browsers do, drop empty spans and join adjacent ones with the same format.

    Line breaks are kept between words, at most one in a row.
    """
    merged: list[Span] = []
    at_space = True
    for span in spans:
        if span.text == LINE_BREAK:
            _strip_end(merged)
            if merged and merged[-1].text != LINE_BREAK:
                merged.append(Span(LINE_BREAK))
            at_space = True
            continue
        words = " ".join(span.text.split())
        if span.text[:1].isspace() and not at_space:
            words = f" {words}"
        if words.strip() and span.text[-1:].isspace():
            words = f"{words} "
        if not words:
            continue
        at_space = words.endswith(" ")
        if merged and merged[-1].text != LINE_BREAK and replace(merged[-1], text="") == replace(span, text=""):
            merged[-1] = replace(merged[-1], text=merged[-1].text + words)
        else:
            merged.append(replace(span, text=words))
    while merged and not merged[-1].text.strip():
        merged.pop()
    _strip_end(merged)
    return tuple(merged)


def _strip_end(spans: list[Span]) -> None:
    while spans and spans[-1].text != LINE_BREAK and not spans[-1].text.strip():
        spans.pop()
    if spans and spans[-1].text != LINE_BREAK:
        spans[-1] = replace(spans[-1], text=spans[-1].text.rstrip())


def drop_start(spans: Spans, count: int) -> Spans:
    """Return `spans` without their first `count` characters."""
    rest: list[Span] = []
    for span in spans:
        cut = min(count, len(span.text))
        count -= cut
        rest.append(replace(span, text=span.text[cut:]))
    return tidy(rest)


def words_of(element: Element) -> str:
    """Return the text of an element, separated by spaces."""
    return element.text if isinstance(element, Heading | Text) else words_of_block(element.block)


def words_of_block(block: Paragraph | ListBlock | Table | Picture | Box) -> str:
    """Return the text of a block, separated by spaces."""
    if isinstance(block, Paragraph):
        return block.text
    if isinstance(block, ListBlock):
        return " ".join(item.text for part in block.walk() for item in part.items)
    if isinstance(block, Table):
        return " ".join(cell.text for row in block.rows for cell in row)
    if isinstance(block, Box):
        return " ".join([block.title, *map(words_of_block, block.blocks)])
    return block.alt
