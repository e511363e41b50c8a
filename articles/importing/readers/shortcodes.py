"""Takes the marks of site generators and editors out of a text, and reports them: shortcodes, alerts, proposed changes."""

from __future__ import annotations

import re
from collections.abc import Callable

from articles.importing.doubts import Doubts, quote

ATTRIBUTES = r"(?:\s+[\w-]+\s*=\s*(?:\"[^\"\n]*\"|'[^'\n]*'|[“”″][^“”″\n]*[“”″]|[^\s\]\"'=]+))"
SHORTCODE = re.compile(rf"\[(/?)([a-z][a-z0-9_-]*)({ATTRIBUTES}*)\s*/?\](?!\()", re.IGNORECASE)
KNOWN = {
    "gallery", "caption", "embed", "video", "audio", "playlist", "toc", "more", "contact-form", "contact-form-7", "wpforms", "gravityform",
    "button", "divider", "row", "column", "spacer", "table-of-contents", "ez-toc", "lwptoc",
}  # fmt: skip
HUGO = re.compile(r"\{\{[<%].*?[>%]\}\}")
TEMPLATE = re.compile(r"\{%.*?%\}|\{\{[^<%{}][^{}]*\}\}")
ADMONITION = re.compile(r"^(?:!!!|\?\?\?\+?)[ \t]+(\w[\w-]*)(?:[ \t]+\"([^\"\n]*)\")?[ \t]*$", re.MULTILINE)
ALERT = re.compile(r"^([ \t]*>[ \t]*)\[!([A-Za-z]+)\][+-]?[ \t]*", re.MULTILINE)
FENCE = re.compile(r"^:{3,}[ \t]*(?:\{?[\w.#-]*\}?)?(?:\[([^\]\n]*)\])?[ \t]*(.*)$", re.MULTILINE)
CRITIC = re.compile(r"\{\+\+(.*?)\+\+\}|\{--(.*?)--\}|\{~~(.*?)~>(.*?)~~\}|\{>>(.*?)<<\}|\{==(.*?)==\}", re.DOTALL)
VERBATIM = re.compile(r"(<(?:script|style|pre)\b.*?</(?:script|style|pre)\s*>)", re.IGNORECASE | re.DOTALL)
NOTE_TO_SELF = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b|\[(?:internal|note to|editor|comment|nota interna)\b[^\]\n]*\]", re.IGNORECASE)


def without(text: str, doubts: Doubts, *, callouts: tuple[str, ...] = ()) -> str:
    """Return `text` without such marks, with the words that they enclose, and with as many lines as before.

    `callouts` are the names of our own boxes, whose fences (`::: name`) are kept.
    """
    named: list[tuple[int, str]] = []

    def left_out(match: re.Match[str]) -> str:
        named.append((match.string.count("\n", 0, match.start()) + 1, match[0]))
        return "\n" * match[0].count("\n")

    closed = {match[2].lower() for match in SHORTCODE.finditer(text) if match[1]}

    def shortcode(match: re.Match[str]) -> str:
        name = match[2].lower()
        opens_and_closes = name in closed and (match[1] or f"[{name}" in text.lower())
        return left_out(match) if match[3] or name in KNOWN or opens_and_closes else match[0]

    def fence(match: re.Match[str]) -> str:
        name = match[0].lstrip(": \t").split(" ", 1)[0]
        if not callouts or name in callouts or (not name and _closes_own(text[: match.start()], callouts)):
            return match[0]
        left_out(match)
        words = (match[1] or match[2] or "").strip()
        return f"**{words}**" if words else ""

    for pattern, replacement in ((SHORTCODE, shortcode), (HUGO, left_out), (FENCE, fence)):
        text = _outside(text, pattern, replacement)
    doubts.add_group("signs of a site generator were left out, what stood between them was kept", named)
    for line, words in ((text.count("\n", 0, match.start()) + 1, match[0]) for match in TEMPLATE.finditer(text)):
        doubts.add(f"{quote(words)} is an instruction of a site generator; it was kept as text.", line)
    text = _without_boxes(text, doubts)
    text = _without_proposals(text, doubts)
    for match in NOTE_TO_SELF.finditer(text):
        doubts.add(f"{quote(match[0], 300)} looks like a note to a colleague; it was kept.", text.count("\n", 0, match.start()) + 1)
    return text


def _outside(text: str, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> str:
    """Replace what `pattern` matches, but not in scripts and style sheets."""
    if "<" not in text:
        return pattern.sub(replacement, text)
    verbatim = [(match.start(), match.end()) for match in VERBATIM.finditer(text)]
    return pattern.sub(lambda match: match[0] if any(start <= match.start() < end for start, end in verbatim) else replacement(match), text)


def _closes_own(before: str, callouts: tuple[str, ...]) -> bool:
    """Return whether the last fence that was opened before is one of ours."""
    open_fences: list[str] = []
    for match in FENCE.finditer(before):
        name = match[0].lstrip(": \t").split(" ", 1)[0]
        if name:
            open_fences.append(name)
        elif open_fences:
            open_fences.pop()
    return bool(open_fences) and open_fences[-1] in callouts


def _without_boxes(text: str, doubts: Doubts) -> str:
    """Make the title of a box bold, and put the lines in it back to the margin."""

    def title(match: re.Match[str]) -> str:
        doubts.add(f"a box ({quote(match[0])}) became plain paragraphs.", match.string.count("\n", 0, match.start()) + 1)
        return f"**{match[2] or match[1].capitalize()}**  "  # two spaces break the line

    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        if ADMONITION.match(line):
            inside = True
            lines.append(ADMONITION.sub(lambda match: match[0], line))
            continue
        inside = inside and (not line.strip() or line.startswith(("    ", "\t")))
        lines.append(re.sub(r"^(?: {4}|\t)", "", line) if inside else line)
    text = ADMONITION.sub(title, "\n".join(lines)) if ADMONITION.search(text) else text

    def alert(match: re.Match[str]) -> str:
        doubts.add(
            f"the sign {quote(match[0].strip(' >'))} before a quotation was left out.", match.string.count("\n", 0, match.start()) + 1
        )
        return match[1]

    return ALERT.sub(alert, text)


def _without_proposals(text: str, doubts: Doubts) -> str:
    """Take what somebody proposed to insert, leave out what somebody proposed to delete and comments, and say so."""

    def decided(match: re.Match[str]) -> str:
        line = match.string.count("\n", 0, match.start()) + 1
        inserted, _deleted, _old, new, comment, marked = match.groups()
        if comment is not None:
            doubts.add(f"a comment was left out: {quote(comment, 1000)}.", line)
            return ""
        if marked is not None:
            return marked
        doubts.add(f"a proposed change was taken; check it: {quote(match[0], 1000)}.", line)
        return inserted if inserted is not None else new if new is not None else ""

    return CRITIC.sub(decided, text)
