"""Takes the marks of site generators and editors out of a text, and reports them: shortcodes, alerts, proposed changes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from articles.importing.doubts import Doubts, quote

ATTRIBUTES = r"(?>\s+[\w-]+\s*+=\s*+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[“”″][^“”″\n]{0,200}[“”″]|[^\s\]\"'=]+))"
SHORTCODE = re.compile(rf"\[(/?)([a-z][a-z0-9_-]*)({ATTRIBUTES}{{0,20}})\s*/?\](?!\()", re.IGNORECASE)
KNOWN = {
    "gallery", "caption", "embed", "video", "audio", "playlist", "toc", "more", "contact-form", "contact-form-7", "wpforms", "gravityform",
    "button", "divider", "row", "column", "spacer", "table-of-contents", "ez-toc", "lwptoc",
}  # fmt: skip
HUGO = re.compile(r"\{\{[<%][^{}\n]*[>%]\}\}")
TEMPLATE = re.compile(r"\{%[^{}\n]*%\}|\{\{[^<%{}][^{}]*\}\}")
ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+(\w[\w-]*)(?:[ \t]+\"([^\"\n]*)\")?[ \t]*$")
ALERT = re.compile(r"^([ \t]*>[ \t]*)\[!([A-Za-z]+)\][+-]?[ \t]*", re.MULTILINE)
FENCE = re.compile(r"^:{3,}[ \t]*(\{?[\w.#-]*\}?)(?:\[([^\]\n]*)\])?[ \t]*(.*)$", re.MULTILINE)
CRITIC = re.compile(r"\{\+\+([^{}]*)\+\+\}|\{--([^{}]*)--\}|\{~~([^{}]*)~>([^{}]*)~~\}|\{>>([^{}]*)<<\}|\{==([^{}]*)==\}")
VERBATIM = re.compile(r"<(script|style|pre|textarea)\b", re.IGNORECASE)
NOTE_TO_SELF = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b|\[(?:internal|note to|editor|comment|nota interna)\b[^\[\]\n]*\]", re.IGNORECASE)

Replacement = Callable[[re.Match[str]], str]


class _Places:
    """The places at which something was found in a text, with their lines."""

    def __init__(self) -> None:
        self.places: list[tuple[int, str]] = []
        self._text = ""
        self._ends: list[int] = []

    def add(self, match: re.Match[str]) -> None:
        if match.string is not self._text:
            self._text = match.string
            self._ends = [end.start() for end in re.finditer("\n", match.string)]
        self.places.append((bisect_left(self._ends, match.start()) + 1, match[0]))


def without(text: str, doubts: Doubts, *, callouts: tuple[str, ...] = ()) -> str:
    """Return `text` without such marks, with the words that they enclose, and with as many lines as before.

    `callouts` are the names of our own boxes, whose fences (`::: name`) are kept. Without them, fences are.
    """
    named = _Places()
    text = _replaced(text, SHORTCODE, _shortcodes(text, named))
    text = _replaced(text, HUGO, lambda match: _left_out(match, named))
    if callouts:
        text = FENCE.sub(_fences(callouts, named), text)
    doubts.add_group("signs of a site generator were left out, what stood between them was kept", named.places)
    for pattern, sentence in (
        (TEMPLATE, "an instruction of a site generator was kept as text"),
        (NOTE_TO_SELF, "looks like a note to a colleague; it was kept"),
    ):
        found = _Places()
        for match in pattern.finditer(text):
            found.add(match)
        doubts.add_group(sentence, found.places)
    return _without_proposals(_without_boxes(text, doubts), doubts)


def verbatim(text: str) -> Iterator[tuple[int, int]]:
    """Yield where scripts, style sheets and texts that are kept letter by letter begin and end."""
    lowered = text.lower()
    end = 0
    while opened := VERBATIM.search(text, end):
        closed = lowered.find(f"</{opened[1].lower()}", opened.end())
        if closed < 0:
            return
        end = (lowered.find(">", closed) + 1) or len(text)
        yield opened.start(), end


def _replaced(text: str, pattern: re.Pattern[str], replacement: Replacement) -> str:
    """Replace what `pattern` matches, but not in scripts and style sheets."""
    spans = list(verbatim(text)) if "<" in text else []
    if not spans:
        return pattern.sub(replacement, text)
    starts = [start for start, _end in spans]

    def outside(match: re.Match[str]) -> str:
        before = bisect_left(starts, match.start() + 1) - 1
        return match[0] if before >= 0 and match.start() < spans[before][1] else replacement(match)

    return pattern.sub(outside, text)


def _left_out(match: re.Match[str], named: _Places) -> str:
    named.add(match)
    return "\n" * match[0].count("\n")


def _shortcodes(text: str, named: _Places) -> Replacement:
    """Return what replaces a shortcode: one with attributes, of a known name, or of a name that is both opened and closed."""
    marks = [(bool(match[1]), match[2].lower()) for match in SHORTCODE.finditer(text)]
    paired = {name for closes, name in marks if closes} & {name for closes, name in marks if not closes}

    def replacement(match: re.Match[str]) -> str:
        name = match[2].lower()
        return _left_out(match, named) if match[3] or name in KNOWN or name in paired else match[0]

    return replacement


def _fences(callouts: tuple[str, ...], named: _Places) -> Replacement:
    """Return what replaces the fence of a box: its title in bold, or itself for one of ours."""
    opened: list[str] = []

    def replacement(match: re.Match[str]) -> str:
        name = match[1].strip("{}.# ")
        kept = name in callouts or (not name and not match[3] and bool(opened) and opened[-1] in callouts)
        if name:
            opened.append(name)
        elif opened:
            opened.pop()
        if kept:
            return match[0]
        named.add(match)
        words = (match[2] or match[3] or "").strip()
        return f"**{words}**" if words else ""

    return replacement


def _without_boxes(text: str, doubts: Doubts) -> str:
    """Make the title of a box bold, and put the lines in it back to the margin."""
    lines: list[str] = []
    boxes: list[tuple[int, str]] = []
    inside = False
    for number, line in enumerate(text.split("\n"), start=1):
        if line[:3] in ("!!!", "???") and (match := ADMONITION.match(line)):
            inside = True
            boxes.append((number, line))
            lines.append(f"**{match[2] or match[1].capitalize()}**  ")  # two spaces break the line
            continue
        inside = inside and (not line.strip() or line.startswith(("    ", "\t")))
        lines.append(re.sub(r"^(?: {4}|\t)", "", line) if inside else line)
    doubts.add_group("a box became plain paragraphs", boxes)
    alerts = _Places()

    def alert(match: re.Match[str]) -> str:
        alerts.add(match)
        return match[1]

    text = ALERT.sub(alert, "\n".join(lines))
    doubts.add_group("the sign before a quotation was left out", alerts.places)
    return text


def _without_proposals(text: str, doubts: Doubts) -> str:
    """Take what somebody proposed to insert, leave out what somebody proposed to delete and comments, and say so."""
    proposals = _Places()

    def decided(match: re.Match[str]) -> str:
        inserted, _deleted, _old, new, comment, marked = match.groups()
        if comment is not None:
            doubts.add(f"a comment was left out: {quote(comment, 1000)}.")
        elif marked is None:
            proposals.add(match)
        return next((words for words in (inserted, new, marked) if words is not None), "")

    text = CRITIC.sub(decided, text)
    doubts.add_group("a proposed change was taken; check it", proposals.places)
    return text
