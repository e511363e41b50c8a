"""How the import treats HTML tags and URLs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from articles.markup import CALLOUTS as CALLOUT_NAMES
from articles.markup import LINK_SCHEMES, spellings_of, unwrapped

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = spellings_of("ul") | spellings_of("ol")
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "header", "hgroup", "hr", "html", "legend", "main", "p", "pre", "search", "section",
    "summary", "tbody", "tfoot", "thead",
}  # fmt: skip
INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "col", "colgroup", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "meter", "nobr", "output", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
}  # fmt: skip
SILENTLY_DROPPED = {
    "area", "base", "basefont", "head", "link", "meta", "noframes", "param", "script", "source", "style", "template",
    "title", "track",
}  # fmt: skip
DROPPED = {
    "nav": "a menu",
    "footer": "a page footer",
    "form": "a form",
    "button": "a button",
    "select": "a form field",
    "textarea": "a form field",
    "noscript": "a note for browsers without scripts",
    "canvas": "a drawing",
    "svg": "a drawing",
    "math": "a formula",
    "map": "an image map",
}
EMBEDDED = {
    "iframe": "an embedded page",
    "frame": "an embedded page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "video": "a video",
    "audio": "a sound",
}
STRONG = spellings_of("strong") | {"dt", "summary"}
EMPHASIS = spellings_of("em") | {"cite"}
STRUCK = frozenset({"del", "s", "strike"})
CALLOUTS = tuple(CALLOUT_NAMES)
LONGEST_QUOTE = 5000
"""Characters of words that a doubt names because they aren't in the guide."""
RAISED_DIGITS = {"sup": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")}
COUNTED = frozenset({"p", "li", *HEADINGS})
NOTE_ID = re.compile(r"_?(?:footnote|endnote|fn|ftn|edn|cite_note)[-:]?[\w.-]*\d$")
NOTE_LINK = re.compile(r"#_?(?:(?:footnote|endnote|fn|ftn|edn|ftnt)(?:[-_]?ref)?|cite_(?:note|ref))[-:_]?[\w.-]*\d(?::\d+)?$")
NOTE_BODY = re.compile(r"(?:ftnt|_ftn|_edn)\d+$")
COMMENT_BODY = re.compile(r"(?:cmnt|_msocom_)\d+$")
COMMENT_LINK = re.compile(r"#(?:cmnt|_msocom_)\d+$")
NOTE_MARK = re.compile(r"\[\w{1,3}\]$")
"""The number of a note or a citation. It stays plain text, since that is how guides cite, even if it was raised in the file."""
LINE_ATTRIBUTE = "data-line"
LEFT_OUT_ATTRIBUTE = "data-left-out"
"""Marks a part of a page that `conventions` recognised; its value says what it is."""
TITLE_CLASS = "document-title"
ITEM_ID = "import-item-{kind}-{number}"
"""The id of the anchor in a numbered item of a Word document, from which its number is read."""
ITEM_NUMBER = re.compile(r"import-item-(\w+)-(\d{1,5})$")
LETTERS = {
    "a": "a", "A": "A", "i": "i", "I": "I",
    "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I",
    "lower-alpha": "a", "upper-alpha": "A", "lower-latin": "a", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I",
}  # fmt: skip
"""The kinds of numbers of a list that are letters, as HTML, Word and style sheets call them, by the attribute `type` of <ol>."""
SPOKEN_SCHEMES = frozenset(LINK_SCHEMES) - {"http", "https"}
SPOKEN_LINK = re.compile(
    r"(?:tel:\+?[\d().\s-]{3,25}|sms:\+?[\d().\s-]{3,25}(?:[?&]body=[^\s]*)?|mailto:[^\s@]+@[^\s@]+\.[^\s@]+)$", re.IGNORECASE
)


def safe_address(address: str) -> str:
    """Return `address` if it is an http(s) URL, a path on the same site, or a link to call or to write, otherwise "".

    An address that leads through a redirector is replaced by the one it leads to.
    """
    address = address.strip()
    if address.split(":", 1)[0].lower() in SPOKEN_SCHEMES:
        return address if SPOKEN_LINK.match(address) else ""
    address = unwrapped("".join(address.split()))
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return address if parts.netloc else ""
    is_path = bool(parts.path) and not parts.scheme and not parts.netloc and not address.startswith(("/\\", "\\"))
    return address if is_path and ":" not in parts.path.split("/", 1)[0] else ""
