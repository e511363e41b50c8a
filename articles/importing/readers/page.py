"""Parses an HTML page and finds its main part."""

from __future__ import annotations

import re

from lxml import etree, html

from articles.importing.document import UnreadableDocument
from articles.importing.doubts import Doubts, quote
from articles.importing.vocabulary import INLINE

WORDS = etree.XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::template or ancestor::head)]")
UNCLOSED = {"a comment": ("<!--", "-->"), "a script": ("<script", "</script"), "a style sheet": ("<style", "</style")}
NO_TABLE_HOLDS = ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table")
HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def parse(text: str, doubts: Doubts) -> html.HtmlElement | None:
    """Return the tree of an HTML text, or None if it is empty. Raises UnreadableDocument if it is nested too deeply."""
    parser = html.HTMLParser(huge_tree=True, remove_pis=True)
    try:
        document = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if any("depth" in entry.message for entry in parser.error_log):
        raise UnreadableDocument("its parts are nested too deeply to be a document: save it again with a simpler layout.")
    lowered = text.lower()
    for what, (opening, closing) in UNCLOSED.items():
        if lowered.count(opening) > lowered.count(closing):
            doubts.add(f"{what} is never closed in this page; words after it may be missing.".capitalize())
    return document


def words_of(element: html.HtmlElement) -> str:
    """Return the visible text of `element` on one line."""
    pieces = []
    for piece in WORDS(element):
        tag = piece.getparent().tag  # of the element that the piece is in, or that it comes after
        pieces += [str(piece)] if tag in INLINE and tag != "br" else [" ", str(piece)]
    return " ".join("".join(pieces).split())


def main_part(document: html.HtmlElement, doubts: Doubts) -> tuple[html.HtmlElement, str]:
    """Return the main element (<main>, the only <article>, or else the whole page), and a title outside of it or ""."""
    main: html.HtmlElement | None = None
    for candidates in (document.xpath("//main | //*[@role='main']"), document.xpath("//article")):
        if len(candidates) == 1 and words_of(candidates[0]):
            main = candidates[0]
            break
    if main is None:
        return document, ""
    outside = _outside(main)
    left_out = " ".join(words for child in outside if (words := words_of(child)))
    title = ""
    if next(main.iter("h1"), None) is None:
        titles = [words_of(heading) for child in outside for heading in child.iter("h1")]
        title = titles[0] if len(titles) == 1 else ""
    if left_out and left_out != title:
        doubts.add(f"Only the main part of the page was read; left out: {quote(left_out, 300)}.")
    return main, title


def _outside(main: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the parts of the page around `main`, in the order of the page."""
    before: list[html.HtmlElement] = []
    after: list[html.HtmlElement] = []
    for entry in (main, *main.iterancestors()):
        before = [child for child in reversed(list(entry.itersiblings(preceding=True))) if isinstance(child.tag, str)] + before
        after += [child for child in entry.itersiblings() if isinstance(child.tag, str)]
    return [child for child in before + after if child.tag != "head"]


def stated_title(document: html.HtmlElement) -> str:
    """Return the text of <title>."""
    return " ".join((document.findtext(".//head/title") or "").split())


def is_hidden(element: html.HtmlElement) -> bool:
    """Return whether browsers would hide `element`."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden", "").lower() == "true"
        or HIDING_STYLE.search(element.get("style", "")) is not None
    )


def is_layout_table(table: html.HtmlElement) -> bool:
    """Return whether a table is used for layout: it has one column, or headings, lists or tables in its cells."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants(*NO_TABLE_HOLDS), None) is not None:
        return True
    return all(sum(cell.tag in ("td", "th") for cell in row) <= 1 for row in table.iterdescendants("tr"))
