"""Resolves the paragraph and character styles of a Word document, which may be based on each other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLE_STYLE = "ImportedTitle"
QUOTE_STYLE = "ImportedQuote"
"""Ids of styles that the style map of `word` knows."""

# Word stores its own styles by their English names, other programs by the names of their user's language.
HEADING_NAME = re.compile(
    r"(?:heading|encabezado|t[íi]tulo|titre|[üu]berschrift|rubrik|kop|titolo|nag[łl][óo]wek|заголовок|标题|見出し)[ _]?([1-9])(?!\d)",
    re.IGNORECASE,
)
TITLE_NAMES = {"title", "título", "titulo", "titre", "titel", "titolo", "puesto"}
QUOTE_NAMES = {"quote", "intense quote", "block text", "quotations", "cita", "cita destacada", "citation"}
CONTENTS_NAME = re.compile(r"(?:toc|contents|índice|verzeichnis|tdc|tm) ?(?:\d|heading)|table of figures|toc heading", re.IGNORECASE)
LONGEST_LOOK = 100
"""Characters; a longer paragraph is no title, however large its letters are."""
LARGER = 4
"""Half points by which the letters of a title without a style are larger than those of the text."""


@dataclass(frozen=True, slots=True)
class Style:
    name: str
    based_on: str
    properties: etree._Element


class Styles:
    """The styles of a document by their id. Chains of styles are followed at most `DEEPEST` steps, since they may be circular."""

    DEEPEST = 20

    def __init__(self, part: bytes | None) -> None:
        self._styles: dict[str, Style] = {}
        root = parsed(part)
        for element in root.iter(f"{W}style") if root is not None else ():
            self._styles[element.get(f"{W}styleId", "")] = Style(value_of(element, "name"), value_of(element, "basedOn"), element)

    def chain(self, style_id: str) -> list[Style]:
        """Return a style and those that it is based on, nearest first."""
        chain: list[Style] = []
        while style_id in self._styles and len(chain) < self.DEEPEST:
            chain.append(self._styles[style_id])
            style_id = chain[-1].based_on
        return chain

    def name_of(self, paragraph: etree._Element) -> str:
        chain = self.chain(style_of(paragraph))
        return chain[0].name if chain else style_of(paragraph)

    def heading_level(self, paragraph: etree._Element) -> int:
        """Return the level (from 1) of a heading, also one of a style that is based on a heading's, or 0."""
        if direct := _outline_level(paragraph):
            return direct
        style_id = style_of(paragraph)
        chain = self.chain(style_id) or [Style(style_id, "", paragraph)]
        for style in chain:
            if style.name.lower() in TITLE_NAMES or CONTENTS_NAME.match(style.name):
                return 0
            if match := HEADING_NAME.match(style.name):
                return int(match[1])
            if level := _outline_level(style.properties):
                return level
        return 0

    def is_title(self, paragraph: etree._Element) -> bool:
        style_id = style_of(paragraph)
        return style_id.lower() == "title" or any(style.name.lower() in TITLE_NAMES for style in self.chain(style_id))

    def is_quotation(self, paragraph: etree._Element) -> bool:
        return any(style.name.lower() in QUOTE_NAMES for style in self.chain(style_of(paragraph)))

    def is_contents(self, paragraph: etree._Element) -> bool:
        """Return whether a paragraph is a line of a table of contents."""
        return CONTENTS_NAME.match(self.name_of(paragraph)) is not None

    def effective(self, run: etree._Element, paragraph: etree._Element, name: str) -> etree._Element | None:
        """Return the property `name` that applies to a run: its own, or that of its style or of its paragraph's."""
        own = run.find(f"{W}rPr/{W}{name}")
        if own is not None:
            return own
        for style_id in (value_of(run, "rPr", "rStyle"), style_of(paragraph)):
            for style in self.chain(style_id):
                if (stated := style.properties.find(f"{W}rPr/{W}{name}")) is not None:
                    return stated
        return None

    def is_on(self, run: etree._Element, paragraph: etree._Element, name: str) -> bool:
        stated = self.effective(run, paragraph, name)
        return stated is not None and stated.get(f"{W}val", "true") not in ("0", "false", "off", "none")

    def apply(self, root: etree._Element) -> None:
        """Give headings, titles and quotations the styles that mammoth is told about, and lines that look like titles bold letters."""
        sizes = Counter[int]()
        for paragraph in root.iter(f"{W}p"):
            for run in paragraph.iter(f"{W}r"):
                sizes[self._size(run, paragraph)] += len(text_of(run))
        usual = sizes.most_common(1)[0][0] if sizes else 0
        for paragraph in root.iter(f"{W}p"):
            if self.is_title(paragraph):
                set_style(paragraph, TITLE_STYLE)
            elif level := self.heading_level(paragraph):
                set_style(paragraph, f"Heading{min(level, 6)}")
            else:
                if self.is_quotation(paragraph):
                    set_style(paragraph, QUOTE_STYLE)
                self._show_look(paragraph, usual)

    def _show_look(self, paragraph: etree._Element, usual: int) -> None:
        """Make what is bold by its style bold by itself, and a line in large or underlined letters, too: mammoth reads no styles."""
        runs = [run for run in paragraph.iter(f"{W}r") if text_of(run).strip()]
        stands_out = 0 < len(text_of(paragraph)) <= LONGEST_LOOK and bool(runs) and paragraph.find(f"{W}hyperlink") is None
        large = stands_out and bool(usual) and all(self._size(run, paragraph) >= usual + LARGER for run in runs)
        underlined = stands_out and all(self.is_on(run, paragraph, "u") for run in runs)
        for run in runs:
            if large or underlined or self.is_on(run, paragraph, "b"):
                properties = run.find(f"{W}rPr")
                if properties is None:
                    properties = etree.Element(f"{W}rPr")
                    run.insert(0, properties)
                if properties.find(f"{W}b") is None:
                    etree.SubElement(properties, f"{W}b")

    def _size(self, run: etree._Element, paragraph: etree._Element) -> int:
        """Return the size of the letters of a run in half points, or 0 if nothing states it."""
        stated = self.effective(run, paragraph, "sz")
        size = stated.get(f"{W}val", "") if stated is not None else ""
        return int(size) if size.isascii() and size.isdigit() and len(size) < 5 else 0


def parsed(part: bytes | None) -> etree._Element | None:
    """Return the root of an XML part, or None if there is no such part or it is broken."""
    if part is None:
        return None
    try:
        return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        return None


def text_of(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def value_of(element: etree._Element, *path: str) -> str:
    """Return the attribute `w:val` of a descendant, or ""."""
    found = element.find("/".join(f"{W}{name}" for name in path))
    return found.get(f"{W}val", "") if found is not None else ""


def style_of(paragraph: etree._Element) -> str:
    return value_of(paragraph, "pPr", "pStyle")


def set_style(paragraph: etree._Element, style_id: str) -> None:
    style = properties_of(paragraph).find(f"{W}pStyle")
    if style is None:
        style = etree.Element(f"{W}pStyle")
        properties_of(paragraph).insert(0, style)
    style.set(f"{W}val", style_id)


def properties_of(paragraph: etree._Element) -> etree._Element:
    """Return the properties of a paragraph, which are added if it has none."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    return properties


def _outline_level(element: etree._Element) -> int:
    stated = value_of(element, "pPr", "outlineLvl")
    return int(stated) + 1 if stated in {"0", "1", "2", "3", "4", "5", "6", "7", "8"} else 0
