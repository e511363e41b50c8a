"""Finds the signs of danger in a text, sentence by sentence. It decides nothing: a person reads every message."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from danger import concepts, linear
from danger.grammar import Grammars, grammars
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
    read = list(dict.fromkeys(sentences(text)))  # a repeated sentence is read once
    known = grammars()
    order = sorted(known, key=lambda code: code != language)
    looked_up: dict[str, dict[str, concepts.Word]] = {code: {} for code in order}
    found = [{code: known[code].find(sentence.words, looked_up[code]) for code in order} for sentence in read]
    hits: list[Hit] = []
    for sentence, places in zip(read, found, strict=True):
        hits += _heard(sentence, known, places)
    for number, (one, two) in enumerate(pairwise(read)):
        if len(one.words) + len(two.words) <= LONGEST_PAIR:
            both = {code: _joined(found[number][code], found[number + 1][code], len(one.words)) for code in order}
            hits += _heard(one + two, known, both, pair=True)
    return _of(hits)


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


def _heard(sentence: Sentence, known: Grammars, found: dict[str, concepts.Places], *, pair: bool = False) -> list[Hit]:
    guards: concepts.Places = {}
    for name in GUARDS:
        if places := [place for one in found.values() for place in one.get(name, ())]:
            guards[name] = places
    whole = _guard_of_whole(guards)
    hits = []
    for code, each in found.items():
        affirmed: concepts.Places | None = None
        for rule in known[code].rules:
            if pair and not rule.over_two:
                continue
            places = concepts.places_of(rule, each)
            if not places:
                continue
            reason = "" if whole == "died" and rule.in_grief else whole
            reason = reason or ("past" if _is_over(places, guards) else "")
            if not reason and rule.guarded:
                affirmed = _affirmed(each, guards, sentence) if affirmed is None else affirmed
                kept = concepts.places_of(rule, affirmed)
                reason = _topic(guards) or ("" if kept else "denied")
                places = kept or places
            level = Level.MENTION if reason else Level[rule.level.upper()]
            hits.append(Hit(rule.code, level, concepts.in_words(sentence.words, places), reason))
    named = any(hit.level >= Level.LOOK for hit in hits)  # a named sign makes the guess unnecessary
    if not pair and not named and not whole and not ({"TALK", "ASKING"} & set(guards)):
        hits += _sounds_like(sentence.words)
    return hits


GUARDS = ("PAST", "NOW", "DIED", "TALK", "ASKING", "DENY", "JOKE")


def _guard_of_whole(guards: concepts.Places) -> str:
    """Return the reason if the whole sentence is about the past or a death, else ""."""
    if "DIED" in guards:
        return "died"
    return "past" if "PAST" in guards and "NOW" not in guards else ""


def _is_over(places: list[concepts.Place], guards: concepts.Places) -> bool:
    """Return whether a sign is near words such as "years ago" and farther from "now": "a stroke years ago, and now she drinks"."""
    if "PAST" not in guards or "NOW" not in guards:
        return False
    over = min(_between(place, other) for place in places for other in guards["PAST"])
    return over <= BESIDE and over < min(_between(place, other) for place in places for other in guards["NOW"])


def _between(one: concepts.Place, other: concepts.Place) -> int:
    """Return the number of words between two places; 0 if they touch or overlap."""
    return max(one[0] - other[1], other[0] - one[1], 0)


BESIDE = 2  # words


def _topic(guards: concepts.Places) -> str:
    """Return the reason if a bare name is only a topic or a question, else ""."""
    return next((reason for name, reason in (("TALK", "talk"), ("JOKE", "talk"), ("ASKING", "asking")) if name in guards), "")


def _affirmed(found: concepts.Places, guards: concepts.Places, sentence: Sentence) -> concepts.Places:
    """Return the concepts without those that a “not” or “never” right before them denies."""
    if "DENY" not in guards:
        return found
    denied = {at for _start, end in guards["DENY"] for at in _until_break(range(end, min(end + NEAR, len(sentence.words))), sentence)}
    kept = {name: [place for place in places if place[0] not in denied] for name, places in found.items()}
    return {name: places for name, places in kept.items() if places}


def _until_break(numbers: range, sentence: Sentence) -> Iterator[int]:
    for at in numbers:
        if at in sentence.breaks or sentence.words[at] in BUT:
            return
        yield at


NEAR = 5  # words after “never” that it may deny
BUT = frozenset({"but", "pero", "sino", "aunque"})


def _sounds_like(words: tuple[str, ...]) -> list[Hit]:
    score = linear.score(words)
    known = linear.weights()
    if score < known.look:
        return []
    level = Level.ALARM if score >= known.alarm else Level.LOOK
    return [Hit(UNCLEAR, level, " ".join(words), "sounds_like")]
