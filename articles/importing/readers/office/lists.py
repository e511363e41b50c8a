"""Counts the numbered paragraphs of a Word document as Word does, since a list may go on after other paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from articles.importing.doubts import Doubts, quote
from articles.importing.readers.office.styles import Styles, W, parsed, properties_of, style_of, text_of, value_of
from articles.importing.vocabulary import ITEM_ID

DEEPEST_LEVEL = 4
LIST_STYLE = re.compile(r"list (bullet|number)(?: ([2-5]))?$", re.IGNORECASE)
NUMBERING = "word/numbering.xml"
SYNTHETIC = (
    f'<w:numbering xmlns:w="{W[1:-1]}">'
    + "".join(
        f'<w:abstractNum w:abstractNumId="{number}">'
        + "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{kind}"/></w:lvl>' for level in range(DEEPEST_LEVEL + 1))
        + "</w:abstractNum>"
        for number, kind in ((1, "bullet"), (2, "decimal"))
    )
    + '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
).encode()
"""All that mammoth needs to know after the paragraphs were counted: whether an item is numbered, and its level."""


@dataclass(slots=True)
class _Level:
    kind: str = "bullet"
    start: int = 1
    label: str = ""
    style: str = ""


@dataclass(slots=True)
class _Definition:
    levels: dict[int, _Level] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)
    under_title: int = 0


class Numbering:
    """The list definitions of a document. `number()` replaces the lists' properties by those of SYNTHETIC."""

    def __init__(self, part: bytes | None, styles: Styles, doubts: Doubts) -> None:
        self._styles = styles
        self._doubts = doubts
        self._definitions: dict[str, _Definition] = {}
        self._of_number: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._titles = 0
        self._going_on: list[int] = []
        root = parsed(part)
        if root is not None:
            self._read(root)

    def _read(self, root: etree._Element) -> None:
        links: dict[str, str] = {}
        for abstract in root.iter(f"{W}abstractNum"):
            number = abstract.get(f"{W}abstractNumId", "")
            levels = {_whole(level.get(f"{W}ilvl", ""), 0): _level(level) for level in abstract.iter(f"{W}lvl")}
            self._definitions[number] = _Definition(levels)
            links[number] = value_of(abstract, "numStyleLink")
        for num in root.iter(f"{W}num"):
            number = num.get(f"{W}numId", "")
            self._of_number[number] = value_of(num, "abstractNumId")
            self._restarts[number] = {
                _whole(override.get(f"{W}ilvl", ""), 0): _whole(value_of(override, "startOverride"), 1)
                for override in num.iter(f"{W}lvlOverride")
                if override.find(f"{W}startOverride") is not None
            }
        for number, style in links.items():  # a definition may be that of a list style
            for entry in self._styles.chain(style):
                target = self._of_number.get(value_of(entry.properties, "pPr", "numPr", "numId"), "")
                if target in self._definitions:
                    self._definitions[number] = self._definitions[target]

    def number(self, root: etree._Element) -> None:
        """Replace the properties of all list items, and put the number of each into a bookmark, which mammoth passes on."""
        for bookmark in [*root.iter(f"{W}bookmarkStart"), *root.iter(f"{W}bookmarkEnd")]:
            bookmark.getparent().remove(bookmark)
        for paragraph in root.iter(f"{W}p"):
            is_title = self._styles.is_title(paragraph) or self._styles.heading_level(paragraph) > 0
            self._titles += is_title
            item = None if is_title else self._item(paragraph)
            properties = paragraph.find(f"{W}pPr")
            if properties is not None:
                for old in properties.findall(f"{W}numPr"):
                    properties.remove(old)
            if item is not None and (text_of(paragraph).strip() or paragraph.find(f".//{W}drawing") is not None):
                self._write(paragraph, *item)
        if self._going_on:
            numbers = ", ".join(map(str, self._going_on[:20]))
            self._doubts.add(f"A list goes on counting below another title, as it does in Word (at {numbers}); check its numbers.")
            self._going_on.clear()

    def _item(self, paragraph: etree._Element) -> tuple[str, int, str] | None:
        """Return (number of the list, level, "bullet" or the number's format) if a paragraph is an item of a list."""
        stated, stated_level = value_of(paragraph, "pPr", "numPr", "numId"), value_of(paragraph, "pPr", "numPr", "ilvl")
        style_level = 0
        named = LIST_STYLE.match(self._styles.name_of(paragraph))
        for style in self._styles.chain(style_of(paragraph)):
            if not stated:
                stated = value_of(style.properties, "pPr", "numPr", "numId")
                stated_level = stated_level or value_of(style.properties, "pPr", "numPr", "ilvl")
                style_level = self._level_of_style(stated, style.properties.get(f"{W}styleId", ""))
        level = _whole(stated_level, style_level)
        kind = ""
        if stated and stated != "0":
            definition = self._definitions.get(self._of_number.get(stated, ""))
            kind = definition.levels.get(level, _Level()).kind if definition else "bullet"
        elif named and not stated:
            kind = "bullet" if named[1].lower() == "bullet" else "decimal"
        if not kind or kind == "none":
            return None
        return stated, max(level, int(named[2]) - 1 if named and named[2] else 0), kind

    def _level_of_style(self, number: str, style_id: str) -> int:
        definition = self._definitions.get(self._of_number.get(number, ""))
        levels = definition.levels.items() if definition else ()
        return next((depth for depth, level in levels if level.style == style_id), 0)

    def _write(self, paragraph: etree._Element, number: str, level: int, kind: str) -> None:
        numbered = kind != "bullet"
        numbering = etree.SubElement(properties_of(paragraph), f"{W}numPr")
        etree.SubElement(numbering, f"{W}ilvl").set(f"{W}val", str(min(level, DEEPEST_LEVEL)))
        etree.SubElement(numbering, f"{W}numId").set(f"{W}val", "2" if numbered else "1")
        if not numbered:
            return
        count = self._next(number, level)
        if count is None:
            return
        bookmark = etree.Element(f"{W}bookmarkStart")
        bookmark.set(f"{W}name", ITEM_ID.format(kind=kind, number=count))
        paragraph.insert(list(paragraph).index(properties_of(paragraph)) + 1, bookmark)

    def _next(self, number: str, level: int) -> int | None:
        """Return the number that Word shows before the next item of a list, or None if the list isn't defined."""
        definition = self._definitions.get(self._of_number.get(number, ""))
        if definition is None:
            return None
        restart = self._restarts[number].pop(level, None)
        if restart is not None:
            definition.counted.pop(level, None)
        first = restart if restart is not None else definition.levels.get(level, _Level()).start
        definition.counted[level] = definition.counted[level] + 1 if level in definition.counted else first
        for deeper in [depth for depth in definition.counted if depth > level]:
            del definition.counted[deeper]
        if definition.under_title != self._titles and definition.counted[level] > first and level == 0:
            self._going_on.append(definition.counted[level])
        definition.under_title = self._titles
        label = definition.levels.get(level, _Level()).label
        if re.search(r"[^\W\d_]{2}", re.sub(r"%\d", "", label)):
            shown = re.sub(r"%\d", str(definition.counted[level]), label)
            self._doubts.add(f"the label {quote(shown)} of a list became a plain number.")
        return definition.counted[level]


def _level(element: etree._Element) -> _Level:
    return _Level(
        value_of(element, "numFmt") or "decimal",
        _whole(value_of(element, "start"), 1),
        value_of(element, "lvlText"),
        value_of(element, "pStyle"),
    )


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
