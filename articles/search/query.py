"""Parses what somebody typed: lay words, beginnings of words, misspellings.

A misspelt word is replaced, and the page says so. A word of up to SHORT letters that is near several others is searched as it is, and the
others are offered: "quit drinking" is no misspelt "quiet drinking".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from articles.search import crisis, vocabulary, words
from articles.search.vocabulary import Vocabulary

MOST_WORDS = 12
LONGEST_QUESTION = 200  # characters
SHORTEST_BEGINNING = 3
SHORT = 5  # letters; a word so short is mended only when one single word is near: “tough” is no misspelt “though”

Way = tuple[str, ...]  # stems that must all be there


@dataclass(frozen=True)
class Unit:
    """One thing asked for, in all the ways a guide may say it. The first way is the one typed."""

    ways: tuple[Way, ...]


@dataclass
class Question:
    """What was typed, and what we take it to mean.

    `mended` maps a misspelt word to the word we look for instead; `others` are (word, what else it may have been).
    `urgent` are the keys of the helplines that whoever types this may need first.
    """

    language: str
    typed: str
    units: list[Unit] = field(default_factory=list)
    mended: dict[str, str] = field(default_factory=dict)
    others: list[tuple[str, str]] = field(default_factory=list)
    urgent: list[str] = field(default_factory=list)

    @property
    def said_right(self) -> str:
        """What was typed with the misspelt words mended, "" when there was nothing to mend."""
        if not self.mended:
            return ""
        return " ".join(self.mended.get(word, word) for word in words.tokens(self.typed))

    @property
    def otherwise(self) -> list[str]:
        """Return what may have been meant as whole questions, each with one word in another way."""
        said = words.tokens(self.typed)
        return [" ".join(other if one == word else self.mended.get(one, one) for one in said) for word, other in self.others]

    @property
    def stems(self) -> frozenset[str]:
        """Every stem that counts as a hit when a text is quoted; the small words inside of what a lay word means don't."""
        asked = frozenset(stem for unit in self.units for way in unit.ways for stem in way)
        return frozenset(stem for stem in asked if not words.is_empty(stem, self.language)) or asked


def understand(typed: str, language: str, *, unfinished: bool = False) -> Question:
    """Return what `typed` asks for. With `unfinished` the last word may be the beginning of a longer one."""
    question = Question(language, crisis.undotted(" ".join(typed[:LONGEST_QUESTION].split())))
    known = vocabulary.of(language)
    question.urgent = crisis.crisis_lines_for(question.typed, language)
    asked = words.meaningful(words.tokens(question.typed)[:MOST_WORDS], language)
    at = 0
    while at < len(asked):
        length, unit = _synonym_at(asked, at, known)
        if unit is None:
            unit = _one_word(asked[at], known, question, unfinished=unfinished and at == len(asked) - 1)
        question.units.append(unit)
        at += length
    if question.mended:
        question.urgent = list(dict.fromkeys([*question.urgent, *crisis.crisis_lines_for(question.said_right, language)]))
    return question


def _synonym_at(asked: list[str], at: int, known: Vocabulary) -> tuple[int, Unit | None]:
    for length in range(min(known.longest_synonym, len(asked) - at), 0, -1):
        said = tuple(words.stem(word, known.language) for word in asked[at : at + length])
        if said in known.meanings:
            return length, Unit(_distinct([said, *known.meanings[said]]))
    return 1, None


def _one_word(word: str, known: Vocabulary, question: Question, *, unfinished: bool) -> Unit:
    stem = words.stem(word, known.language)
    beginnings = known.beginning_with(word) if len(word) >= SHORTEST_BEGINNING else []
    if stem in known.stems:
        return Unit(_distinct([(stem,), *_ways(beginnings, known)] if unfinished else [(stem,)]))
    if beginnings:
        return Unit(_ways(beginnings, known))
    if question.urgent and (len(word) <= SHORT or crisis.speaks_of(word)):
        return Unit(((stem,),))  # “he beats me” is no misspelt “he breaths me”
    nearest = known.nearest(word)
    if not nearest or (len(word) <= SHORT and len(nearest) > 1):
        question.others.extend((word, known.spelt[other]) for other in nearest)
        return Unit(((stem,),))
    question.mended[word] = known.spelt[nearest[0]]
    question.others.extend((word, known.spelt[other]) for other in nearest[1:])
    return Unit(_ways(nearest[:1], known))


def _ways(plain_words: Iterable[str], known: Vocabulary) -> tuple[Way, ...]:
    """The stems of `plain_words`, and what those of them mean that are lay words."""
    ways: list[Way] = []
    for word in plain_words:
        said = (words.stem(word, known.language),)
        ways += [said, *known.meanings.get(said, [])]
    return _distinct(ways)


def _distinct(ways: Iterable[Way]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(ways))
