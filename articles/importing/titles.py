"""Recognises titles without mark-up: short, capitalised lines that don't end like a sentence."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from articles.importing.document import ListBlock, ListItem
from articles.importing.doubts import Doubts, quote
from articles.importing.elements import SENTENCE_END, TITLE_LEVEL, Element, Heading, Placed, Text

LONGEST_SECTION_TITLE = 100
"""Characters; the longest section titles on health sites have about 80."""
LONGEST_TITLE = 160
MOST_WORDS = 16
PROSE_WORDS = 12
"""Texts with at least this many words are prose."""

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
INNER_SENTENCE = re.compile(r"(?<!\bvs)(?<!\bDr)(?<!\bSt)(?<!\bMr)(?<!\bMs)(?<!\bMrs)\.\s+[^\W\d_]")
BYLINE = re.compile(
    r"(by|written by|(medically |clinically )?reviewed( by)?|(last )?(updated|modified)|published|posted|"
    r"escrito por|revisado|actualizado|publicado)\b[:\s]",
    re.IGNORECASE,
)
SMALL_WORDS = {
    "a", "about", "after", "against", "among", "an", "and", "are", "as", "at", "be", "before", "between", "but", "by", "can", "do",
    "does", "during", "for", "from", "how", "if", "in", "into", "is", "it", "its", "nor", "of", "off", "on", "onto", "or", "over",
    "per", "so", "than", "that", "the", "their", "this", "through", "to", "under", "up", "upon", "via", "vs", "was", "what", "when",
    "which", "while", "who", "why", "will", "with", "within", "without", "you", "your",
    "al", "ante", "cada", "como", "con", "cuando", "cuánto", "de", "del", "desde", "e", "el", "en", "entre", "es", "hacia", "hasta",
    "la", "las", "lo", "los", "más", "o", "para", "pero", "por", "que", "qué", "se", "según", "ser", "si", "sin", "sobre", "son",
    "su", "sus", "tras", "u", "un", "una", "y",
}  # fmt: skip
TITLE_CASE = 0.75
"""The share of words that must be capitalised, not counting SMALL_WORDS. A title may have words like "iPhone"."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a line: "strong" is a title by itself, "weak" only if prose follows, "none" isn't a title."""

    strength: str
    ends_like_sentence: bool = False


NO_TITLE = Shape("none")


def is_title_case(text: str) -> bool:
    """Return whether `text` is in title case ("Signs of Withdrawal"). False for single words, which are ambiguous."""
    words = WORD.findall(text)
    matter = [word for word in words if word.lower() not in SMALL_WORDS]
    if not words or len(matter) < 2 or not words[0][0].isupper():
        return False
    return sum(word[0].isupper() for word in matter) >= TITLE_CASE * len(matter)


def is_upper_case(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 3 and all(letter.isupper() for letter in letters)


def shape_of(text: str, all_strong: bool = False) -> Shape:
    """Return the form of a line, judged by its text and whether all of it is bold (`all_strong`)."""
    stripped = text.strip().rstrip("\"'”’»)")
    words = text.split()
    first = next((letter for letter in text if letter.isalnum()), "")
    if not any(letter.isalpha() for letter in text) or len(text) > LONGEST_SECTION_TITLE or len(words) > MOST_WORDS or first.islower():
        return NO_TITLE
    if INNER_SENTENCE.search(text) or BYLINE.match(text) or "@" in text or "://" in text:
        return NO_TITLE
    strong = is_title_case(text) or is_upper_case(text) or all_strong
    if stripped.endswith((".", ":", "…", "。")):
        return Shape("none", ends_like_sentence=strong and len(words) <= 12)
    if stripped.endswith((";", ",", "-", "–", "—")) or (stripped.endswith("!") and not strong):
        return NO_TITLE
    return Shape("strong" if strong else "weak")


def promote(elements: list[Element], doubts: Doubts, stated_title: str = "", *, document_title: bool = True) -> list[Element]:
    """Convert unmarked titles to headings, and with `document_title` the first one to the document's title.

    With a `stated_title` the first line becomes the title only if it is the same.
    """
    if not document_title:
        pass
    elif not stated_title or (elements and isinstance(elements[0], Text) and elements[0].text.casefold() == stated_title.casefold()):
        elements = _with_document_title(elements, doubts)
    return _Promotion(_with_unmarked_lists(elements, doubts), doubts).promoted()


def doubt_unmarked_titles(elements: list[Element], doubts: Doubts) -> list[Element]:
    """Report lines that look like section titles in a document that marks others as such. Lists without bullets are recognised."""
    lookalikes = [
        (entry.line, entry.text)
        for entry, following in itertools.pairwise(elements)
        if isinstance(entry, Text)
        and entry is not elements[0]
        and not isinstance(following, Heading)
        and not entry.is_term
        and (entry.all_strong or is_upper_case(entry.text))
        and _stands_alone(entry)
    ]
    doubts.add_group("bold or in capitals like a section title, but not marked as one; kept as a paragraph", lookalikes)
    return _with_unmarked_lists(elements, doubts, after_breaks=True)


def _stands_alone(text: Text) -> bool:
    shape = shape_of(text.text, text.all_strong)
    return shape.strength != "none" or (shape.ends_like_sentence and text.text.endswith(":"))


def _with_document_title(elements: list[Element], doubts: Doubts) -> list[Element]:
    first = elements[0] if elements else None
    if isinstance(first, Heading):
        return [Heading(first.line, TITLE_LEVEL, first.text), *elements[1:]]
    if not isinstance(first, Text) or not could_be_document_title(first):
        return elements
    if first.text.endswith("."):
        doubts.add(f"{quote(first.text)} was taken as the title, though it ends like a sentence.", first.line)
    return [Heading(first.line, TITLE_LEVEL, first.text), *elements[1:]]


def could_be_document_title(text: Text) -> bool:
    """Return whether the first paragraph of a document can be its title: short, and not a sentence unless in title case."""
    words = text.text
    if len(words) > LONGEST_TITLE or BYLINE.match(words) or not any(letter.isalpha() for letter in words):
        return False
    if words.endswith((",", ";", ":")) or INNER_SENTENCE.search(words) or "://" in words:
        return False
    return not words.endswith((".", "。")) or is_title_case(words) or is_upper_case(words)


def _with_unmarked_lists(elements: list[Element], doubts: Doubts, *, after_breaks: bool = False) -> list[Element]:
    """Convert short lines after a line with a colon to lists, since their bullets were probably lost.

    With `after_breaks`, only lines of the same paragraph are.
    """
    result: list[Element] = []
    position = 0
    while position < len(elements):
        entry = elements[position]
        result.append(entry)
        position += 1
        if not (isinstance(entry, Text) and entry.text.endswith(":")):
            continue
        run = _short_lines(elements, position, after_breaks)
        if len(run) >= 2 and _last_is_title(run, elements[position + len(run) : position + len(run) + 1]):
            run.pop()
        if len(run) >= 2:
            items = tuple(ListItem(text.spans) for text in run)
            result.append(Placed(run[0].line, ListBlock(False, items)))
            ends = f"from {quote(run[0].text)} to {quote(run[-1].text)}"
            doubts.add(f"{len(run)} short lines after a line with a colon were made a list, {ends}.", run[0].line)
            position += len(run)
    return result


def _short_lines(elements: list[Element], start: int, after_breaks: bool) -> list[Text]:
    run: list[Text] = []
    for position in range(start, len(elements)):
        entry = elements[position]
        if not isinstance(entry, Text) or len(entry.text.split()) >= PROSE_WORDS or entry.text.endswith((".", ":", "?", "!")):
            break
        if (after_breaks and not entry.after_break) or (not after_breaks and run and run[-1].after_break and not entry.after_break):
            break
        run.append(entry)
    return run


def _last_is_title(run: list[Text], following: list[Element]) -> bool:
    prose_follows = bool(following) and isinstance(following[0], Text)
    odd_one = run[-1].blank_before and not run[-2].blank_before
    return prose_follows and (odd_one or shape_of(run[-1].text, run[-1].all_strong).strength == "strong")


class _Promotion:
    """Decides which texts are section titles."""

    def __init__(self, elements: list[Element], doubts: Doubts) -> None:
        self._elements = elements
        self._doubts = doubts
        self._shapes = [
            shape_of(entry.text, entry.all_strong) if isinstance(entry, Text) and not entry.is_term else NO_TITLE for entry in elements
        ]
        self._has_marked_titles = sum(isinstance(entry, Heading) for entry in elements) > 1
        self._result = list(elements)
        self._weak: list[tuple[int, str]] = []

    def promoted(self) -> list[Element]:
        position = 0
        while position < len(self._elements):
            end = position
            while end < len(self._elements) and self._shapes[end].strength != "none":
                end += 1
            if end > position:
                self._judge_run(position, end)
            elif isinstance(entry := self._elements[position], Text):
                self._doubt_lookalike(position, entry)
            position = max(end, position + 1)
        self._doubts.add_group("taken as a section title, being short and without a full stop", self._weak)
        self._lower_below_capitals()
        return self._result

    def _judge_run(self, start: int, end: int) -> None:
        """Judge adjacent lines that all look like titles. Only a line with content after it can be one."""
        texts = [entry for entry in self._elements[start:end] if isinstance(entry, Text)]
        last, strong = texts[-1], self._shapes[end - 1].strength == "strong"
        has_content = end < len(self._elements) and not isinstance(self._elements[end], Heading)
        if has_content and strong:
            self._result[end - 1] = Heading(last.line, 2, last.text)
        elif has_content and not self._has_marked_titles and self._stands_before_prose(end - 1, last):
            self._result[end - 1] = Heading(last.line, 2, last.text)
            self._weak.append((last.line, last.text))
        elif strong and len(texts) == 1:
            self._doubts.add(f"{quote(last.text)} looks like a section title but no text follows; kept as a paragraph.", last.line)
        if len(texts) > 1:
            self._judge_earlier(texts, start, end)

    def _judge_earlier(self, texts: list[Text], start: int, end: int) -> None:
        """Judge the lines of a run before its last: two titles in a row are a section and a sub-heading, more aren't titles."""
        first, last = texts[0], texts[-1]
        both_strong = self._shapes[start].strength == self._shapes[end - 1].strength == "strong"
        if len(texts) == 2 and both_strong and isinstance(self._result[end - 1], Heading):
            self._result[start] = Heading(first.line, 2, first.text)
            self._result[end - 1] = Heading(last.line, 3, last.text)
            self._doubts.add(f"two titles in a row; {quote(last.text)} was made a sub-heading of {quote(first.text)}.", last.line)
            return
        kept = [text for text, entry in zip(texts, self._result[start:end], strict=True) if isinstance(entry, Text)]
        if len(kept) == 1:
            self._doubts.add(f"{quote(kept[0].text)} might be a title or an item of a list; kept as a paragraph.", kept[0].line)
            return
        ends = f"from {quote(kept[0].text)} to {quote(kept[-1].text)}"
        self._doubts.add(f"{len(kept)} short lines might be titles or a list; kept as paragraphs, {ends}.", kept[0].line)

    def _stands_before_prose(self, position: int, line: Text) -> bool:
        """Return whether a line is between the end of a sentence (or a list, or nothing) and prose or a list."""
        before = self._elements[position - 1] if position else None
        after = self._elements[position + 1]
        closed = not isinstance(before, Text) or before.text.rstrip("\"'”’)").endswith((".", "!", "?", "…"))
        introduces = not isinstance(after, Text) or len(after.text.split()) >= PROSE_WORDS or after.text.endswith(SENTENCE_END)
        return closed and introduces and len(line.text.split()) <= 10

    def _doubt_lookalike(self, position: int, entry: Text) -> None:
        """Add a doubt for a paragraph that looks like a title except for its end, or a very short sentence among long ones."""
        following = self._elements[position + 1] if position + 1 < len(self._elements) else None
        words = len(entry.text.split())
        ends_like_sentence = self._shapes[position].ends_like_sentence
        if entry.text.endswith(":"):
            before_prose = isinstance(following, Text) and words <= 6 and len(following.text.split()) >= 8
            if before_prose or (ends_like_sentence and isinstance(following, Text)):
                self._doubts.add(f"{quote(entry.text)} looks like a section title but ends with a colon; kept as a paragraph.", entry.line)
            return
        if BYLINE.match(entry.text) and words < PROSE_WORDS:
            self._doubts.add(f"{quote(entry.text)} looks like a byline or a date; kept as a paragraph.", entry.line)
            return
        before = self._elements[position - 1] if position else None
        among_prose = isinstance(following, Text) and len(following.text.split()) >= PROSE_WORDS and not isinstance(before, Heading)
        short_sentence = among_prose and 2 <= words <= 6 and entry.text.endswith((".", "!")) and entry.text[:1].isupper()
        if ends_like_sentence or short_sentence:
            self._doubts.add(f"{quote(entry.text)} looks like a section title but ends like a sentence; kept as a paragraph.", entry.line)

    def _lower_below_capitals(self) -> None:
        """If section titles are in capitals, make other titles between them sub-headings."""
        sections = [entry for entry in self._result if isinstance(entry, Heading) and entry.level == 2]
        capitals = sum(is_upper_case(entry.text) for entry in sections)
        if capitals < 2 or capitals == len(sections) or not is_upper_case(sections[0].text):
            return
        lowered = [entry for entry in sections if not is_upper_case(entry.text)]
        for entry in lowered:
            entry.level = 3
        places = [(entry.line, entry.text) for entry in lowered]
        self._doubts.add_group("made a sub-heading, since the section titles are in capitals", places)
