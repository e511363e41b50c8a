"""Builds a guide (title, sections and contact block) from a list of elements."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.text import slugify

from articles.importing.contact import take_contact_block
from articles.importing.document import ImportedGuide, Paragraph, Section, SubHeading
from articles.importing.doubts import Doubts, quote
from articles.importing.elements import TITLE_LEVEL, Element, Heading, Placed, Text
from articles.importing.titles import could_be_document_title

LONGEST_TITLE = 160
FURNITURE_TITLE = re.compile(
    r"(?:you (?:may|might) also (?:like|enjoy)|related(?: (?:posts|articles|content|reading|pages))?|recent (?:posts|comments)"
    r"|share (?:this|on)\b.*|leave a (?:reply|comment).*|\d+ (?:thoughts on|comments|responses|replies)\b.*|comments?(?: \(\d+\))?"
    r"|about the author|subscribe.*|newsletter|categories|tags|archives|navigation|menu|table of contents|contents|índice"
    r"|artículos relacionados|compartir.*|deja(?: un|r un)? (?:comentario|respuesta).*|\d+ comentarios.*|entradas recientes)\W*$",
    re.IGNORECASE,
)
LONGEST_SLUG = 90
"""Characters; longer slugs are truncated at a word."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Possible titles outside the text: from the front matter, <title> (often with the site's name) and the file name.

    `is_page` is true for web pages, which often have a line or two above their title.
    """

    stated_title: str = ""
    page_title: str = ""
    file_stem: str = ""
    is_page: bool = False


def build(elements: list[Element], hints: Hints, doubts: Doubts) -> ImportedGuide:
    """Return the guide made from `elements`. Anything unclear is kept as a paragraph and reported as a doubt."""
    title, title_element = _take_title(elements, hints, doubts)
    rest = [entry for entry in elements if entry is not title_element]
    title_level = title_element.level if isinstance(title_element, Heading) else None
    sections = _sections(_with_two_levels(_levelled(rest, title_level, doubts), title_level, doubts))
    contact_block = take_contact_block(sections, doubts)
    for section in sections:
        if section.title and not section.blocks:
            doubts.add(f"the section {quote(section.title)} has no text under it.", section.line)
    _doubt_furniture(sections, doubts)
    if not sections:
        doubts.add("There is no text under the title.")
    return ImportedGuide(title, slug_for(title), sections, contact_block, doubts.sentences())


def slug_for(title: str) -> str:
    """Return a slug for `title` of at most LONGEST_SLUG characters, truncated at a word, never empty."""
    slug = slugify(title)
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rsplit("-", 1)[0][:LONGEST_SLUG]
    return slug.strip("-") or "guide"


def _take_title(elements: list[Element], hints: Hints, doubts: Doubts) -> tuple[str, Heading | Text | None]:
    """Return the title and its element, or None if the title comes from `hints`."""
    element = title_element(elements, hints)
    lone = _lone_highest(elements)
    if lone is not None and lone is not element and lone is not elements[0]:
        doubts.add(
            f"{quote(lone.text)} is the only heading of the highest level, but it isn't the first; it was made a section.", lone.line
        )
    if element is None:
        return _title_from_hints(hints, doubts), None
    if isinstance(element, Text):
        doubts.add(f"{quote(element.text)} has no heading style; taken as the title because it stands first.", element.line)
    elif element is not elements[0] and element.level > TITLE_LEVEL and not _is_named(element, hints):
        doubts.add(f"{quote(element.text)} was taken as the title, though other text stands before it.", element.line)
    if hints.stated_title and hints.stated_title.casefold() != element.text.casefold():
        doubts.add(f"The top of the file states another title, which was not taken: {quote(hints.stated_title, LONGEST_TITLE)}.")
    return _fitting(element.text, doubts, element.line), element


def title_element(elements: list[Element], hints: Hints) -> Heading | Text | None:
    """Return the title element: the highest heading if it stands first, or else a first line that looks like a title."""
    first = elements[0]
    headings = [entry for entry in elements if isinstance(entry, Heading)]
    top = min((entry.level for entry in headings), default=0)
    highest = [entry for entry in headings if entry.level == top]
    unmarked = first if isinstance(first, Text) and len(elements) > 1 and could_be_document_title(first) else None
    if not highest:
        return None if hints.stated_title or hints.page_title else unmarked
    if top == TITLE_LEVEL or (first is highest[0] and top <= 1):
        return highest[0]
    if top <= 1:
        if len(highest) > 1:
            return unmarked or highest[0]  # every section is a "Heading 1"; the title above them has no style
        before = elements[: elements.index(highest[0])]
        if _is_named(highest[0], hints) or (hints.is_page and all(isinstance(entry, Text) and _is_short(entry) for entry in before)):
            return highest[0]
        late = any(isinstance(entry, Heading) for entry in before) and bool(hints.page_title)
        if unmarked is None and not hints.stated_title and not late:
            return highest[0]
    if hints.stated_title or hints.page_title:
        return None
    return highest[0] if len(highest) == 1 and first is highest[0] else unmarked


def _lone_highest(elements: list[Element]) -> Heading | None:
    headings = [entry for entry in elements if isinstance(entry, Heading)]
    top = min((entry.level for entry in headings), default=0)
    highest = [entry for entry in headings if entry.level == top]
    return highest[0] if len(highest) == 1 and top == 1 and len(headings) > 1 else None


def _is_named(heading: Heading, hints: Hints) -> bool:
    """Return whether the file names this heading as its title elsewhere."""
    names = f"{hints.page_title} {hints.stated_title}".casefold()
    return heading.text.casefold() in names


def _is_short(text: Text) -> bool:
    return len(text.text.split()) <= 12 and not text.text.endswith((".", "!", "?"))


def _title_from_hints(hints: Hints, doubts: Doubts) -> str:
    if hints.stated_title:
        return _fitting(hints.stated_title, doubts)
    if hints.page_title:
        title = _fitting(hints.page_title, doubts)
        doubts.add(f"No heading is the title; the page's <title> gave one, which may hold the site's name: {quote(title, LONGEST_TITLE)}.")
        return title
    title = _title_from_name(hints.file_stem)
    doubts.add(f"No title was found; the name of the file gave one: {quote(title)}.")
    return title


def _fitting(title: str, doubts: Doubts, line: int = 0) -> str:
    title = " ".join(title.split())
    if len(title) <= LONGEST_TITLE:
        return title
    short = title[:LONGEST_TITLE].rsplit(" ", 1)[0]
    doubts.add(f"the title has more than {LONGEST_TITLE} characters and was cut; the whole of it: {quote(title, len(title))}.", line)
    return short


def _title_from_name(stem: str) -> str:
    words = " ".join(stem.replace("-", " ").replace("_", " ").split())[:LONGEST_TITLE]
    printable = "".join(letter for letter in words if letter.isprintable())
    return printable[:1].upper() + printable[1:] if printable.strip() else "Untitled guide"


def _levelled(elements: list[Element], title_level: int | None, doubts: Doubts) -> list[Element]:
    """Return `elements` with the headings before the first of the highest level on that level.

    If the highest level has one heading only, that one gets the level of those before it instead.
    """
    headings = [entry for entry in elements if isinstance(entry, Heading)]
    top = min((entry.level for entry in headings), default=0)
    if not headings or headings[0].level == top or (title_level is not None and title_level >= top):
        return elements
    highest = [entry for entry in headings if entry.level == top]
    early = headings[: headings.index(highest[0])]
    changed = highest if len(highest) == 1 else [entry for entry in early if entry.level == min(one.level for one in early)]
    level = min(entry.level for entry in early) if len(highest) == 1 else top
    if len(highest) > 1 or top > 1:  # a lone title of the first level was reported already
        doubts.add_group(
            "on another level than the section titles around it; made a section", [(entry.line, entry.text) for entry in changed]
        )
    return [Heading(entry.line, level, entry.text) if entry in changed and isinstance(entry, Heading) else entry for entry in elements]


def _doubt_furniture(sections: list[Section], doubts: Doubts) -> None:
    for section in sections:
        titles = [section.title, *(block.text for block in section.blocks if isinstance(block, SubHeading))]
        for title in titles:
            if FURNITURE_TITLE.match(title):
                doubts.add(f"the section {quote(title)} looks like a part of the page around the text; kept.", section.line)


def _with_two_levels(elements: list[Element], title_level: int | None, doubts: Doubts) -> list[Element]:
    """Reduce headings to two levels: sections (2) and sub-headings (3). Changed levels are reported as doubts.

    `title_level` is the level of the heading that became the guide's title, or None.
    """
    section_level = _section_level(elements, title_level, doubts)
    skipped: list[tuple[int, str]] = []
    deeper: list[tuple[int, str]] = []
    result: list[Element] = []
    previous_level: int | None = None
    for entry in elements:
        if not isinstance(entry, Heading):
            result.append(entry)
            continue
        level = 2 if entry.level <= section_level or previous_level is None else 3
        if entry.level > (section_level if previous_level is None else max(previous_level, section_level) + 1):
            skipped.append((entry.line, entry.text))
        elif entry.level > section_level + 1:
            deeper.append((entry.line, entry.text))
        previous_level = entry.level
        result.append(Heading(entry.line, level, entry.text))
    doubts.add_group("a heading that skips a level was put on the nearest one", skipped)
    doubts.add_group("a heading below the second level was made a sub-heading", deeper)
    return result


def _section_level(elements: list[Element], title_level: int | None, doubts: Doubts) -> int:
    """Return the level of section headings. That is the title's own level if several more headings have it."""
    headings = [entry for entry in elements if isinstance(entry, Heading)]
    titles = [entry for entry in headings if title_level is not None and entry.level <= title_level]
    doubts.add_group("as high as the title; made a section title", [(entry.line, entry.text) for entry in titles])
    below = [entry.level for entry in headings if title_level is None or entry.level > title_level]
    return titles[0].level if len(titles) > 1 or (titles and not below) else min(below, default=2)


def _sections(elements: list[Element]) -> list[Section]:
    """Return the sections. Text before the first heading is a section with the title ""."""
    sections = [Section("")]
    for entry in elements:
        if isinstance(entry, Heading):
            if entry.level == 2:
                sections.append(Section(entry.text, line=entry.line))
            else:
                sections[-1].blocks.append(SubHeading(entry.text))
        elif isinstance(entry, Placed):
            sections[-1].blocks.append(entry.block)
        else:
            sections[-1].blocks.append(Paragraph(entry.spans, entry.line))
    return sections if sections[0].blocks else sections[1:]
