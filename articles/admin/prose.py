"""Configuration of the rich-text editor: it reads and writes what `articles.markup` says that a guide may hold."""

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from articles.markup import CALLOUTS, ELEMENTS, LINK_SCHEMES, OWN_PICTURE, REDIRECTORS, SPELLINGS

OPTIONS: dict[str, dict[str, Any]] = {
    "Heading": {"levels": [int(tag[1]) for tag in ELEMENTS if tag in ("h2", "h3")]},
    "Link": {"enableTarget": False, "protocols": LINK_SCHEMES},
    "Figure": {"pickerUrl": reverse_lazy("admin:articles_picture_pick")},
    "Callout": {"kinds": CALLOUTS},
    # Without the library's "Bullets", which would be stored as numbers.
    "OrderedList": {
        "listTypes": [
            {"label": label, "type": kind, "description": label}
            for label, kind in (
                ("1, 2, 3, …", "decimal"),
                ("a, b, c, …", "lower-alpha"),
                ("A, B, C, …", "upper-alpha"),
                ("i, ii, iii, …", "lower-roman"),
                ("I, II, III, …", "upper-roman"),
            )
        ]
    },
}
PASTE: dict[str, Any] = {
    "spellings": SPELLINGS,
    "redirectors": REDIRECTORS,
    "schemes": LINK_SCHEMES,
    "picture": OWN_PICTURE.pattern,
    "words": {
        "leftOut": _("Left out of what you pasted:"),
        "pictures": _("pictures, which you add under Pictures"),
        "embedded": _("videos and other embedded parts"),
        "fields": _("form fields and buttons"),
        "hidden": _("hidden words"),
        "comments": _("comments"),
        "links": _("links that lead nowhere for a reader; their words were kept"),
        "struck": _("Words that were struck out were kept: look whether they belong here."),
        "notes": _("Numbers of notes were kept: in a guide, a number such as [1] stands for a source. Check them."),
    },
}
EXTENSIONS: dict[str, Any] = {name: OPTIONS.get(name, True) for element in ELEMENTS.values() for name in element.editor} | {
    "SpecialCharacters": True,
    "GuidePaste": PASTE,
}
