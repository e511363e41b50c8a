"""Sanitises the HTML of guides with the allow-list of `articles.markup`, when text is saved and again when it is rendered."""

import html as html_lib
import re

import nh3

from articles.markup import ELEMENTS, LINK_SCHEMES, SPELLINGS, unwrapped
from recovery_site.database.characters import storable

# The editor writes <li><p>text</p></li> and doesn't know <thead>. Its input is normalised in the same way, or else typing
# and deleting a letter would count as a change of the whole text.
ONLY_PARAGRAPH_OF_ITEM = re.compile(r"(?<=<li>)\s*<p>((?:(?!</?p>).)*)</p>\s*(?=</li>|<ul>|<ol[ >])", re.DOTALL)
ONLY_PARAGRAPH_OF_CELL = re.compile(r"(<t[dh](?: [^>]*)?>)\s*<p>((?:(?!</?p>|</?t[dh]).)*)</p>\s*(?=</t[dh]>)", re.DOTALL)
TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
TABLE_PARTS = re.compile(r"\s*</?tbody>\s*")
SPELLING = re.compile(rf"<(/?)({'|'.join(SPELLINGS)})>")
PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
NO_CLASS = re.compile(r'(?<=<p) class=""(?=>)|(?<=<aside) class=""(?=>)')
EMPTY_FIGURE = re.compile(r"<figure>\s*</figure>")
LINK_WITHOUT_ADDRESS = re.compile(r"<a>(.*?)</a>", re.DOTALL)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value to store for an attribute, or None to leave it out."""
    if name == "class":  # nh3 filters its values
        return value
    if name == "href":
        value = unwrapped(value)
    element = ELEMENTS.get(tag)
    pattern = element.attributes.get(name) if element else None  # nh3 asks about the attributes of what it removes, too
    return value if pattern and pattern.fullmatch(value) else None


_cleaner = nh3.Cleaner(
    tags={*ELEMENTS, *SPELLINGS},
    clean_content_tags={"script", "style", "template", "iframe", "object", "svg", "math"},
    attributes={tag: set(element.attributes) for tag, element in ELEMENTS.items() if element.attributes},
    allowed_classes={tag: set(element.classes) for tag, element in ELEMENTS.items() if element.classes},
    url_schemes=set(LINK_SCHEMES),
    link_rel=None,
    strip_comments=True,
    attribute_filter=_attribute,
)


def clean(html: str) -> str:
    """Remove everything from `html` that guides may not hold, and store what may be spelt in several ways in one. Idempotent.

    Pictures that aren't ours are removed (`foreign_pictures` tells which).
    """
    cleaned = _cleaner.clean(storable(html))
    cleaned = SPELLING.sub(lambda tag: f"<{tag[1]}{SPELLINGS[tag[2]]}>", cleaned)
    cleaned = NO_CLASS.sub("", cleaned)
    cleaned = PICTURE.sub(lambda picture: picture[0] if ' src="' in picture[1] else "", cleaned)
    cleaned = EMPTY_FIGURE.sub("", cleaned)
    cleaned = LINK_WITHOUT_ADDRESS.sub(r"\1", cleaned)
    cleaned = ONLY_PARAGRAPH_OF_ITEM.sub(r"\1", cleaned)
    cleaned = ONLY_PARAGRAPH_OF_CELL.sub(r"\1\2", cleaned)
    return TABLE.sub(lambda table: f"<table><tbody>{TABLE_PARTS.sub('', table[1])}</tbody></table>", cleaned).strip()


def foreign_pictures(html: str) -> list[str]:
    """Return the descriptions of the pictures in `html` that aren't ours, "" for one without. clean() removes them."""
    cleaned = _cleaner.clean(storable(html))
    kept = (picture[1] for picture in PICTURE.finditer(cleaned))
    return [_description(attributes) for attributes in kept if ' src="' not in attributes]


def _description(attributes: str) -> str:
    alt = re.search(r' alt="([^"]*)"', attributes)
    return html_lib.unescape(alt[1]).strip() if alt else ""
