"""Renders a working copy to the HTML that visitors read. This happens once per edition, not per request."""

import math
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from lxml import html as lxml_html
from lxml.html import HtmlElement, builder

from articles.markup import CALLOUTS
from articles.models import Picture, Term
from articles.rendering import glossary_links, phone_links, sanitizing, timeline
from articles.rendering.pictures import ADDRESS, address

WORDS_A_MINUTE = 180  # slower than the usual 230: readers here are tired, ill or afraid
CITATION = re.compile(r"\[(\d{1,3})\]")


@dataclass
class Rendered:
    """A rendered guide.

    `html` is its text, `opening_html` what stands before it (facts, care card, contents, timeline), `sources_html` the list after it.
    `toc` is {id, title} for each section.
    """

    html: str
    toc: list[dict[str, str]] = field(default_factory=list)
    opening_html: str = ""
    sources_html: str = ""
    reading_minutes: int = 1


def render(snapshot: dict[str, Any], *, pictures: Mapping[str, Picture] | None = None, terms: Iterable[Term] = ()) -> Rendered:
    """Render a working copy, given as a snapshot (see snapshots.take()).

    `pictures` are the pictures in the text, by digest (see pictures.in_body()). `terms` are the glossary terms in the
    guide's language. Labels are added in the active language.
    """
    root = parse(snapshot["body"])
    toc = _number_sections(root)
    _link_citations(root, {source["number"] for source in snapshot["sources"]})
    _label_callouts(root)
    phone_links.link_numbers(root)
    glossary_links.link_first_uses(root, terms)
    _size_pictures(root, pictures or {})
    _wrap_tables(root)
    words = len(root.text_content().split())
    care_card = _care_card(root)
    return Rendered(
        html=serialise(root),
        toc=toc,
        opening_html=_opening(snapshot, toc, care_card),
        sources_html=render_to_string("articles/parts/sources.html", {"sources": snapshot["sources"]}) if snapshot["sources"] else "",
        reading_minutes=max(1, math.ceil(words / WORDS_A_MINUTE)),
    )


def _care_card(root: HtmlElement) -> str:
    """Return the first emergency callout of the text as HTML, to stand under “At a glance”, or "" if there is none.

    One that stands before the first heading is taken out of the text; another is copied, since a reader looks for it there, too.
    """
    before_headings = True
    for element in root.iter("aside", "h2", "h3"):
        if element.tag != "aside":
            before_headings = False
        elif "callout-emergency" in (element.get("class") or "").split():
            card = deepcopy(element)
            card.tail = None
            card.set("class", f"{card.get('class')} care-card")
            for inner in card.iter():
                inner.attrib.pop("id", None)
            if before_headings:
                element.drop_tree()
            else:
                card.set("role", "note")  # two landmarks of one name can't be told apart
            return str(lxml_html.tostring(card, encoding="unicode"))
    return ""


def _opening(snapshot: dict[str, Any], toc: list[dict[str, str]], care_card: str) -> str:
    card = mark_safe(care_card)  # noqa: S308 (part of the sanitised text)
    context = {"at_a_glance": snapshot["at_a_glance"], "care_card": card, "sources": snapshot["sources"], "toc": toc}
    return render_to_string("articles/parts/opening.html", {**context, "timeline": mark_safe(timeline.render(snapshot["phases"]))})  # noqa: S308


def parse(body: str) -> HtmlElement:
    """Return `body`, sanitised, as a <div> element."""
    return lxml_html.fragment_fromstring(sanitizing.clean(body), create_parent="div")


def serialise(root: HtmlElement) -> str:
    """Return the content of `root` as HTML."""
    return lxml_html.tostring(root, encoding="unicode", with_tail=False).removeprefix("<div>").removesuffix("</div>").strip()


def section_ids(titles: list[str]) -> list[str]:
    """Return a unique id for each heading, made from its words."""
    seen: dict[str, int] = {}
    ids = []
    for title in titles:
        base = slugify(title)[:60].strip("-") or "section"
        # The prefix avoids clashes with the page's own ids (main, contact, sources…).
        seen[base] = seen.get(base, 0) + 1
        ids.append(f"s-{base}" if seen[base] == 1 else f"s-{base}-{seen[base]}")
    return ids


def headings(body: str) -> list[str]:
    """Return the text of the headings in `body`, in order."""
    return headings_of(parse(body))


def headings_of(root: HtmlElement) -> list[str]:
    """Return the text of the headings in a parsed body, in order."""
    return [_text_of(heading) for heading in root.iter("h2", "h3")]


def _text_of(heading: HtmlElement) -> str:
    return " ".join(CITATION.sub("", heading.text_content()).split())


def _number_sections(root: HtmlElement) -> list[dict[str, str]]:
    sections = [element for element in root.iter("h2", "h3") if element.text_content().strip()]
    titles = [_text_of(heading) for heading in sections]
    toc = []
    for heading, title, anchor in zip(sections, titles, section_ids(titles), strict=True):
        heading.set("id", anchor)
        if heading.tag == "h2":
            toc.append({"id": anchor, "title": title})
    return toc


def _link_citations(root: HtmlElement, numbers: set[int]) -> None:
    """Replace each “[3]” that has a source by a superscript link to it."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag == "a":
            continue
        if element.text:
            element.text, added = _split(element.text, numbers)
            for position, link in enumerate(added):
                element.insert(position, link)
        for child in list(element):
            if child.tail and child.get("data-citation") is None:
                child.tail, added = _split(child.tail, numbers)
                at = element.index(child) + 1
                for position, link in enumerate(added):
                    element.insert(at + position, link)
    for sup in root.iter("sup"):
        sup.attrib.pop("data-citation", None)


def _split(text: str, numbers: set[int]) -> tuple[str, list[HtmlElement]]:
    """Return the text before the first citation, and the citations, each with the text after it as its tail."""
    parts = CITATION.split(text)
    before = parts[0]
    added: list[HtmlElement] = []
    for number, after in zip(parts[1::2], parts[2::2], strict=True):
        if int(number) not in numbers:  # a number without a source stays as typed; a check reports it
            if added:
                added[-1].tail = f"{added[-1].tail}[{number}]{after}"
            else:
                before += f"[{number}]{after}"
            continue
        link = builder.A(f"[{number}]", href=f"#source-{number}")
        link.set("aria-label", _("Source %(number)s") % {"number": number})
        sup = builder.E("sup", link)
        sup.set("data-citation", number)
        sup.set("class", "citation")
        sup.tail = after
        added.append(sup)
    return before, added


def callout_kind(aside: HtmlElement) -> str:
    """Return the kind of a callout, a key of CALLOUTS, or ""."""
    classes = (aside.get("class") or "").split()
    return next((kind for kind in CALLOUTS if f"callout-{kind}" in classes), "")


def _label_callouts(root: HtmlElement) -> None:
    for aside in root.iter("aside"):
        title = next((p.text_content().strip() for p in aside.iter("p") if p.get("class") == "callout-title"), "")
        kind = CALLOUTS.get(callout_kind(aside), _("Note"))
        aside.set("aria-label", " ".join((title or str(kind)).split()))


def _size_pictures(root: HtmlElement, pictures: Mapping[str, Picture]) -> None:
    """Add srcset, so that browsers choose a width, and the size, so that the page doesn't move while pictures load."""
    for image in root.iter("img"):
        match = ADDRESS.fullmatch(image.get("src") or "")
        picture = pictures.get(match[1]) if match else None
        if picture is None:
            continue
        image.set("src", address(picture.digest, min(picture.widths, key=lambda width: abs(width - 960))))
        image.set("srcset", ", ".join(f"{address(picture.digest, width)} {width}w" for width in picture.widths))
        image.set("sizes", "(min-width: 46rem) 44rem, 100vw")
        image.set("width", str(picture.width))
        image.set("height", str(picture.height))
        image.set("loading", "lazy")
        image.set("alt", image.get("alt") or picture.alt)
        figure = image.getparent()
        if picture.credit and figure is not None and figure.tag == "figure":
            credit = builder.SMALL(picture.credit)
            credit.set("class", "credit")
            caption = figure.find("figcaption")
            if caption is None:
                caption = builder.E("figcaption")
                figure.append(caption)
            caption.append(credit)


def _wrap_tables(root: HtmlElement) -> None:
    """Wrap each table in a scrollable box that can be reached with the keyboard."""
    for table in list(root.iter("table")):
        parent = table.getparent()
        if parent is None:
            continue
        tail, table.tail = table.tail, None
        box = builder.DIV()
        box.set("class", "table-scroll")
        box.set("role", "region")
        box.set("tabindex", "0")
        box.set("aria-label", _("Table"))
        box.tail = tail
        parent.replace(table, box)
        box.append(table)
        table.set("class", "table")
        for row in table.iterfind(".//tr"):
            cells = list(row)
            heads = [cell for cell in cells if cell.tag == "th"]
            for cell in heads:  # a row of <th> only has column headings; otherwise a <th> is its row's heading
                cell.set("scope", "col" if len(heads) == len(cells) else "row")


def citations(body: str) -> list[int]:
    """Return the source numbers that the text cites, in order and with repetitions."""
    return [int(number) for number in CITATION.findall(parse(body).text_content())]


def undescribed_pictures(body: str) -> int:
    """Return how many pictures in `body` have no alternative text."""
    return sum(1 for image in parse(body).iter("img") if not (image.get("alt") or "").strip())
