"""Makes danger/data/common_words.txt: ordinary words that are near a word of danger, so that they are not taken for a misspelt one.

They come from the sample vocabularies of the Snowball project (BSD 3-Clause), of which only the words within reach of ours are kept
(of the English ones, those that a spelling dictionary knows: novels spell as people speak), and from our own everyday sentences.
Whoever adds a word to a concept builds the file again: `manage.py train_danger --vocabularies FOLDER`, with voc.txt of Snowball's
"english" and "spanish" in FOLDER as en.txt and es.txt.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from danger import grammar
from danger.concepts import SHORTEST_MISSPELT
from danger.corpus import collection
from danger.text import SOUNDS, as_spelt, fold, sentences

PATH = grammar.FOLDER / "common_words.txt"
WIDTH = 138
HEADER = """\
# Ordinary words that are no misspelling of a word of danger: danger/corpus/common_words.py says how this file is made.
# From the sample vocabularies of the Snowball project (https://github.com/snowballstem/snowball-data), Copyright (c) 2001, Dr Martin
# Porter; Copyright (c) 2004,2005, Richard Boulton; under the BSD 3-Clause licence in common_words.LICENSE; and from our own sentences.
"""


def build(vocabularies: Path) -> int:
    """Write the file from the vocabularies of a folder (<language>.txt); return how many words it has. Raises OSError."""
    lists = {code: _words((vocabularies / f"{code}.txt").read_text(encoding="utf-8").splitlines()) for code in grammar.languages()}
    for line in collection.sentences():
        if line.kind == collection.ORDINARY:
            lists[line.language] |= _words(word for sentence in sentences(line.text) for word in sentence.words)
    text, count = HEADER, 0
    near = _near({word for words in lists.values() for word in words})
    for code, words in lists.items():
        kept = sorted(words & near)
        count += len(kept)
        text += f"# {code}\n" + "\n".join(_lines(kept)) + "\n"
    PATH.write_text(text, encoding="utf-8")
    return count


def _words(listed: Iterable[str]) -> set[str]:
    return {word for each in listed if len(word := fold(each.strip())) >= SHORTEST_MISSPELT and re.fullmatch("[a-z]+", word)}


def _near(words: set[str]) -> set[str]:
    """Return the words that one of the grammars could take for a misspelt word of its own."""
    ours, near = set(), set()
    for code, known in grammar.grammars().items():
        sound = SOUNDS.get(code, as_spelt)
        for word in words:
            heard = sound(word)
            if heard in known.words or known.is_stem_of(heard):
                ours.add(word)
            elif len(heard) >= SHORTEST_MISSPELT and known.nearest(heard):
                near.add(word)
    return near - ours  # a word of danger in one language is not ordinary in the other


def _lines(words: list[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if len(line) + len(word) + 1 > WIDTH:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line
