"""Sanitises the HTML of guides with an allow-list, when text is saved and again when it is rendered."""

import re

import nh3

CALLOUT_CLASSES = {"callout", "callout-emergency", "callout-good-to-know", "callout-family"}
TAGS = {
    "a", "aside", "b", "blockquote", "br", "em", "figcaption", "figure", "h2", "h3", "i", "img", "li", "ol", "p",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
OWN_PICTURE = re.compile(r"/media/guides/[0-9a-f]{32}-\d{1,5}\.webp")
# The editor writes <li><p>text</p></li> and doesn't know <thead>. Its input is normalised in the same way, or else typing
# and deleting a letter would count as a change of the whole text.
ONLY_PARAGRAPH_OF_ITEM = re.compile(r"(?<=<li>)\s*<p>((?:(?!</?p>).)*)</p>\s*(?=</li>|<ul>|<ol[ >])", re.DOTALL)
ONLY_PARAGRAPH_OF_CELL = re.compile(r"(<t[dh](?: [^>]*)?>)\s*<p>((?:(?!</?p>|</?t[dh]).)*)</p>\s*(?=</t[dh]>)", re.DOTALL)
SPAN_OF_ONE = re.compile(r' (?:col|row)span="1"')
TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
TABLE_PARTS = re.compile(r"\s*</?t(?:head|body)>\s*")
_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
    attributes=ATTRIBUTES,
    allowed_classes={"aside": CALLOUT_CLASSES, "p": {"callout-title"}},
    url_schemes={"http", "https", "mailto", "tel", "sms"},
    link_rel=None,
    strip_comments=True,
    # Only our own pictures are allowed. Another host would learn who reads what.
    attribute_filter=lambda tag, name, value: value if (tag, name) != ("img", "src") or OWN_PICTURE.fullmatch(value) else None,
)


def clean(html: str) -> str:
    """Remove all tags, attributes, classes and link schemes from `html` that guides may not use. Idempotent."""
    cleaned = _cleaner.clean(html)
    cleaned = ONLY_PARAGRAPH_OF_ITEM.sub(r"\1", cleaned)
    cleaned = SPAN_OF_ONE.sub("", cleaned)
    cleaned = ONLY_PARAGRAPH_OF_CELL.sub(r"\1\2", cleaned)
    return TABLE.sub(lambda table: f"<table><tbody>{TABLE_PARTS.sub('', table[1])}</tbody></table>", cleaned).strip()
