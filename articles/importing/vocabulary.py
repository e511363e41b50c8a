"""How the import treats HTML tags and URLs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

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
    "area", "base", "basefont", "head", "input", "link", "meta", "noframes", "param", "script", "source", "style", "template",
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
COUNTED = frozenset({"p", "li", *HEADINGS})
NOTE_ID = re.compile(r"(?:footnote|endnote|fn)[-:]?\d+$")
NOTE_LINK = re.compile(r"#(?:footnote|endnote|fn)(?:-?ref)?[-:]?\d+(?::\d+)?$")
LINE_ATTRIBUTE = "data-line"
TITLE_CLASS = "document-title"


def safe_address(address: str) -> str:
    """Return `address` if a guide may link to it: a URL with one of its schemes or a path on the same site. Otherwise return "".

    An address that leads through a redirector is replaced by the one it leads to.
    """
    address = unwrapped("".join(address.split()))
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return address if parts.netloc else ""
    if parts.scheme in LINK_SCHEMES:
        return address if parts.path else ""
    is_path = bool(parts.path) and not parts.scheme and not parts.netloc and not address.startswith(("/\\", "\\"))
    return address if is_path and ":" not in parts.path.split("/", 1)[0] else ""
