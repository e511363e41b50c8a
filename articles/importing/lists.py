"""Recognises typed lists: lines that begin with a bullet or a number."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from articles.importing.document import ListBlock, ListItem, Span
from articles.importing.doubts import Doubts
from articles.importing.elements import Element, Heading, Placed, Text, drop_start, tidy

DEEPEST = 4
"""Levels of nesting; deeper items join the last level."""

BULLET = re.compile(r"(?:([•‣◦●○■□▪▫⁃∙·➢➤►✓✔✗\uf0b7\uf0a7\uf0d8])|([-*+–—])(?=\s))\s*(?=\S)")
NUMBER = re.compile(r"(?:(\d{1,3})[.)]|\((\d{1,3})\))(?:\s+|(?=[^\W\d_]))(?=\S)")
OUTLINE_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})++\.?\s++(?=\S)")
TITLE_NUMBER = re.compile(r"(?:(X{0,3}(?:IX|IV|V?I{0,3}))|([A-Z]))[.)]\s+(?=\S)")
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
INNER_BULLETS = frozenset("◦○▪▫‣⁃")
LONE_DASHES = frozenset("–—")


@dataclass(frozen=True, slots=True)
class Mark:
    """The start of a typed item: a bullet or a number (0 for bullets). `length` includes the spaces after it."""

    sign: str
    number: int
    length: int


def mark_of(text: str) -> Mark | None:
    """Return the mark at the start of `text`, or None if there is none or no text after it."""
    if match := BULLET.match(text):
        return Mark(match[1] or match[2], 0, match.end())
    if match := NUMBER.match(text):
        return Mark("1", int(match[1] or match[2]), match.end())
    return None


@dataclass(slots=True)
class _Item:
    spans: list[Span]
    child: _List | None = None


@dataclass(slots=True)
class _List:
    sign: str
    indent: int
    content_indent: int
    start: int
    items: list[_Item] = field(default_factory=list)

    def freeze(self) -> ListBlock:
        items = tuple(ListItem(tidy(item.spans), item.child.freeze() if item.child else None) for item in self.items)
        return ListBlock(self.sign == "1", items, max(self.start, 1))


def gather(elements: list[Element], *, numbered_titles: bool, doubts: Doubts | None = None) -> list[Element]:
    """Convert runs of typed items to lists. With `numbered_titles`, single numbered titles become headings."""
    if numbered_titles:
        elements = _with_lettered_titles(elements, doubts)
    result: list[Element] = []
    plain_indent = _usual_indent(elements)
    position = 0
    last_number = 0  # of the list before, below the same title
    while position < len(elements):
        element = elements[position]
        mark = mark_of(element.text) if isinstance(element, Text) else None
        if numbered_titles and isinstance(element, Text) and OUTLINE_NUMBER.match(element.text):
            result.append(_outline_heading(element, elements[position + 1 : position + 2]))
            position += 1
        elif mark is None or not isinstance(element, Text):
            result.append(element)
            last_number = 0 if isinstance(element, Heading) else last_number
            position += 1
        else:
            end = _end_of_run(elements, position, plain_indent)
            run = [entry for entry in elements[position:end] if isinstance(entry, Text)]
            goes_on = mark.sign == "1" and mark.number == last_number + 1 > 1
            result.extend(_from_run(run, mark, elements[end : end + 1] if numbered_titles and not goes_on else []))
            numbers = [entry_mark.number for entry in run if (entry_mark := mark_of(entry.text)) and entry.indent <= element.indent]
            last_number = numbers[-1] if len(numbers) > 1 or goes_on else 0
            position = end
    return result


def _with_lettered_titles(elements: list[Element], doubts: Doubts | None) -> list[Element]:
    """Convert lines with Roman numbers or capital letters, at least two in sequence and each before other text, to headings."""
    for group in (1, 2):
        places: list[tuple[int, Text, int]] = []
        for position, entry in enumerate(elements[:-1]):
            match = TITLE_NUMBER.match(entry.text) if isinstance(entry, Text) else None
            if not isinstance(entry, Text) or match is None or not could_be_numbered_title(entry.text[match.end() :]):
                continue
            value = _roman(entry.text.split(".")[0].split(")")[0]) if group == 1 else ord(entry.text[0]) - ord("A") + 1
            if (group == 2 or match[1]) and value == len(places) + 1:
                places.append((position, entry, match.end()))
        if len(places) < 2 or any(second[0] - first[0] < 2 for first, second in itertools.pairwise(places)):
            continue
        elements = list(elements)
        for position, entry, end in places:
            elements[position] = Heading(entry.line, 2, entry.text[end:].strip())
        if doubts is not None:
            doubts.add_group("taken as a section title, without its number or letter", [(entry.line, entry.text) for _, entry, _ in places])
        break
    return elements


def _roman(sign: str) -> int:
    values = [ROMAN_VALUES.get(letter, 0) for letter in sign]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))


def _usual_indent(elements: list[Element]) -> int:
    """Return the most common indent of unmarked lines. Lines at this indent are prose, not continuations of items."""
    indents = Counter(entry.indent for entry in elements if isinstance(entry, Text) and mark_of(entry.text) is None)
    return indents.most_common(1)[0][0] if indents else 0


def _end_of_run(elements: list[Element], start: int, plain_indent: int) -> int:
    """Return the position after the last item, or its continuation, of the list that begins at `start`."""
    first = elements[start]
    content_indent = 0
    numbers: list[int] = []  # of the items at the level of the first one
    for position in range(start, len(elements)):
        entry = elements[position]
        if not isinstance(entry, Text) or not isinstance(first, Text):
            return position
        mark = mark_of(entry.text)
        if mark:
            if position > start and _begins_new_list(first, numbers, entry, mark):
                return position
            if entry.indent <= first.indent:
                numbers.append(mark.number)
            content_indent = entry.indent + mark.length
        elif not (entry.indent > plain_indent and content_indent - 1 <= entry.indent <= content_indent + 2):
            return position
    return len(elements)


def _begins_new_list(first: Text, numbers: list[int], entry: Text, mark: Mark) -> bool:
    """Return whether a marked line after an empty one begins another list, being of another kind or out of sequence."""
    if not entry.blank_before or entry.indent > first.indent:
        return False
    first_mark = mark_of(first.text)
    if first_mark is None or (first_mark.sign == "1") != (mark.sign == "1"):
        return True
    return mark.sign == "1" and mark.number != numbers[-1] + 1 and not mark.number == numbers[-1] == 1


def _from_run(run: list[Text], mark: Mark, following: list[Element]) -> list[Element]:
    first = run[0]
    if len(run) == 1:
        if mark.sign in LONE_DASHES:
            return [first]  # a single line with a dash is dialogue or an aside
        prose_follows = bool(following) and not isinstance(following[0], Heading)
        if mark.sign == "1" and prose_follows and could_be_numbered_title(first.text[mark.length :]):
            return [Heading(first.line, 2, first.text[mark.length :].strip())]
    return [Placed(first.line, _nest(run))]


def _outline_heading(element: Text, following: list[Element]) -> Element:
    """Convert "2.1 Title" to a sub-heading if something follows and it looks like a title."""
    match = OUTLINE_NUMBER.match(element.text)
    words = element.text[match.end() :].strip() if match else ""
    return Heading(element.line, 3, words) if following and could_be_numbered_title(words) else element


def could_be_numbered_title(words: str) -> bool:
    """Return whether the text after a number looks like a title: short, and without a full stop."""
    return bool(words) and len(words.split()) <= 14 and not words.rstrip().endswith((".", ";", ",", ":")) and not words[:1].islower()


def _nest(run: list[Text]) -> ListBlock:
    root: _List | None = None
    stack: list[_List] = []
    for entry in run:
        mark = mark_of(entry.text)
        if mark is None:
            if stack:
                stack[-1].items[-1].spans.extend([Span(" "), *entry.spans])
            continue
        while len(stack) > 1 and _leaves(stack, entry, mark):
            stack.pop()
        if root is None or _goes_deeper(stack, entry, mark):
            inner = _List(mark.sign, entry.indent, entry.indent + mark.length, mark.number)
            if root is None:
                root = inner
            else:
                stack[-1].items[-1].child = inner
            stack.append(inner)
        stack[-1].items.append(_Item(list(drop_start(entry.spans, mark.length))))
    if root is None:  # not reached: a run begins with a mark
        return ListBlock(False, tuple(ListItem(tidy(entry.spans)) for entry in run))
    return root.freeze()


def _leaves(stack: list[_List], entry: Text, mark: Mark) -> bool:
    """Return whether an item ends the innermost list: less indented, or with the outer bullet (Word nests as • o ▪)."""
    inner, outer = stack[-1], stack[-2]
    return entry.indent < inner.indent or (entry.indent == inner.indent == outer.indent and outer.sign == mark.sign)


def _goes_deeper(stack: list[_List], entry: Text, mark: Mark) -> bool:
    if len(stack) >= DEEPEST or stack[-1].items[-1].child is not None:
        return False
    current = stack[-1]
    if entry.indent >= current.indent + 2:
        return True
    return entry.indent == current.indent and mark.sign in INNER_BULLETS and current.sign not in INNER_BULLETS
