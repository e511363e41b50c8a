"""Compares two snapshots of a guide, side by side, with what changed marked: words, their format, and what else a reader sees."""

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles import topics
from articles.models import Guide
from articles.rendering.lines import FORMATS, SPACE, Line, Token, lines_of, plain, remark


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


@dataclass(frozen=True)
class _Part:
    """A part of a guide: `keys` of its snapshots, and the lines of both."""

    heading: str
    keys: tuple[str, ...]
    before: list[Line]
    after: list[Line]


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Row]:
    """Return the rows that compare two snapshots, part by part. Parts that are empty in both are left out.

    A row is changed unless the snapshots have the same digest: what a reader can't see is shown as it is stored. One query if
    there are related guides.
    """
    rows: list[Row] = []
    for part in _parts(old, new):
        shown = list(rows_of(part.before, part.after))
        heading = part.heading
        if not any(row.changed for row in shown) and any(_stored(old, key) != _stored(new, key) for key in part.keys):
            before, after = ([line for key in part.keys for line in _stored(side, key)] for side in (old, new))
            shown = list(rows_of(before, after))
            heading = _("%(part)s: looks the same, but is stored differently") % {"part": heading}
        if shown:
            rows += [replace(shown[0], heading=heading), *shown[1:]]
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
    return _marked(plain(old), plain(new))


def bodies(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Return the lines of two texts of guides (HTML), with what was removed in <del> and what was added in <ins>.

    Texts that look the same are shown as they are stored.
    """
    rows = list(rows_of(lines_of(old), lines_of(new)))
    if not any(row.changed for row in rows):
        return words(old, new)
    return format_html_join("\n", "{}", ((row.old,) for row in rows)), format_html_join("\n", "{}", ((row.new,) for row in rows))


def rows_of(before: list[Line], after: list[Line]) -> Iterator[Row]:
    """Yield the rows that compare two lists of lines."""
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Row(_html(line), _html(line), False) for line in before[i1:i2])
            continue
        removed, added = before[i1:i2], after[j1:j2]
        for number in range(max(len(removed), len(added))):
            left = removed[number] if number < len(removed) else ()
            right = added[number] if number < len(added) else ()
            yield Row(*_marked(left, right), True)


def _parts(old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Part]:
    simple = [
        (_("Title"), "title"),
        (_("Address"), "slug"),
        (_("Summary"), "summary"),
        (_("Content note"), "content_note"),
        (_("Contact block: heading"), "contact_heading"),
        (_("Contact block: text"), "contact_text"),
    ]
    names = _names_of_related(old, new)
    read: list[tuple[str, tuple[str, ...], Any]] = [
        *((label, (key,), lambda snapshot, key=key: _text(snapshot.get(key))) for label, key in simple),
        (_("Kind"), ("kind",), lambda snapshot: _labels([snapshot.get("kind", "")], dict(Guide.Kind.choices))),
        (_("Text"), ("body",), lambda snapshot: lines_of(snapshot.get("body", ""))),
        (_("At a glance"), ("at_a_glance",), lambda snapshot: [_fact(fact) for fact in snapshot.get("at_a_glance", [])]),
        (_("Timeline"), ("phases",), lambda snapshot: [_phase(phase) for phase in snapshot.get("phases", [])]),
        (_("Sources"), ("sources",), lambda snapshot: [_source(source) for source in snapshot.get("sources", [])]),
        (_("Substances"), ("substances",), lambda snapshot: _labels(snapshot.get("substances", []), topics.SUBSTANCES)),
        (_("Stages"), ("stages",), lambda snapshot: _labels(snapshot.get("stages", []), topics.STAGES)),
        (_("Readers"), ("readers",), lambda snapshot: _labels(snapshot.get("readers", []), topics.READERS)),
        (_("Related guides"), ("related",), lambda snapshot: _labels(snapshot.get("related", []), names)),
    ]
    for heading, keys, lines in read:
        yield _Part(heading, keys, lines(old), lines(new))
    shown = {key for _heading, keys, _lines in read for key in keys}
    for key in sorted({*old, *new} - shown):  # a key that a later release adds is shown, too
        yield _Part(_("Language") if key == "language" else key, (key,), [], [])


def _stored(snapshot: dict[str, Any], key: str) -> list[Line]:
    """Return the lines of a snapshot's value as it is stored, none if it has no such key."""
    if key not in snapshot:
        return []
    value = snapshot[key]
    if isinstance(value, str):
        return [plain(line) for line in value.replace("><", ">\n<").splitlines()] or [plain("“”")]
    return [plain(line) for line in json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).splitlines()]


def _text(value: Any) -> list[Line]:
    return [plain(line) for line in str(value or "").strip().splitlines()]


def _labels(codes: Iterable[Any], among: Any) -> list[Line]:
    return [plain(str(among.get(code, code))) for code in codes if code]


def _names_of_related(old: dict[str, Any], new: dict[str, Any]) -> dict[int, str]:
    pks = {*old.get("related", []), *new.get("related", [])}
    return dict(Guide.objects.filter(pk__in=pks).values_list("pk", "title")) if pks else {}


def _strong(text: str) -> Line:
    return tuple(Token(token.text, ("strong",)) for token in plain(text))


def _fact(fact: dict[str, Any]) -> Line:
    return (*_strong(fact["label"]), remark(":"), SPACE, *plain(fact["text"]))


def _phase(phase: dict[str, Any]) -> Line:
    hours = _("%(from)s–%(to)s hours, strength %(strength)s of 5:")
    about = hours % {"from": phase["from_hour"], "to": phase["to_hour"], "strength": phase["intensity"]}
    return (*plain(about), SPACE, *_strong(phase["title"]), remark(":"), SPACE, *plain(phase["text"]))


def _source(source: dict[str, Any]) -> Line:
    facts = [
        ("", source["publisher"]),
        (_("year"), source["year"]),
        ("→", source["url"]),
        (_("read on"), source["read_on"]),
        (_("note"), source["note"]),
    ]
    line = [*plain(f"[{source['number']}] "), *_strong(source["title"])]
    for label, value in facts:
        if value:
            line += [remark(","), SPACE, *((remark(label), SPACE) if label else ()), *plain(str(value))]
    return tuple(line)


def _marked(old: Sequence[Token], new: Sequence[Token]) -> tuple[SafeString, SafeString]:
    left, right = SafeString(), SafeString()
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(SPACE.__eq__, old, new, autojunk=False).get_opcodes():
        removed, added = _html(old[i1:i2]), _html(new[j1:j2])
        left += removed if tag == "equal" or not removed else format_html("<del>{}</del>", removed)
        right += added if tag == "equal" or not added else format_html("<ins>{}</ins>", added)
    return left, right


def _html(tokens: Sequence[Token]) -> SafeString:
    """Return tokens as HTML. Links are underlined, not links: their address stands behind them."""
    html = SafeString()
    around = zip([None, *tokens], tokens, [*tokens[1:], None], strict=False)
    joined = [
        Token(" ", before.format) if token == SPACE and before and after and before.format == after.format else token
        for before, token, after in around
    ]
    for formats, run in groupby(joined, key=lambda token: token.format):
        part = format_html("{}", "".join(token.text for token in run))
        for name in (each for each in ("small", *reversed(FORMATS)) for _times in range(formats.count(each))):
            part = format_html("<{0}>{1}</{0}>", "u" if name == "a" else name, part)
        html += part
    return html
