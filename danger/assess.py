"""Finds the signs of danger in a text, sentence by sentence. It decides nothing: a person reads every message."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from danger import concepts, linear
from danger.grammar import Grammars, grammars
from danger.guards import (
    affirmed_places,
    denied_intent,
    guard_of_whole,
    guards_of,
    is_doubtful,
    is_over,
    settled,
    titled_words,
    topic,
    without,
)
from danger.levels import Level
from danger.signs import SIGNS
from danger.text import Sentence, sentences


@dataclass(frozen=True)
class Hit:
    """A sign that was found: its code (danger.signs), its level, and the words of the text that matched.

    `reason` says why it is only a mention or a guess: a key of danger.signs.REASONS, or "".
    """

    code: str
    level: Level
    words: str
    reason: str = ""


@dataclass(frozen=True)
class Assessment:
    """The signs in a text, each once, the most dangerous first."""

    signs: list[Hit] = field(default_factory=list)

    @property
    def level(self) -> Level:
        return max((hit.level for hit in self.signs), default=Level.NONE)

    @property
    def codes(self) -> list[str]:
        """The codes of the signs that raise a case's priority (ALARM and LOOK), the most dangerous first."""
        return [hit.code for hit in self.signs if hit.level >= Level.LOOK]

    def __or__(self, other: "Assessment") -> "Assessment":
        """Return the signs of both, each with its higher level."""
        return _of([*self.signs, *other.signs])


ORDER = {code: number for number, code in enumerate(SIGNS)}
# What only the linear model finds: it can't tell which sign it is.
UNCLEAR = "unclear"
NO_DANGER = Assessment()


def assess(text: str, language: str | None = None) -> Assessment:
    """Return the signs of danger in `text`.

    The vocabularies of all languages are used, because people in danger mix languages; where two find the same, that of `language`
    comes first.
    """
    read, found, guards = _read(text, language)
    known = grammars()
    hits: list[Hit] = []
    for number, (sentence, places) in enumerate(zip(read, found, strict=True)):
        hits += _heard(sentence, known, places, guards[max(number - 1, 0) : number + 2])
    for number, (one, two) in enumerate(pairwise(read)):
        if len(one.words) + len(two.words) <= LONGEST_PAIR:
            both = {code: _joined(places, found[number + 1][code], len(one.words)) for code, places in found[number].items()}
            hits += _heard(one + two, known, both, guards[max(number - 1, 0) : number + 3], pair=True)
    return _of(hits)


def open_words(text: str, language: str | None = None) -> list[tuple[str, ...]]:
    """Return the words of each sentence that a second look may judge (danger.stage_two).

    What the first look took for a denied intent, or for over, is left out: a model that knows no grammar would raise it again.
    """
    read, found, guards = _read(text, language)
    known = grammars()
    kept = []
    for number, (sentence, places) in enumerate(zip(read, found, strict=True)):
        near = guards[max(number - 1, 0) : number + 2]
        hits = _heard(sentence, known, places, near)
        if hits and {hit.reason for hit in hits} == {"past"}:
            continue
        if "denied" in {hit.reason for hit in hits}:
            kept.append(_outside_denial(sentence, places, near))
        else:
            kept.append(sentence.words)
    return [words for words in kept if words]


def _outside_denial(sentence: Sentence, found: dict[str, concepts.Places], near: list[concepts.Places]) -> tuple[str, ...]:
    """Return the words of a sentence without those by which somebody denies an intent; none if too few are left to judge."""
    doubtful = any(is_doubtful(each) for each in near)
    intent = denied_intent(settled(guards_of(found), doubtful=doubtful, renewed=False), sentence, doubtful=doubtful)
    if not intent.holds or not intent.words:
        return sentence.words
    left = tuple(word for at, word in enumerate(sentence.words) if at not in intent.clause)
    return left if len(left) >= linear.SHORTEST else ()


def _read(text: str, language: str | None) -> tuple[list[Sentence], list[dict[str, concepts.Places]], list[concepts.Places]]:
    """Return the sentences of a text, and the concepts and the guards of each."""
    read = list(dict.fromkeys(sentences(text)))  # a repeated sentence is read once
    known = grammars()
    order = sorted(known, key=lambda code: code != language)
    looked_up: dict[str, dict[str, concepts.Word]] = {code: {} for code in order}
    found = [{code: known[code].find(sentence.words, looked_up[code]) for code in order} for sentence in read]
    return read, found, [guards_of(each) for each in found]


def _joined(first: concepts.Places, second: concepts.Places, by: int) -> concepts.Places:
    """Return the concepts of two joined sentences, the second of which begins at word number `by`."""
    both = {name: list(places) for name, places in first.items()}
    for name, places in second.items():
        both.setdefault(name, []).extend((start + by, end + by) for start, end in places)
    return both


LONGEST_PAIR = 26  # words: with short sentences, the second often belongs to the first ("He drinks a lot. He stopped yesterday.")


def _of(hits: Iterable[Hit]) -> Assessment:
    gravest: dict[str, Hit] = {}
    for hit in hits:
        if hit.code not in gravest or hit.level > gravest[hit.code].level:
            gravest[hit.code] = hit
    guess = gravest.pop(UNCLEAR, None)
    if guess and guess.level > max((hit.level for hit in gravest.values() if hit.level >= Level.LOOK), default=Level.NONE):
        gravest[UNCLEAR] = guess
    return Assessment(sorted(gravest.values(), key=lambda hit: (-hit.level, ORDER[hit.code])))


def _heard(
    sentence: Sentence,
    known: Grammars,
    found: dict[str, concepts.Places],
    near: list[concepts.Places],
    *,
    pair: bool = False,
) -> list[Hit]:
    """Return the signs of a sentence. `near` are the guards of the sentence and its neighbours, which may undo a denial."""
    doubtful = any(is_doubtful(each) for each in near)
    guards = settled(guards_of(found), doubtful=doubtful, renewed=any("RENEWED" in each for each in near))
    whole = guard_of_whole(guards)
    intent = denied_intent(guards, sentence, doubtful=doubtful)
    unsaid = titled_words(guards, sentence) | (intent.words if intent.holds else frozenset())
    hits = []
    for code, each in found.items():
        stated = without(each, unsaid)
        affirmed = affirmed_places(stated, guards, sentence, intent)
        for rule in known[code].rules:
            if pair and not rule.over_two:
                continue
            places = concepts.places_of(rule, each)
            if not places:
                continue
            kept, reason = places, "" if whole == "died" and rule.in_grief else whole
            if not reason and unsaid:
                kept = concepts.places_of(rule, stated)
                reason = "" if kept else "denied" if any(start in intent.words for start, _end in places) else "talk"
            if not reason:
                kept = _not_over(rule, stated, kept, guards)
                reason = "" if kept else "past"
            if not reason and rule.guarded:
                kept = concepts.places_of(rule, affirmed)
                reason = topic(guards) or ("" if kept else "denied")
            level = Level.MENTION if reason else Level[rule.level.upper()]
            hits.append(Hit(rule.code, level, concepts.in_words(sentence.words, kept or places), reason))
    named = any(hit.level >= Level.LOOK for hit in hits)  # a named sign makes the guess unnecessary
    if not pair and not named and not whole and not ({"TALK", "ASKING"} & set(guards)) and "talk" not in {hit.reason for hit in hits}:
        hits += _sounds_like(tuple(word for at, word in enumerate(sentence.words) if not intent.holds or at not in intent.clause))
    return hits


def _not_over(rule: concepts.Rule, found: concepts.Places, places: list[concepts.Place], guards: concepts.Places) -> list[concepts.Place]:
    """Return the first match of a rule that is not over: “I tried to die years ago and I want to die” has one of each."""
    while places and is_over(places, guards):
        found = without(found, {start for start, _end in places})
        places = concepts.places_of(rule, found)
    return places


def _sounds_like(words: tuple[str, ...]) -> list[Hit]:
    score = linear.score(words)
    known = linear.weights()
    if score < known.look:
        return []
    level = Level.ALARM if score >= known.alarm else Level.LOOK
    return [Hit(UNCLEAR, level, " ".join(words), "sounds_like")]
