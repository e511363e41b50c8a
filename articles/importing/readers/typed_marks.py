"""Rewrites how people and programs mark up plain text, line by line: letters as item numbers, page heads, quoted e-mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from articles.importing.doubts import Doubts

LEFT_OUT = "\x00"
"""A line that was left out. It doesn't end a paragraph, as an empty one does."""
SPANISH_NUMBER = re.compile(r"^(\s*)(\d{1,2})(?:\.-|[º°ª])[ \t]*(?=\S)")
DECORATED = re.compile(r"^\s*([=*~_-]{1,6})[ \t]+([^\W\d_]\S*(?:[ \t]+\S+){0,12}?)[ \t]+([=*~_-]{1,6})[ \t]*$")
"""A title between signs: "== Signs ==", "-- What helps --"."""
LETTER = re.compile(r"^(\s*)\(?([a-z])[.)][ \t]+(?=\S)")
ROMAN = re.compile(r"^(\s*)\(?(i{1,3}|iv|vi{0,3}|ix|x)[.)][ \t]+(?=\S)")
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
NEAR = 8
"""Lines within which the next letter of a list must follow."""
PAGE = r"(?:page|página|pág\.?|seite)\s*\d{1,4}"
OF_PAGES = re.compile(rf"^(.*\b)?{PAGE}\s*(?:of|de|/|von)\s*\d{{1,4}}(?!\d)(.{{0,60}})$", re.IGNORECASE)
ONE_PAGE = re.compile(rf"^(?:{PAGE}\b.{{0,60}}|.{{0,60}}[\s|·–-]{PAGE})$", re.IGNORECASE)
HEAD_AND_NUMBER = re.compile(r"(?:[^\W\d_]\S*\s+){2,8}(?:[|·–-]\s+)?\d{1,3}$|\d{1,3}\s+(?:[|·–-]\s+)?(?:[^\W\d_]\S*\s+){1,7}[^\W\d_]\S*$")
LONE_NUMBER = re.compile(r"^[\s–—-]*\d{1,3}[\s–—-]*$")
QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+")
LONGEST_HEAD = 120


def rewrite(text: str, doubts: Doubts) -> str:
    """Return `text` with as many lines as before, and a doubt for everything that was left out or changed."""
    lines = text.split("\n")
    _unquote(lines, doubts)
    _leave_out_page_heads(lines, doubts)
    for number, line in enumerate(lines):
        lines[number] = SPANISH_NUMBER.sub(r"\1\2. ", line)
        if (match := DECORATED.match(line)) and match[1][0] == match[3][0] and len(line) <= LONGEST_HEAD:
            lines[number] = match[2]
    return with_numbers("\n".join(lines), doubts)


def with_numbers(text: str, doubts: Doubts) -> str:
    """Return `text` with numbers in place of the letters and Roman numbers that count the items of a list."""
    lines = text.split("\n")
    _count_letters(lines, ROMAN, "Roman numbers", lambda sign: ROMANS.index(sign) + 1, doubts)
    _count_letters(lines, LETTER, "letters", lambda sign: ord(sign) - ord("a") + 1, doubts)
    return "\n".join(lines)


def _unquote(lines: list[str], doubts: Doubts) -> None:
    quoted = [number for number, line in enumerate(lines) if QUOTED.match(line)]
    if not quoted:
        return
    if len(quoted) >= 3:
        for number in quoted:
            lines[number] = QUOTED.sub("", lines[number])
    what = "the signs > of a quoted e-mail were left out" if len(quoted) >= 3 else "the sign > may be that of a quoted e-mail; it was kept"
    doubts.add(f"{what}; {len(quoted)} lines begin with it." if len(quoted) > 1 else f"{what}.", quoted[0] + 1)


def _leave_out_page_heads(lines: list[str], doubts: Doubts) -> None:
    """Leave out the heads and numbers of pages that a copy from a PDF has between its paragraphs."""
    stripped = [" ".join(line.replace("\f", " ").split()) for line in lines]
    alike = Counter(re.sub(r"\d+", "#", line) for line in stripped if ONE_PAGE.match(line))
    heads = {
        number
        for number, line in enumerate(stripped)
        if 0 < len(line) <= LONGEST_HEAD
        and (
            ((match := OF_PAGES.match(line)) is not None and not (match[2] or "").strip().endswith("."))
            or alike[re.sub(r"\d+", "#", line)] > 1
        )
    }
    lone = [
        number
        for number, line in enumerate(stripped)
        if _is_dashed(line) or (LONE_NUMBER.match(line) is not None and not line.startswith(("-", "–", "—")))
    ]
    values = [int(re.sub(r"\D", "", stripped[number])) for number in lone]
    from_pages = bool(heads) or any("\f" in line for line in lines) or (len(lone) > 1 and values == sorted(set(values)))
    if from_pages:
        heads |= set(lone)
        repeated = {line for line, count in Counter(stripped).items() if count >= 3 and 0 < len(line) <= 60 and line[0].isalpha()}
        heads |= {number for number, line in enumerate(stripped) if line in repeated}
    else:
        likely = Counter(re.sub(r"\d+", "#", line) for line in stripped if len(line) <= LONGEST_HEAD and HEAD_AND_NUMBER.match(line))
        doubts.add_group(
            "differs from other lines in a number only, as the heads of pages do; kept",
            [(number + 1, line) for number, line in enumerate(stripped) if likely[re.sub(r"\d+", "#", line)] > 2],
        )
        doubts.add_group("a number alone on its line may be that of a page", [(number + 1, stripped[number]) for number in lone])
    doubts.add_group("the head or number of a page was left out", [(number + 1, stripped[number]) for number in sorted(heads)])
    for number in heads:
        lines[number] = LEFT_OUT


def _is_dashed(line: str) -> bool:
    return re.fullmatch(r"[–—-]\s*\d{1,3}\s*[–—-]", line) is not None


def _count_letters(lines: list[str], pattern: re.Pattern[str], what: str, value: Callable[[str], int], doubts: Doubts) -> None:
    """Make numbers of letters that count items: "a)" with a "b)" after it at the same indent."""
    marks = {number: match for number, line in enumerate(lines) if (match := pattern.match(line))}
    expected: dict[str, tuple[int, int]] = {}
    runs: list[list[int]] = []
    for number, match in marks.items():
        indent, place = match[1].expandtabs(4), value(match[2])
        run, last = expected.get(indent, (-1, -NEAR))
        if place == 1:
            runs.append([number])
            expected[indent] = (len(runs) - 1, number)
        elif run >= 0 and number - last <= NEAR and place == len(runs[run]) + 1:
            runs[run].append(number)
            expected[indent] = (run, number)
    changed: list[tuple[int, str]] = []
    for run_lines in runs:
        if len(run_lines) < 2:
            continue
        changed.append((run_lines[0] + 1, lines[run_lines[0]].strip()))
        for place, number in enumerate(run_lines, start=1):
            lines[number] = pattern.sub(rf"\g<1>{place}. ", lines[number])
    doubts.add_group(f"the {what} of a list became numbers; check what the text says about them", changed)
