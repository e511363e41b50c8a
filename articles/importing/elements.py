"""The flat list of elements that readers produce: headings, texts and finished blocks, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from articles.importing.document import ListBlock, Span, Spans, Table, plain

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
    """A paragraph, a typed list item or an unmarked title; the modules `lists` and `titles` decide which."""

    line: int
    spans: Spans
    indent: int = 0
    blank_before: bool = True

    @property
    def text(self) -> str:
        return plain(self.spans)

    @property
    def all_strong(self) -> bool:
        return bool(self.spans) and all(span.strong for span in self.spans if span.text.strip())


@dataclass(slots=True)
class Placed:
    """A finished list or table."""

    line: int
    block: ListBlock | Table


Element = Heading | Text | Placed


def tidy(spans: list[Span] | Spans) -> Spans:
    """Collapse white space as browsers do, drop empty spans and join adjacent ones with the same format."""
    merged: list[Span] = []
    at_space = True
    for span in spans:
        words = " ".join(span.text.split())
        if span.text[:1].isspace() and not at_space:
            words = f" {words}"
        if words.strip() and span.text[-1:].isspace():
            words = f"{words} "
        if not words:
            continue
        at_space = words.endswith(" ")
        if merged and (merged[-1].strong, merged[-1].emphasis, merged[-1].href) == (span.strong, span.emphasis, span.href):
            merged[-1] = replace(merged[-1], text=merged[-1].text + words)
        else:
            merged.append(replace(span, text=words))
    while merged and not merged[-1].text.strip():
        merged.pop()
    if merged:
        merged[-1] = replace(merged[-1], text=merged[-1].text.rstrip())
    return tuple(merged)


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
    if isinstance(element, Heading | Text):
        return element.text
    if isinstance(element.block, ListBlock):
        return " ".join(item.text for part in element.block.walk() for item in part.items)
    return " ".join(plain(cell) for row in element.block.rows for cell in row)
