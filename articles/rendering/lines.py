"""The text of a guide as lines that say everything a reader sees: words and their format, links, lists, boxes, tables, pictures.

Two texts that look different have different lines, which is what comparisons are made of (articles.workflow.comparing).
"""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _
from lxml.html import HtmlElement

from articles.markup import CALLOUTS
from articles.rendering import body_html
from articles.rendering.pictures import ADDRESS

WORDS = re.compile(r"\s+|[^\s]+")
FORMATS = ("a", "strong", "em", "sub", "sup")
INDENT = "    "
LETTERS = 26
ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Token(NamedTuple):
    """A word or a space, and its format: elements around it, of FORMATS, and "small" for what we say about the text."""

    text: str
    format: tuple[str, ...] = ()


Line = tuple[Token, ...]
SPACE = Token(" ")


def plain(text: str) -> Line:
    """Return the tokens of unformatted text."""
    return tuple(Token(part) for part in WORDS.findall(text))


def remark(text: str) -> Token:
    """Return what we say about the text, such as the kind of a box."""
    return Token(text, ("small",))


def lines_of(body: str) -> list[Line]:
    """Return the lines of a guide's HTML."""
    return _lines_in(body_html.parse(body))


def _lines_in(element: HtmlElement) -> list[Line]:
    reader = _Reader()
    reader.walk(element, _Margin(), ())
    return reader.lines


class _Margin:
    """What stands before each line of a block: `first` before the first one (a bullet or a number), then `rest`."""

    def __init__(self, rest: str = "", first: str | None = None) -> None:
        self.rest = rest
        self.first = first

    def take(self) -> str:
        margin, self.first = self.rest if self.first is None else self.first, None
        return margin


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._tokens: list[Token] = []

    def walk(self, element: HtmlElement, margin: _Margin, formats: tuple[str, ...]) -> None:
        """Read the content of a block."""
        self._inline(element, margin, formats)
        self._end_line(margin)

    def _inline(self, element: HtmlElement, margin: _Margin, formats: tuple[str, ...]) -> None:
        self._text(element.text, formats)
        for child in element:
            tag = str(child.tag)
            if tag == "br":
                self._remark("↵")
                self._text(" ", ())
            elif tag == "img":
                self._picture(child, _("Picture"))
            elif tag in FORMATS:
                self._inline(child, margin, _with(formats, tag))
                if address := child.get("href"):
                    self._remark(f"→ {address}")
            else:
                if self._tokens or tag not in ("p", "h2", "h3"):  # the first paragraph of an item stands beside its number
                    self._end_line(margin)
                self._block(child, margin, formats)
            self._text(child.tail, formats)

    def _block(self, element: HtmlElement, margin: _Margin, formats: tuple[str, ...]) -> None:
        tag = str(element.tag)
        if tag in ("ul", "ol"):
            self._list(element, margin, formats)
        elif tag == "table":
            self._say(margin, _("Table"))
            for row in element.iterfind(".//tr"):
                self._row(row, margin)
        elif tag == "aside":
            kind = CALLOUTS.get(body_html.callout_kind(element), _("Note"))
            self._say(margin, _("Box: %(kind)s") % {"kind": kind})
            self.walk(element, _Margin(margin.rest + "│ "), formats)
        elif tag == "blockquote":
            self._say(margin, _("Quotation"))
            self.walk(element, _Margin(margin.rest + "❝ "), formats)
        elif tag == "figure":
            self._figure(element, margin, formats)
        else:
            if tag in ("h2", "h3"):
                self._remark(_("Section:") if tag == "h2" else _("Part:"))
            elif element.get("class") == "callout-title":
                self._remark(_("Title:"))
            self._text(" ", ())
            self.walk(element, margin, formats)

    def _list(self, element: HtmlElement, margin: _Margin, formats: tuple[str, ...]) -> None:
        number = int(element.get("start", "1"))
        for item in element:
            mark = "–" if element.tag == "ul" else f"{_number(number, element.get('type', ''))}."
            self.walk(item, _Margin(margin.rest + INDENT, f"{margin.rest}{mark} "), formats)
            number += 1

    def _row(self, row: HtmlElement, margin: _Margin) -> None:
        self._remark("|")
        for cell in row:
            for place, line in enumerate(_lines_in(cell)):
                if place:
                    self._remark("↵")
                self._text(" ", ())
                self._tokens += line
            if cell.tag == "th":
                self._remark(_("(heading)"))
            for name, words in (("colspan", _("(over %(number)s columns)")), ("rowspan", _("(over %(number)s rows)"))):
                if number := cell.get(name):
                    self._remark(words % {"number": number})
            self._remark("|")
        self._end_line(margin)

    def _figure(self, figure: HtmlElement, margin: _Margin, formats: tuple[str, ...]) -> None:
        for child in figure:
            if child.tag == "img":
                self._picture(child, _("Figure"))
            else:
                self._remark(_("Caption:"))
                self._text(" ", ())
                self._inline(child, margin, formats)
            self._end_line(margin)

    def _picture(self, image: HtmlElement, kind: str) -> None:
        match = ADDRESS.fullmatch(image.get("src") or "")
        self._remark(f"{kind} {match[1][:8] if match else ''}:")
        self._text(f" {image.get('alt', '')} ", ())

    def _text(self, text: str | None, formats: tuple[str, ...]) -> None:
        for part in WORDS.findall(text or ""):
            if not part.isspace():
                self._tokens.append(Token(part, formats))
            elif self._tokens and self._tokens[-1] != SPACE:
                self._tokens.append(SPACE)

    def _remark(self, text: str) -> None:
        self._text(" ", ())
        self._tokens.append(remark(text))

    def _say(self, margin: _Margin, text: str) -> None:
        self._remark(text)
        self._end_line(margin)

    def _end_line(self, margin: _Margin) -> None:
        """Finish the line. An item without words is one, too: its bullet is seen."""
        tokens, self._tokens = self._tokens, []
        while tokens and tokens[-1] == SPACE:
            tokens.pop()
        if tokens or margin.first is not None:
            before = margin.take()
            self.lines.append(((Token(before),) if before else ()) + tuple(tokens))


def _with(formats: tuple[str, ...], tag: str) -> tuple[str, ...]:
    """Return `formats` and `tag`, in one order whatever is in what. Bold in bold is bold; a raised sign can be raised again."""
    return formats if tag in formats and tag not in ("sub", "sup") else tuple(sorted((*formats, tag)))


def _number(number: int, kind: str) -> str:
    """Return the number of an item as browsers show it for `kind`, the type of its list."""
    if kind in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, letter = divmod(number - 1, LETTERS)
            letters = chr(ord("a") + letter) + letters
        return letters if kind == "a" else letters.upper()
    if kind in ("i", "I") and number > 0:
        roman = ""
        for value, sign in ROMAN:
            roman, number = roman + sign * (number // value), number % value
        return roman if kind == "i" else roman.upper()
    return str(number)
