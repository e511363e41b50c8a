"""Paragraphs of WordPress' classic editor, which parts them by empty lines and stores no <p>."""

from __future__ import annotations

import re

from articles.importing.readers.shortcodes import verbatim

BLOCK_TAG = re.compile(
    r"</?(?:table|thead|tfoot|caption|col|colgroup|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|area|blockquote|address|style|p|h[1-6]|hr"
    r"|fieldset|legend|section|article|aside|hgroup|header|footer|nav|figure|figcaption|details|summary|iframe|script|noscript|video|audio)\b[^<>]*>"
    r"|<!--(?:(?!<!--|-->).){0,2000}-->",
    re.IGNORECASE | re.DOTALL,
)
WHOLE_PAGE = re.compile(r"<(?:html|body|head|main)\b|<!doctype", re.IGNORECASE)
HOLDERS = re.compile(r"<(/?)(?:p|h[1-6]|li|td|th|dt|dd|figcaption|summary|caption|address)\b", re.IGNORECASE)
EMPTY_LINE = re.compile(r"(\n[ \t]*\n\s*)")
LINE = re.compile(r"(?<!\n)\n(?!\s*\n)(?=\s*\S)")


def needs_paragraphs(text: str) -> bool:
    """Return whether `text` is the content of a post rather than a page, with words that only empty lines part."""
    return WHOLE_PAGE.search(text) is None and with_paragraphs(text, breaks=False) != text


def with_paragraphs(text: str, *, breaks: bool = True) -> str:
    """Return `text` with <p> around words between empty lines, and with <br> for single line ends if `breaks`.

    Words inside of paragraphs, headings, items and cells stay as they are. The number of lines doesn't change.
    """
    result: list[str] = []
    depth = at = 0
    kept = iter([*verbatim(text), (len(text), len(text))])
    start, end = next(kept)
    for tag in BLOCK_TAG.finditer(text):
        if tag.start() >= end and start < len(text):
            result += [_outer(text[at:start], depth, breaks), text[start:end]]
            at = end
            start, end = next(kept)
        if tag.start() >= start:
            continue
        result += [_outer(text[at : tag.start()], depth, breaks), tag[0]]
        at = tag.end()
        if holder := HOLDERS.match(tag[0]):
            depth = max(depth - 1, 0) if holder[1] else depth + 1
    if start < len(text):
        result += [_outer(text[at:start], depth, breaks), text[start:end]]
        at = end
    return "".join([*result, _outer(text[at:], depth, breaks)])


def _outer(words: str, depth: int, breaks: bool) -> str:
    return _paragraphs(words, breaks) if depth == 0 else words


def _paragraphs(words: str, breaks: bool) -> str:
    pieces = EMPTY_LINE.split(words)
    if len([piece for piece in pieces[::2] if piece.strip()]) < 1:
        return words
    if len(pieces) == 1 and "\n" not in words.strip():
        return words if not breaks else _wrapped(words, breaks)
    return "".join(piece if position % 2 else _wrapped(piece, breaks) for position, piece in enumerate(pieces))


def _wrapped(piece: str, breaks: bool) -> str:
    words = piece.strip()
    if not words:
        return piece
    start = piece.index(words)
    lines = LINE.sub("<br>\n", words) if breaks else words
    return f"{piece[:start]}<p>{lines}</p>{piece[start + len(words) :]}"
