"""Counts the words of a file and of its guide, so that none is lost without a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from articles.importing.document import Block, ImportedGuide, SubHeading, WordCount
from articles.importing.elements import words_of_block

WORD = re.compile(r"[^\W_]+")
MARKS = re.compile(r"[a-z]|[ivx]{1,4}|\d{1,3}[º°ª]?", re.IGNORECASE)
"""Signs before items of a list, which become its numbers."""
MOST_NAMED = 40


def counted(guide: ImportedGuide, text: str) -> ImportedGuide:
    """Return `guide` with the count of the words in `text`, all that was read. Words that no doubt names get a doubt of their own."""
    read = words_in(text)
    kept = Counter(words_in(" ".join(_texts(guide))))
    missing = _without(read, kept)
    guide.words = WordCount(len(read), sum(kept.values()), tuple(missing))
    named = Counter(words_in(" ".join(guide.doubts)))
    unnamed = [word for word in _without(missing, named) if not MARKS.fullmatch(word)]
    if unnamed:
        more = f" and {len(unnamed) - MOST_NAMED} more" if len(unnamed) > MOST_NAMED else ""
        guide.doubts.append(f"These words of the file are not in the guide; look where they were: {' '.join(unnamed[:MOST_NAMED])}{more}.")
    return guide


def words_in(text: str) -> list[str]:
    return WORD.findall(text)


def _without(words: Iterable[str], others: Counter[str]) -> list[str]:
    """Return the words that occur more often than in `others`, in their order."""
    left = Counter(others)
    result = []
    for word in words:
        if left[word] > 0:
            left[word] -= 1
        else:
            result.append(word)
    return result


def _texts(guide: ImportedGuide) -> Iterable[str]:
    yield guide.title
    for section in guide.sections:
        yield section.title
        yield from map(_text, section.blocks)
    if guide.contact_block:
        yield guide.contact_block.heading
        yield guide.contact_block.text


def _text(block: Block) -> str:
    return block.text if isinstance(block, SubHeading) else words_of_block(block)
