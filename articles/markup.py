"""What the text of a guide may hold: elements, attributes, classes and addresses of links.

The sanitiser (`rendering.sanitizing`), the editor (`admin.prose`), the import (`importing.vocabulary`) and the renderer
(`rendering.body_html` and `rendering.lines`) take their lists from here. tests/articles/test_markup.py gives each element to all of
them. Characters are in `recovery_site.database.characters`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANY = re.compile(r".*", re.DOTALL)
_MORE_THAN_ONE = re.compile(r"[2-9]|[1-9]\d{1,2}")
OWN_PICTURE = re.compile(r"/media/guides/[0-9a-f]{32}-\d{1,5}\.webp")

CALLOUTS: dict[str, str | Promise] = {
    "emergency": _("Get emergency help"),
    "good-to-know": _("Good to know"),
    "family": _("For family and friends"),
}
"""The kinds of callouts, with the name that a callout without a title has."""

LINK_SCHEMES = ("http", "https", "mailto", "tel", "sms")


@dataclass(frozen=True)
class Element:
    """An element that guides may hold.

    `editor` names the editor's extensions that read and write it. `spellings` are tags that mean the same; they are stored as
    `tag`. `attributes` maps each attribute to the pattern that its whole value must match.
    """

    tag: str
    editor: tuple[str, ...]
    spellings: tuple[str, ...] = ()
    attributes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()


_PIXELS = re.compile(r"\d{1,5}")
_JOINED = {"colspan": _MORE_THAN_ONE, "rowspan": _MORE_THAN_ONE}
_TABLE = ("Table", "TableRow", "TableHeader", "TableCell")
_FIGURE = ("Figure", "Caption", "Image")
ELEMENTS = {
    element.tag: element
    for element in (
        # Headings: the page's h1 is the title.
        Element("h2", ("Heading",), spellings=("h1",)),
        Element("h3", ("Heading",), spellings=("h4", "h5", "h6")),
        Element("p", ("CalloutTitle",), classes=frozenset({"callout-title"})),
        Element("br", ("HardBreak",)),
        Element("blockquote", ("Blockquote",)),
        Element("aside", ("Callout",), classes=frozenset({"callout", *(f"callout-{kind}" for kind in CALLOUTS)})),
        Element("ul", ("BulletList", "ListItem"), spellings=("menu", "dir")),
        Element("ol", ("OrderedList", "ListItem"), attributes={"start": re.compile(r"[02-9]|[1-9]\d{1,3}"), "type": re.compile("[aAiI]")}),
        Element("li", ("ListItem",)),
        Element("table", _TABLE),
        Element("tbody", _TABLE, spellings=("thead", "tfoot")),
        Element("tr", _TABLE),
        Element("th", _TABLE, attributes=_JOINED),
        Element("td", _TABLE, attributes=_JOINED),
        Element("figure", _FIGURE),
        Element("figcaption", _FIGURE),
        # Only our own pictures are allowed. Another host would learn who reads what.
        Element("img", _FIGURE, attributes={"src": OWN_PICTURE, "alt": ANY, "width": _PIXELS, "height": _PIXELS}),
        Element("a", ("Link",), attributes={"href": ANY}),
        Element("strong", ("Bold",), spellings=("b",)),
        Element("em", ("Italic",), spellings=("i",)),
        Element("sub", ("Subscript",)),
        Element("sup", ("Superscript",)),
    )
}
SPELLINGS = {spelling: element.tag for element in ELEMENTS.values() for spelling in element.spellings}
"""Tags that are stored as another one: {"b": "strong"}."""

# Addresses that lead to another one through a host that learns who reads what: (host, path, parameter with the real address).
REDIRECTORS = (
    (r"(www\.)?google\.[a-z.]{2,6}", "/url", ("q", "url")),
    (r"([a-z0-9-]+\.)?safelinks\.protection\.outlook\.com", "/", ("url",)),
    (r"(l|lm|www)\.(facebook|instagram|messenger)\.com", "/l.php", ("u",)),
    (r"(www\.)?youtube\.com", "/redirect", ("q",)),
    (r"(www\.)?linkedin\.com", "/safety/go", ("url",)),
)


def spellings_of(tag: str) -> frozenset[str]:
    """Return `tag` and all tags that are stored as it."""
    return frozenset({tag, *ELEMENTS[tag].spellings})


def unwrapped(address: str) -> str:
    """Return the address that a redirector in `address` leads to, or `address` itself."""
    for _step in range(3):  # a mail program may wrap a link that a document wrapped already
        try:
            parts = urlsplit(address)
        except ValueError:
            return address
        target = ""
        for host, path, names in REDIRECTORS:
            if re.fullmatch(host, parts.hostname or "") and parts.path.startswith(path):
                query = parse_qs(parts.query)
                target = next((query[name][0] for name in names if query.get(name, [""])[0].startswith(("http://", "https://"))), "")
                break
        if not target:
            return address
        address = target
    return address
