"""Configuration of the rich-text editor: it reads and writes what `articles.markup` says that a guide may hold."""

from typing import Any

from django.urls import reverse_lazy

from articles.markup import CALLOUTS, ELEMENTS, LINK_SCHEMES

OPTIONS: dict[str, dict[str, Any]] = {
    "Heading": {"levels": [int(tag[1]) for tag in ELEMENTS if tag in ("h2", "h3")]},
    "Link": {"enableTarget": False, "protocols": LINK_SCHEMES},
    "Figure": {"pickerUrl": reverse_lazy("admin:articles_picture_pick")},
    "Callout": {"kinds": CALLOUTS},
}
EXTENSIONS: dict[str, Any] = {name: OPTIONS.get(name, True) for element in ELEMENTS.values() for name in element.editor} | {
    "SpecialCharacters": True,
}
