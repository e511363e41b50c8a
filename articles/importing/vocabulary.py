"""How the import treats HTML tags and URLs."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset({"ul", "ol", "menu", "dir"})
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
STRONG = frozenset({"b", "strong", "dt", "summary"})
EMPHASIS = frozenset({"em", "i", "cite"})
STRUCK = frozenset({"del", "s", "strike"})
CALLOUTS = ("emergency", "good-to-know", "family")
LONGEST_QUOTE = 5000
"""Characters of words that a doubt names because they aren't in the guide."""
RAISED_DIGITS = {"sup": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")}
COUNTED = frozenset({"p", "li", *HEADINGS})
NOTE_ID = re.compile(r"_?(?:footnote|endnote|fn|ftn|edn|cite_note)[-:]?[\w.-]*\d+$")
NOTE_LINK = re.compile(r"#_?(?:(?:footnote|endnote|fn|ftn|edn|ftnt)(?:[-_]?ref)?|cite_(?:note|ref))[-:_]?[\w.-]*\d+(?::\d+)?$")
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
    "a": "letters", "A": "letters", "i": "Roman numbers", "I": "Roman numbers",
    "lowerLetter": "letters", "upperLetter": "letters", "lowerRoman": "Roman numbers", "upperRoman": "Roman numbers",
    "lower-alpha": "letters", "upper-alpha": "letters", "lower-latin": "letters", "upper-latin": "letters",
    "lower-roman": "Roman numbers", "upper-roman": "Roman numbers",
}  # fmt: skip
SPOKEN_LINK = re.compile(
    r"(?:tel:\+?[\d().\s-]{3,25}|sms:\+?[\d().\s-]{3,25}(?:[?&]body=[^\s]*)?|mailto:[^\s@]+@[^\s@]+\.[^\s@]+)$", re.IGNORECASE
)
REDIRECTORS = {
    "google.com/url": ("q", "url"),
    "l.facebook.com/l.php": ("u",),
    "lm.facebook.com/l.php": ("u",),
    "slack-redir.net/link": ("url",),
    "youtube.com/redirect": ("q",),
    "out.reddit.com": ("url",),
    "t.umblr.com/redirect": ("z",),
    "getpocket.com/redirect": ("url",),
}
"""Addresses that send readers on to another page, and the parameters that hold its address."""


def safe_address(address: str) -> str:
    """Return `address` if it is an http(s) URL, a path on the same site, or a link to call or to write, otherwise "".

    An address that leads through somebody who counts clicks is replaced by where it leads to.
    """
    if SPOKEN_LINK.match(address.strip()):
        return address.strip()
    address = "".join(address.split())
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return direct_address(address) if parts.netloc else ""
    is_path = bool(parts.path) and not parts.scheme and not parts.netloc and not address.startswith(("/\\", "\\"))
    return address if is_path and ":" not in parts.path.split("/", 1)[0] else ""


def direct_address(address: str) -> str:
    """Return where an address leads to if it is one of REDIRECTORS or of a mail filter, otherwise the address itself."""
    for _ in range(3):  # they may be nested
        parts = urlsplit(address)
        place = (parts.netloc.removeprefix("www.") + parts.path).rstrip("/").lower()
        names = REDIRECTORS.get(place, ("url",) if parts.netloc.endswith(".safelinks.protection.outlook.com") else ())
        if re.fullmatch(r"google\.[a-z.]{2,6}/url", place):
            names = ("q", "url")
        query = parse_qs(parts.query)
        target = next((query[name][0] for name in names if name in query), "")
        if parts.netloc == "urldefense.com" and (match := re.match(r"/v3/__(.+?)__;", unquote(parts.path) + ";")):
            target = match[1]
        try:
            if not target.startswith(("http://", "https://")) or not urlsplit(target).netloc:
                return address
        except ValueError:
            return address
        address = target
    return address
