"""Parses an HTML page and finds its main part."""

from __future__ import annotations

import re

from lxml import etree, html

from articles.importing.document import UnreadableDocument
from articles.importing.doubts import Doubts, quote
from articles.importing.vocabulary import INLINE, LONGEST_QUOTE

UNSEEN = frozenset({"script", "style", "template", "head"})
UNCLOSED = {"a comment": ("<!--", "-->"), "a script": ("<script", "</script"), "a style sheet": ("<style", "</style")}
NO_TABLE_HOLDS = ("h1", "h2", "h3", "h4", "h5", "h6", "table")
FOLDING_NAME = re.compile(
    r"accordion|collaps|panel|tab(?:s|-|_|$)|toggle|expand|faq|answer|reveal|drawer|foldable|read-?more|spoiler", re.IGNORECASE
)
NEVER_TEXT = re.compile(
    r"modal|popup|pop-up|dialog|menu|cookie|lightbox|(?:^|[-_ ])nav(?:$|[-_ ])|search|tooltip|print-only|draft|internal", re.IGNORECASE
)
FOLDABLE = frozenset({"div", "section", "article", "dd", "p", "ul", "ol", "details"})
OPENERS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "button", "summary", "dt", "label"})


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
    pieces: list[str] = []
    skipped = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment")):
        if event == "comment":
            pieces.append("" if skipped else node.tail or "")
            continue
        gap = "" if node.tag in INLINE and node.tag not in ("br", "wbr") else " "
        unseen = node.tag in UNSEEN
        if event == "start":
            skipped += unseen
            pieces += [gap, "" if skipped else node.text or ""]
        else:
            skipped -= unseen
            pieces += [gap, "" if skipped or node is element else node.tail or ""]
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
        doubts.add(f"Only the main part of the page was read; left out: {quote(left_out, LONGEST_QUOTE)}.")
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


def is_hidden(element: html.HtmlElement, by_style: bool) -> bool:
    """Return whether browsers would hide `element`. `by_style` says whether its style sheet does."""
    return by_style or element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true"


def is_folded(element: html.HtmlElement) -> bool:
    """Return whether a hidden element is text that readers can unfold: the answer below a question, the panel of an accordion."""
    if element.tag not in FOLDABLE:
        return False
    if element.get("hidden") == "until-found" or element.get("role") == "tabpanel":
        return True
    names = " ".join([element.get("class") or "", element.get("id") or "", element.get("role") or ""])
    if NEVER_TEXT.search(names):
        return False
    before = element.getprevious()
    opener = before is not None and (before.tag in OPENERS or next(before.iter("button", "summary"), None) is not None)
    return opener or element.get("aria-labelledby") is not None or FOLDING_NAME.search(names) is not None


def opens_something(button: html.HtmlElement) -> bool:
    """Return whether the words of a button are the title of what it opens."""
    return (
        button.get("aria-expanded") is not None
        or button.get("aria-controls") is not None
        or next(button.iterancestors(*OPENERS - {"button", "label"}), None) is not None
    )


def holds_most(element: html.HtmlElement) -> bool:
    """Return whether an element has most of the words of its page, as the quotation in a forwarded letter has."""
    root = element.getroottree().getroot()
    return len(words_of(element).split()) * 10 > len(words_of(root).split()) * 8 > 300


def is_layout_table(table: html.HtmlElement) -> bool:
    """Return whether a table is used for layout: it has one column, or headings or tables in its cells, or lists and no column titles."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants(*NO_TABLE_HOLDS), None) is not None:
        return True
    if next(table.iterdescendants("ul", "ol"), None) is not None and next(table.iterdescendants("th"), None) is None:
        return True
    return all(sum(cell.tag in ("td", "th") for cell in row) <= 1 for row in table.iterdescendants("tr"))


def has_columns(table: html.HtmlElement) -> bool:
    """Return whether a table has at least two rows of two cells, so that its rows say something."""
    return sum(sum(cell.tag in ("td", "th") for cell in row) > 1 for row in table.iterdescendants("tr")) > 1
