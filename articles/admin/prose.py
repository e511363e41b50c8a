"""Configuration of the rich-text editor. articles.rendering.sanitizing decides what is stored."""

from typing import Any

from django.urls import reverse_lazy

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Blockquote": True,
    "BulletList": True,
    "HardBreak": True,
    "Heading": {"levels": [2, 3]},
    "Link": {"enableTarget": False, "protocols": ["https", "http", "mailto", "tel"]},
    "ListItem": True,
    "OrderedList": True,
    "SpecialCharacters": True,
    "Table": True,
    "TableCell": True,
    "TableHeader": True,
    "TableRow": True,
    "Figure": {"pickerUrl": reverse_lazy("admin:articles_picture_pick")},
    "Caption": True,
    "Image": True,
    "Callout": True,
    "CalloutTitle": True,
}
