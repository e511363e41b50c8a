"""Finds lists that were typed by hand: lines that begin with a bullet or a number."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from articles.importing.document import ListBlock, ListItem, Span
from articles.importing.elements import Element, Heading, Placed, Text, drop_start, tidy

DEEPEST = 4
"""Levels of nesting that are kept; items below join the last level."""

BULLET = re.compile(r"(?:([•‣◦●○■□▪▫⁃∙·➢➤►✓✔✗\uf0b7\uf0a7\uf0d8])|([-*+–—])(?=\s))\s*(?=\S)")
NUMBER = re.compile(r"(?:(\d{1,3})[.)]|\((\d{1,3})\))(?:\s+|(?=[^\W\d_]))(?=\S)")
OUTLINE_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+(?=\S)")
INNER_BULLETS = frozenset("◦○▪▫‣⁃")
LONE_DASHES = frozenset("–—")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a typed item begins with: a bullet's sign, or a number (0 for bullets); `length` counts its characters and spaces."""

    sign: str
    number: int
    length: int


def mark_of(text: str) -> Mark | None:
    """The mark at the start of `text`, if there is one and words follow it."""
    if found := BULLET.match(text):
        return Mark(found[1] or found[2], 0, found.end())
    if found := NUMBER.match(text):
        return Mark("1", int(found[1] or found[2]), found.end())
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


def gather(elements: list[Element], *, numbered_titles: bool) -> list[Element]:
    """`elements` with runs of typed items made lists and, where titles have no mark-up, lone numbered titles made headings."""
    result: list[Element] = []
    plain_indent = _usual_indent(elements)
    position = 0
    while position < len(elements):
        element = elements[position]
        mark = mark_of(element.text) if isinstance(element, Text) else None
        if numbered_titles and isinstance(element, Text) and OUTLINE_NUMBER.match(element.text):
            result.append(_outline_heading(element, elements[position + 1 : position + 2]))
            position += 1
        elif mark is None or not isinstance(element, Text):
            result.append(element)
            position += 1
        else:
            end = _end_of_run(elements, position, plain_indent)
            run = [entry for entry in elements[position:end] if isinstance(entry, Text)]
            result.extend(_made_of(run, mark, elements[end : end + 1] if numbered_titles else []))
            position = end
    return result


def _usual_indent(elements: list[Element]) -> int:
    """The indent that unmarked lines have most often: at this depth a line is prose, not the continuation of an item."""
    indents = Counter(entry.indent for entry in elements if isinstance(entry, Text) and mark_of(entry.text) is None)
    return indents.most_common(1)[0][0] if indents else 0


def _end_of_run(elements: list[Element], start: int, plain_indent: int) -> int:
    """The position after the last item (or continuation of an item) of the list that begins at `start`."""
    first = elements[start]
    content_indent = 0
    numbers: list[int] = []  # of the items as deep as the first
    for position in range(start, len(elements)):
        entry = elements[position]
        if not isinstance(entry, Text) or not isinstance(first, Text):
            return position
        mark = mark_of(entry.text)
        if mark:
            if position > start and _begins_anew(first, numbers, entry, mark):
                return position
            if entry.indent <= first.indent:
                numbers.append(mark.number)
            content_indent = entry.indent + mark.length
        elif not (entry.indent > plain_indent and content_indent - 1 <= entry.indent <= content_indent + 2):
            return position
    return len(elements)


def _begins_anew(first: Text, numbers: list[int], entry: Text, mark: Mark) -> bool:
    """Whether a marked line after an empty one opens another list: as deep as the first, but of another kind or numbered from elsewhere."""
    if not entry.blank_before or entry.indent > first.indent:
        return False
    first_mark = mark_of(first.text)
    if first_mark is None or (first_mark.sign == "1") != (mark.sign == "1"):
        return True
    return mark.sign == "1" and mark.number != numbers[-1] + 1 and not mark.number == numbers[-1] == 1


def _made_of(run: list[Text], mark: Mark, following: list[Element]) -> list[Element]:
    first = run[0]
    if len(run) == 1:
        if mark.sign in LONE_DASHES:
            return [first]  # one dash at the start of one line is a dialogue or an aside
        prose_follows = bool(following) and not isinstance(following[0], Heading)
        if mark.sign == "1" and prose_follows and could_be_numbered_title(first.text[mark.length :]):
            return [Heading(first.line, 2, first.text[mark.length :].strip())]
    return [Placed(first.line, _nest(run))]


def _outline_heading(element: Text, following: list[Element]) -> Element:
    """ "2.1 Title" becomes a sub-heading when words that are no title follow."""
    found = OUTLINE_NUMBER.match(element.text)
    words = element.text[found.end() :].strip() if found else ""
    return Heading(element.line, 3, words) if following and could_be_numbered_title(words) else element


def could_be_numbered_title(words: str) -> bool:
    """Whether the words after a number look like a title: few, and no full stop at the end."""
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
    if root is None:  # a run begins with a mark
        return ListBlock(False, tuple(ListItem(tidy(entry.spans)) for entry in run))
    return root.freeze()


def _leaves(stack: list[_List], entry: Text, mark: Mark) -> bool:
    """Whether an item ends the innermost list: less indented, or with the outer list's sign (Word nests by sign alone: • o ▪)."""
    inner, outer = stack[-1], stack[-2]
    return entry.indent < inner.indent or (entry.indent == inner.indent == outer.indent and outer.sign == mark.sign)


def _goes_deeper(stack: list[_List], entry: Text, mark: Mark) -> bool:
    if len(stack) >= DEEPEST or stack[-1].items[-1].child is not None:
        return False
    current = stack[-1]
    if entry.indent >= current.indent + 2:
        return True
    return entry.indent == current.indent and mark.sign in INNER_BULLETS and current.sign not in INNER_BULLETS
