"""Reads plain text: joins wrapped lines to paragraphs and recognises underlined titles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from articles.importing.document import Span, Spans
from articles.importing.doubts import Doubts, quote
from articles.importing.elements import SENTENCE_END, Element, Heading, Text, tidy
from articles.importing.lists import Mark, mark_of
from articles.importing.readers import typed_marks
from articles.importing.titles import shape_of

WIDEST_WRAP = 120
"""Characters; longer lines are whole paragraphs rather than wrapped text."""

SHORT_LINE = 0.85
"""A wrapped line that fills less than this share of the width, so that the next word would have fitted, ends its paragraph."""

SHORTEST_PARTED = 45
"""Characters; a shorter line before an empty one is no line of a paragraph."""

UNDERLINE_LEVELS = {"=": 1, "-": 2, "~": 3, "^": 3, "*": 2, "_": 2, "#": 1}
RULE = re.compile(r"([^\w\s]|_)(?:\s*\1){2,}\s*$")
WORD_BULLET = re.compile(r"^(\s*)o(?:\t| {3,})(?=\S)")
DASHES = frozenset("-–—")
LONE_BULLETS = frozenset("•‣◦●○■□▪▫⁃∙·➢➤►✓✔✗\uf0b7\uf0a7\uf0d8-*")


def literal(text: str) -> Spans:
    """Return `text` as spans without formatting."""
    return tidy([Span(text)])


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    indent: int
    blank_before: bool


@dataclass(slots=True)
class _Paragraph:
    first: _Line
    pieces: list[str]
    last: _Line = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.first


def read(text: str, doubts: Doubts, inline: Callable[[str], Spans] = literal) -> list[Element]:
    """Return the elements of `text`, whose lines end with "\\n". `inline` converts the text of a paragraph to spans."""
    lines = _lines(typed_marks.rewrite(text, doubts))
    parted: list[tuple[int, str]] = []
    width = wrap_width(lines)
    result: list[Element] = []
    current: _Paragraph | None = None

    def finish() -> None:
        nonlocal current
        if current is not None:
            first = current.first
            if spans := inline(_join(current, doubts)):
                result.append(Text(first.number, spans, first.indent, first.blank_before))
            current = None

    for line, following in zip_longest(lines, lines[1:]):
        if RULE.match(line.text):
            finish()
            if following is not None:
                following.blank_before = True
        elif following is not None and _underlines(following, line):
            finish()
            result.append(Heading(line.number, UNDERLINE_LEVELS.get(following.text[0], 2), " ".join(line.text.split())))
        elif current is not None and not line.blank_before and _continues(current, line, width):
            current.pieces.append(line.text)
            current.last = line
        elif current is not None and line.blank_before and _is_parted_sentence(current, line):
            parted.append((line.number, line.text))
            current.pieces.append(line.text)
            current.last = line
        else:
            finish()
            current = _Paragraph(line, [line.text])
    finish()
    doubts.add_group("goes on with the sentence above the empty line, and was joined to it", parted)
    return result


def _is_parted_sentence(current: _Paragraph, line: _Line) -> bool:
    """Return whether an empty line stands in the middle of a sentence, as in a text that was printed with double space."""
    previous = current.last.text
    goes_on = previous[-1:] == "," or previous[-1:].isalnum()
    whole = len(line.text.split()) > 3 or line.text.endswith(SENTENCE_END)
    return len(previous) >= SHORTEST_PARTED and goes_on and line.text[0].islower() and whole and mark_of(line.text) is None


def _lines(text: str) -> list[_Line]:
    """Return the lines that aren't empty, with their number, indent (tabs are four columns) and whether an empty one precedes."""
    lines: list[_Line] = []
    blank = True
    lone_bullet: _Line | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        if raw == typed_marks.LEFT_OUT:
            continue
        for position, piece in enumerate(raw.split("\f")):  # a form feed begins a new paragraph
            blank = blank or position > 0
            words = WORD_BULLET.sub(r"\1◦ ", piece).expandtabs(4).rstrip()
            stripped = words.lstrip()
            if not stripped:
                blank = True
            elif lone_bullet is not None:  # text copied from a PDF may have bullets on separate lines
                lone_bullet.text = f"{lone_bullet.text} {stripped}"
                lone_bullet, blank = None, False
            else:
                line = _Line(number, stripped, len(words) - len(stripped), blank)
                lines.append(line)
                lone_bullet = line if stripped in LONE_BULLETS else None
                blank = False
    return lines


def wrap_width(lines: list[_Line]) -> int:
    """Return the width (characters) at which the text was wrapped, or 0 if each line is a paragraph.

    Wrapped text is recognised by lines of similar length whose next line begins in lower case.
    """
    lengths = [len(line.text) + line.indent for line in lines if " " in line.text]
    usual = [length for length in lengths if length <= WIDEST_WRAP]
    if not usual or len(usual) < 0.9 * len(lengths):
        return 0
    width = max(usual)
    pairs = broken = 0
    for line, following in pairwise(lines):
        if following.blank_before or mark_of(following.text) or RULE.match(following.text):
            continue
        pairs += 1
        long_enough = len(line.text) + line.indent >= 0.6 * width and len(line.text) >= 30
        broken += long_enough and following.text[0].islower() and not line.text.endswith(SENTENCE_END)
    return width if broken and broken >= 0.25 * pairs else 0


def _continues(current: _Paragraph, line: _Line, width: int) -> bool:
    """Return whether `line` continues the paragraph or list item of the line before."""
    previous = current.last
    if previous.text.endswith("-") and previous.text[-2:-1].isalpha() and line.text[0].islower():
        return True
    mark = mark_of(current.first.text)
    line_mark = mark_of(line.text)
    if line_mark and (mark or not width or not _is_dash_in_sentence(line_mark, previous, line)):
        return False
    if mark and line.indent > current.first.indent and (previous is current.first or line.indent >= previous.indent):
        return True
    if not width:
        return not mark and _finishes_sentence(previous, line)
    if _is_bare_title(current, line):
        return False
    needed = previous.indent + len(previous.text) + 1 + len(line.text.split(" ", 1)[0])
    if needed > width:
        return True
    filled = (previous.indent + len(previous.text)) / width
    if line.text[0].islower():
        return filled >= 0.5
    return filled >= SHORT_LINE and not previous.text.endswith(SENTENCE_END)


def _finishes_sentence(previous: _Line, line: _Line) -> bool:
    """Return whether `line` finishes a sentence of `previous`, in text that isn't wrapped otherwise."""
    return line.text[0].islower() and line.text.endswith((".", "!", "?")) and not previous.text.endswith(SENTENCE_END)


def _is_bare_title(current: _Paragraph, line: _Line) -> bool:
    """Return whether `line` after a sentence, or the single line before it, is a title without empty lines around it."""
    if line.text[0].islower():
        return False
    if current.last.text.endswith(SENTENCE_END) and shape_of(line.text).strength == "strong":
        return True
    return len(current.pieces) == 1 and shape_of(current.first.text).strength == "strong"


def _is_dash_in_sentence(mark: Mark, previous: _Line, line: _Line) -> bool:
    """Return whether a dash at the start of a line isn't a bullet but part of a wrapped sentence."""
    return mark.sign in DASHES and line.text[mark.length].islower() and not previous.text.endswith(SENTENCE_END)


def _underlines(rule: _Line, line: _Line) -> bool:
    """Return whether `rule` underlines the title `line`: right below it and about as long."""
    if rule.blank_before or not RULE.match(rule.text) or mark_of(line.text):
        return False
    return len(line.text) <= WIDEST_WRAP and len(rule.text) >= min(len(line.text) // 2, 12)


def _join(paragraph: _Paragraph, doubts: Doubts) -> str:
    """Join the lines of a paragraph. Hyphens at the end of a line are kept and reported."""
    pieces: list[str] = []
    for offset, piece in enumerate(paragraph.pieces):
        before = pieces[-1] if pieces else ""
        if len(before) > 1 and before.endswith("-") and before[-2].isalpha() and piece[:1].islower():
            word = f"{before.rsplit(' ', 1)[-1]}{piece.split(' ', 1)[0]}"
            doubts.add(f"{quote(word)} was broken at the end of a line; check the hyphen.", paragraph.first.number + offset - 1)
        elif pieces:
            pieces.append(" ")
        pieces.append(piece)
    return "".join(pieces)
