"""Compares two snapshots of a guide, side by side, with changed words marked."""

import difflib
import re
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.rendering import body_html

WORDS = re.compile(r"\s+|[^\s]+")
BLOCKS = {"p", "h2", "h3", "li", "td", "th", "figcaption", "blockquote"}


@dataclass(frozen=True)
class Row:
    """A row of the comparison. `old` and `new` are HTML with <del> and <ins>; `heading` is the part that begins here.

    If `skipped` is not 0, the row stands for that many unchanged rows.
    """

    old: SafeString
    new: SafeString
    changed: bool
    heading: str = ""
    skipped: int = 0


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Row]:
    """Return the rows that compare two snapshots, part by part. Parts that are empty in both are left out."""
    rows: list[Row] = []
    for heading, before, after in _parts(old, new):
        part = list(_rows(before, after))
        if part:
            rows += [Row(part[0].old, part[0].new, part[0].changed, heading), *part[1:]]
    return rows


def only_changes(rows: list[Row], around: int = 1) -> list[Row]:
    """Return the changed rows with `around` unchanged ones before and after. Others are replaced by rows with `skipped`."""
    shown: list[Row] = []
    heading, skipped = "", 0
    changed = [position for position, row in enumerate(rows) if row.changed]
    near = {position + step for position in changed for step in range(-around, around + 1)}
    for position, row in enumerate(rows):
        heading = row.heading or heading
        if position not in near:
            skipped += 1
            continue
        if skipped:
            shown.append(Row(SafeString(), SafeString(), False, skipped=skipped))
        shown.append(replace(row, heading=heading))
        heading, skipped = "", 0
    return [*shown, Row(SafeString(), SafeString(), False, skipped=skipped)] if skipped and shown else shown


def words(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Return `old` with removed words in <del> and `new` with added words in <ins>, both escaped."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        removed, added = "".join(before[i1:i2]), "".join(after[j1:j2])
        left.append(("" if tag == "equal" else "del", removed))
        right.append(("" if tag == "equal" else "ins", added))
    return _marked(left), _marked(right)


def lines_of(body: str) -> list[str]:
    """Return the text of each block of a guide's HTML, with prefixes for headings and list items."""
    lines = []
    for element in body_html.parse(body).iter(*BLOCKS, "img"):
        if element.tag == "img":
            lines.append(f"[{element.get('alt') or element.get('src') or ''}]")
            continue
        holds_blocks = any(child.tag in BLOCKS for child in element.iterdescendants())
        content = (element.text or "") if holds_blocks else element.text_content()
        text = " ".join(content.split())
        if text:
            lines.append({"h2": "## ", "h3": "### ", "li": "– "}.get(str(element.tag), "") + text)
    return lines


def _parts(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    simple = [
        (_("Title"), "title"),
        (_("Address"), "slug"),
        (_("Summary"), "summary"),
        (_("Kind"), "kind"),
        (_("Content note"), "content_note"),
        (_("Contact block: heading"), "contact_heading"),
        (_("Contact block: text"), "contact_text"),
    ]
    parts = [(label, _lines(old.get(name)), _lines(new.get(name))) for label, name in simple]
    topics = ("substances", "stages", "readers")
    several = [
        (_("Text"), lambda snapshot: lines_of(snapshot.get("body", ""))),
        (_("At a glance"), lambda snapshot: [f"{fact['label']}: {fact['text']}" for fact in snapshot.get("at_a_glance", [])]),
        (_("Timeline"), lambda snapshot: [_phase(phase) for phase in snapshot.get("phases", [])]),
        (_("Sources"), lambda snapshot: [_source(source) for source in snapshot.get("sources", [])]),
        (_("What it is about"), lambda snapshot: [code for name in topics for code in snapshot.get(name, [])]),
        (_("Related guides"), lambda snapshot: [str(number) for number in snapshot.get("related", [])]),
    ]
    return parts + [(label, read(old), read(new)) for label, read in several]


def _lines(value: Any) -> list[str]:
    return [line for line in str(value or "").splitlines() if line.strip()]


def _phase(phase: dict[str, Any]) -> str:
    return f"{phase['from_hour']}–{phase['to_hour']} h ({phase['intensity']}) {phase['title']}: {phase['text']}"


def _source(source: dict[str, Any]) -> str:
    fields = (source["title"], source["publisher"], source["year"], source["url"], source["read_on"], source["note"])
    return f"[{source['number']}] " + ", ".join(str(value) for value in fields if value)


def _rows(before: list[str], after: list[str]) -> list[Row]:
    rows: list[Row] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row(format_html("{}", line), format_html("{}", line), False) for line in before[i1:i2]]
            continue
        removed, added = before[i1:i2], after[j1:j2]
        for number in range(max(len(removed), len(added))):
            left = removed[number] if number < len(removed) else ""
            right = added[number] if number < len(added) else ""
            rows.append(Row(*words(left, right), True))
    return rows


def _marked(pieces: list[tuple[str, str]]) -> SafeString:
    shown = [(format_html("<{0}>{1}</{0}>", tag, text) if tag else text,) for tag, text in pieces if text]
    return format_html_join("", "{}", shown)
