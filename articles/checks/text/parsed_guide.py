"""Parses a guide into blocks of text for the checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from lxml.html import HtmlElement

from articles import snapshots
from articles.checks.text import sentences
from articles.models import Guide
from articles.rendering import body_html

HEADINGS = ("h2", "h3")
LISTS = ("ul", "ol")
# Kinds of blocks that contain running text.
PROSE = {"paragraph", "item", "fact", "phase", "contact", "summary", "caption"}


@dataclass(frozen=True)
class Block:
    """A block of text, such as a paragraph.

    `kind` is one of title, summary, note, heading, paragraph, item, cell, caption, callout-title, fact, phase,
    contact-heading, contact. `text` includes citations (“[3]”). `section` is the heading above it, or the name of the part
    of the guide. `callout` is the kind of callout around it. `quoted` is whether it is inside a quotation.
    """

    kind: str
    text: str
    section: str = ""
    callout: str = ""
    quoted: bool = False
    in_body: bool = True

    @cached_property
    def sentences(self) -> list[str]:
        return sentences.split(self.text)


@dataclass(frozen=True)
class ParsedGuide:
    """A guide parsed for the checks. The age of sources is computed as of `today`."""

    language: str
    title: str
    kind: str
    substances: tuple[str, ...]
    stages: tuple[str, ...]
    blocks: tuple[Block, ...]
    body: HtmlElement
    sources: tuple[Mapping[str, Any], ...]
    today: dt.date
    phases: tuple[Mapping[str, Any], ...] = ()
    slug: str = ""
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def prose(self) -> list[Block]:
        """The blocks of running text, without titles, headings and table cells."""
        return [block for block in self.blocks if block.kind in PROSE]

    @cached_property
    def sections(self) -> dict[str, list[Block]]:
        """The blocks by section, in the order of the guide."""
        sections: dict[str, list[Block]] = {}
        for block in self.blocks:
            sections.setdefault(block.section, []).append(block)
        return sections

    @cached_property
    def words(self) -> str:
        """The whole text of the guide, one block per line."""
        return "\n".join(block.text for block in self.blocks)


def read(guide_like: Guide | Mapping[str, Any], *, today: dt.date) -> ParsedGuide:
    """Parse a guide, or a snapshot of one (see articles.snapshots.take()). Three queries for a stored guide."""
    snapshot = snapshots.take(guide_like) if isinstance(guide_like, Guide) else guide_like
    body = body_html.parse(snapshot["body"])
    return ParsedGuide(
        language=snapshot["language"],
        title=snapshot["title"],
        kind=snapshot.get("kind", ""),
        substances=tuple(snapshot.get("substances") or ()),
        stages=tuple(snapshot.get("stages") or ()),
        blocks=tuple(_blocks(snapshot, body)),
        body=body,
        sources=tuple(snapshot.get("sources") or ()),
        today=today,
        phases=tuple(snapshot.get("phases") or ()),
        slug=snapshot.get("slug", ""),
    )


def _blocks(snapshot: Mapping[str, Any], body: HtmlElement) -> Iterator[Block]:
    def part(kind: str, text: str, section: str) -> Iterator[Block]:
        if text.strip():
            yield Block(kind, " ".join(text.split()), section, in_body=False)

    yield from part("title", snapshot["title"], _("Title"))
    yield from part("summary", snapshot.get("summary", ""), _("Summary"))
    yield from part("note", snapshot.get("content_note", ""), _("Content note"))
    for fact in snapshot.get("at_a_glance") or []:
        yield from part("fact", f"{fact['label']}: {fact['text']}", _("At a glance"))
    for phase in snapshot.get("phases") or []:
        yield from part("fact", phase["title"], _("Timeline"))
        yield from part("phase", phase.get("text", ""), _("Timeline"))
    yield from _Walk().through(body)
    yield from part("contact-heading", snapshot.get("contact_heading", ""), _("Contact block"))
    for line in snapshot.get("contact_text", "").splitlines():
        yield from part("contact", line, _("Contact block"))


class _Walk:
    """Walks through the text of a guide, keeping track of the current section."""

    def __init__(self) -> None:
        self.section = _("Beginning of the text")

    def through(self, element: HtmlElement, callout: str = "", quoted: bool = False) -> Iterator[Block]:
        yield from self._block("paragraph", element.text or "", callout, quoted)
        for child in element:
            yield from self._one(child, callout, quoted)
            yield from self._block("paragraph", child.tail or "", callout, quoted)

    def _one(self, child: HtmlElement, callout: str, quoted: bool) -> Iterator[Block]:
        css = child.get("class") or ""
        if child.tag in HEADINGS:
            self.section = " ".join(sentences.CITATION.sub("", child.text_content()).split()) or self.section
            yield from self._block("heading", child.text_content(), callout, quoted)
        elif child.tag == "p":
            yield from self._block("callout-title" if "callout-title" in css else "paragraph", _inline(child), callout, quoted)
        elif child.tag in LISTS:
            for item in child.iterchildren("li"):
                yield from self._item(item, callout, quoted)
        elif child.tag == "table":
            for cell in child.iter("caption", "th", "td"):
                yield from self._block("caption" if cell.tag == "caption" else "cell", _inline(cell), callout, quoted)
        elif child.tag == "figure":
            for caption in child.iter("figcaption"):
                yield from self._block("caption", _inline(caption), callout, quoted)
        elif child.tag == "aside":
            kinds = [name.removeprefix("callout-") for name in css.split() if name.startswith("callout-")]
            yield from self.through(child, kinds[0] if kinds else "callout", quoted)
        elif child.tag == "blockquote":
            yield from self.through(child, callout, True)
        else:
            yield from self._block("paragraph", _inline(child), callout, quoted)

    def _item(self, item: HtmlElement, callout: str, quoted: bool) -> Iterator[Block]:
        yield from self._block("item", _inline(item), callout, quoted)
        for child in item:
            if child.tag == "p":
                yield from self._block("item", _inline(child), callout, quoted)
            elif child.tag in (*LISTS, "table", "blockquote", "aside"):
                yield from self._one(child, callout, quoted)

    def _block(self, kind: str, text: str, callout: str, quoted: bool) -> Iterator[Block]:
        if words := " ".join(text.split()):
            yield Block(kind, words, self.section, callout, quoted)


def _inline(element: HtmlElement) -> str:
    """Return the text of `element` and its inline children, without nested lists and paragraphs."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "br":
            parts.append(" ")
        elif child.tag not in (*LISTS, "p", "table", "blockquote", "aside"):
            parts.append(_inline(child))
        parts.append(child.tail or "")
    return "".join(parts)
