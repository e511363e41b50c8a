"""Finds concepts in a sentence (what is taken, how much, who, when), and the rules whose concepts occur together.

The words are in danger/data/en.toml and es.toml, which explain the notation. static/js/danger.js is the same in JavaScript.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

GAP, MOST_BETWEEN = "…", 2  # “wake … up”: the most words that may be in the gap
SHORTEST_MISSPELT, SHORTEST_MISSPELT_TWICE = 6, 9  # letters
WINDOW = 12  # words between the first and the last concept of a rule
CLOSE = 3  # words between two concepts with ">>"
# Numbers as words, so that “three days” is read as “3 days”.
NUMBERS = frozenset(
    re.findall(
        "[a-z]+",
        "one two three four five six seven eight nine ten eleven twelve couple few several "
        "un una dos tres cuatro cinco seis siete ocho nueve dies once dose unos unas barios barias diez doce varios varias",
    )
)
CLASSES: dict[str, Callable[[str], bool]] = {
    "#n": lambda word: word.isdigit() or word in NUMBERS,
    "#many": lambda word: word.isdigit() and 10 <= int(word[:4]) < 1000,
    "#minor": lambda word: word.isdigit() and len(word) < 3 and 8 <= int(word) < 18,
    "#year": lambda word: len(word) == 4 and word.isdigit() and word[:2] in ("19", "20"),
}

Place = tuple[int, int]  # the number of the first word, and of the word after the last
Places = dict[str, list[Place]]


class Word(NamedTuple):
    """A word as it sounds, the listed words it may stand for, and the phrases (with their concepts) that may begin with it."""

    sound: str
    meant: tuple[str, ...]
    entries: list[tuple[tuple[str, ...], str]]


@dataclass(frozen=True)
class Rule:
    """Concepts that together are a sign.

    Each slot has alternative concepts, and their position relative to the slot before ("" any, ">" after, ">>" close after). The
    concepts must occur within `window` words, and none of `unless` in the sentence. `guarded` rules are bare names, which a denial, a
    question or a topic makes harmless. `over_two` rules may continue in the next sentence. `in_grief` rules hold although somebody died.
    """

    code: str
    level: str
    slots: tuple[tuple[tuple[str, ...], str], ...]
    window: int
    unless: tuple[str, ...]
    guarded: bool
    over_two: bool
    in_grief: bool


def parse_rule(code: str, level: str, text: str, *, guarded: bool) -> Rule:
    """Return the rule for a line of the data file."""
    slots: list[tuple[tuple[str, ...], str]] = []
    window, order, unless, flags = WINDOW, "", [], set()
    for part in text.split():
        if part in (">", ">>"):
            order = part
        elif part[0] == "/":
            window = int(part[1:])
        elif part[0] == "!":
            unless.append(part[1:])
        elif part in "?&~":
            flags.add(part)
        else:
            slots.append((tuple(part.split("|")), order))
            order = ""
    return Rule(code, level, tuple(slots), window, tuple(unless), guarded or "?" in flags, "&" in flags, "~" in flags)


class Grammar:
    """The concepts and rules of one language."""

    def __init__(self, data: dict[str, Any], ordinary: Iterable[str], sound: Callable[[str], str]) -> None:
        self.sound = sound
        self.ordinary = frozenset(ordinary)
        # Phrases by their first word, or by their first two where both are plain words.
        self.by_word: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.by_pair: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}
        self.by_stem: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.by_class: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for concept, listed in data["concepts"].items():
            for phrase in listed.split(","):
                for words in product(*(word.split("|") for word in phrase.split())):
                    self._add(concept, tuple(self._word(word) for word in words))
        self.stem_lengths = sorted({len(stem) for stem in self.by_stem})
        self.near: dict[tuple[str, int], list[str]] = {}
        self.words = frozenset(word for words in self._phrases() for word in words if word[0] != "#" and word[-1] != "*" and word != GAP)
        # Only words that are phrases of their own are matched when misspelt: "around", of "won't come around", is too near to other words.
        for word in sorted(self._alone()):
            if len(word) >= SHORTEST_MISSPELT:
                self.near.setdefault((word[0], len(word)), []).append(word)
        self.rules = [
            parse_rule(code, level, text, guarded=kind == "named")
            for code, sign in data["signs"].items()
            for kind, level in (("alarm", "alarm"), ("look", "look"), ("named", sign["level"]), ("mention", "mention"))
            for text in sign.get(kind, ())
        ]

    def _word(self, word: str) -> str:
        if word[0] == "#" or word == GAP:
            return word
        return self.sound(word[:-1]) + "*" if word[-1] == "*" else self.sound(word)

    def _add(self, concept: str, words: tuple[str, ...]) -> None:
        first = words[0]
        if len(words) > 1 and all(word[0] != "#" and word[-1] != "*" and word != GAP for word in words[:2]):
            self.by_pair.setdefault(words[:2], []).append((words, concept))  # type: ignore[arg-type]
            return
        index = self.by_class if first[0] == "#" else self.by_stem if first[-1] == "*" else self.by_word
        index.setdefault(first.rstrip("*"), []).append((words, concept))

    def _phrases(self) -> Iterator[tuple[str, ...]]:
        for index in (self.by_word, self.by_pair, self.by_stem, self.by_class):
            for entries in index.values():
                for words, _concept in entries:
                    yield words

    def _alone(self) -> set[str]:
        return {words[0] for words in self._phrases() if len(words) == 1 and words[0][0] != "#" and words[0][-1] != "*"}

    def is_stem_of(self, word: str) -> bool:
        """Return whether `word` begins with a listed stem."""
        return any(word[:length] in self.by_stem for length in self.stem_lengths if length <= len(word))

    def meant(self, word: str) -> tuple[str, ...]:
        """Return the words that `word` may stand for: itself, and the listed words that it may be a misspelling of."""
        if len(word) < SHORTEST_MISSPELT or word in self.words or word in self.ordinary or self.is_stem_of(word):
            return (word,)
        return (word, *self.nearest(word))

    def nearest(self, word: str) -> list[str]:
        """Return the listed words with the same first letter that differ from `word` by one edit, or two in a long word."""
        most = 2 if len(word) >= SHORTEST_MISSPELT_TWICE else 1
        lengths = range(len(word) - most, len(word) + most + 1)
        listed = (other for length in lengths for other in self.near.get((word[0], length), ()))
        return [other for other in listed if OSA.distance(word, other, score_cutoff=most) <= most]

    def find(self, words: tuple[str, ...], read: dict[str, Word]) -> Places:
        """Return the places of each concept in a sentence, in the order of the words.

        `read` caches the words of this text and is filled here; the caller doesn't keep it for the next text.
        """
        for word in words:
            if word not in read:
                read[word] = self._looked_up(word)
        looked_up = [read[word] for word in words]
        plain, meant = [word.sound for word in looked_up], [word.meant for word in looked_up]
        found: Places = {}
        for at, known in enumerate(looked_up):
            entries = known.entries
            if at + 1 < len(plain):
                pairs = [entry for one in known.meant for two in meant[at + 1] for entry in self.by_pair.get((one, two), ())]
                entries = entries + pairs if pairs else entries
            for phrase, concept in entries:
                end = at + 1 if len(phrase) == 1 else _end_of(phrase[1:], plain, meant, at + 1)
                if end:
                    found.setdefault(concept, []).append((at, end))
        return found

    def _looked_up(self, word: str) -> Word:
        sound = self.sound(word) or word
        meant = self.meant(sound)
        entries = [entry for one in meant for entry in self.by_word.get(one, ())]
        for length in self.stem_lengths:
            if length <= len(sound):
                entries += self.by_stem.get(sound[:length], ())
        for name, listed in self.by_class.items():
            if CLASSES[name](sound):
                entries += listed
        return Word(sound, meant, entries)


def _end_of(phrase: tuple[str, ...], plain: list[str], meant: list[tuple[str, ...]], at: int) -> int:
    """Return the number of the word after `phrase`, matched from word `at` on; 0 if it doesn't match."""
    for place, word in enumerate(phrase):
        if word == GAP:
            rest = phrase[place + 1 :]
            return next((end for skipped in range(MOST_BETWEEN + 1) if (end := _end_of(rest, plain, meant, at + skipped))), 0)
        if at >= len(plain) or not _is(word, plain[at], meant[at]):
            return 0
        at += 1
    return at


def _is(word: str, plain: str, meant: tuple[str, ...]) -> bool:
    if word[0] == "#":
        return CLASSES[word](plain)
    return plain.startswith(word[:-1]) if word[-1] == "*" else word in meant


def places_of(rule: Rule, found: Places) -> list[Place]:
    """Return the places of a rule's concepts; an empty list if the rule doesn't match."""
    # Most rules end here.
    for names, _order in rule.slots:
        if found.keys().isdisjoint(names):
            return []
    slots = [(sorted(place for name in names for place in found.get(name, ())), order) for names, order in rule.slots]
    if any(name in found for name in rule.unless):
        return []
    for anchor in sorted({start for places, _order in slots for start, _end in places}):
        if taken := _from(anchor, slots, rule.window):
            return taken
    return []


def _from(anchor: int, slots: list[tuple[list[Place], str]], window: int) -> list[Place]:
    taken: list[Place] = []
    for places, order in slots:
        for place in places:
            start = place[0]
            if not anchor <= start <= anchor + window or any(start == other for other, _end in taken):
                continue
            if order and taken and (start < taken[-1][1] or (order == ">>" and start > taken[-1][1] + CLOSE)):
                continue
            taken.append(place)
            break
        else:
            return []
    return taken


def in_words(words: tuple[str, ...], places: list[Place]) -> str:
    """Return the words at `places` in order, with “…” for gaps: “drink … every day … stop”."""
    kept = sorted({at for start, end in places for at in range(start, end)})
    parts = [(" " if at - 1 in kept else " … ") + words[at] for at in kept]
    return re.sub(r"^[ …]+", "", "".join(parts))
