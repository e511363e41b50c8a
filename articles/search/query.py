"""Parses search queries: synonyms, prefixes and misspellings.

A misspelt word is corrected, and the page says so. A word of up to SHORT letters that is near several others is searched as
it is and the others are offered as alternatives: "quit drinking" isn't a misspelt "quiet drinking". A word of the dictionary
is never misspelt, whether a guide has it or not: "a liter of vodka" isn't a misspelt "later".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from articles.search import crisis, languages, vocabulary, words
from articles.search.vocabulary import Vocabulary

MOST_WORDS = 12
LONGEST_QUESTION = 200  # characters
SHORTEST_BEGINNING = 3
SHORT = 5  # letters; words up to this length are corrected only if a single word is near: “tough” isn't a misspelt “though”

Way = tuple[str, ...]  # stems that must all occur


@dataclass(frozen=True)
class Unit:
    """A term of the query, in all the ways a guide may express it. The first one is as typed."""

    ways: tuple[Way, ...]


@dataclass
class Question:
    """A parsed query.

    `corrections` maps misspelt words to the words searched for instead. `others` has (word, another likely word) pairs.
    `urgent` has the keys of helplines to show first, `signs` the codes of the danger that it tells of. `subjects` are (as typed,
    stems) of what a library may have no guide on. `deadly` says whether it asks if something can kill, or tells that somebody
    stops what can kill when it is stopped.
    """

    language: str
    typed: str
    units: list[Unit] = field(default_factory=list)
    corrections: dict[str, str] = field(default_factory=dict)
    others: list[tuple[str, str]] = field(default_factory=list)
    urgent: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    subjects: list[tuple[str, Way]] = field(default_factory=list)
    deadly: bool = False

    @property
    def corrected(self) -> str:
        """The query with misspelt words corrected, or "" if there were none."""
        if not self.corrections:
            return ""
        return " ".join(self.corrections.get(word, word) for word in words.tokens(self.typed))

    @property
    def alternatives(self) -> list[str]:
        """Other queries that may have been meant, each with one word replaced."""
        tokens = words.tokens(self.typed)
        return [" ".join(other if token == word else self.corrections.get(token, token) for token in tokens) for word, other in self.others]

    @property
    def stems(self) -> frozenset[str]:
        """The stems to mark as hits in excerpts, without stop words (which the meanings of synonyms may contain)."""
        every = frozenset(stem for unit in self.units for way in unit.ways for stem in way)
        return frozenset(stem for stem in every if not words.is_empty(stem, self.language)) or every


def understand(typed: str, language: str, *, unfinished: bool = False) -> Question:
    """Parse `typed`. With `unfinished` the last word is treated as a prefix."""
    question = Question(language, crisis.undotted(" ".join(typed[:LONGEST_QUESTION].split())))
    known = vocabulary.of(language)
    question.urgent = crisis.crisis_lines_for(question.typed, language)
    typed_words = words.tokens(question.typed)[:MOST_WORDS]
    question.subjects = _subjects(typed_words, language)
    question.signs = crisis.signs_in(question.typed, language)
    question.deadly = not languages.of(language).deadly.isdisjoint(typed_words) or "stopping" in question.signs
    tokens = _without_amounts(words.meaningful(typed_words, language), known)
    at = 0
    while at < len(tokens):
        length, unit = _synonym_at(tokens, at, known)
        if unit is None:
            unit = _one_word(tokens[at], known, question, unfinished=unfinished and at == len(tokens) - 1)
        question.units.append(unit)
        at += length
    if question.corrections:
        question.urgent = list(dict.fromkeys([*question.urgent, *crisis.crisis_lines_for(question.corrected, language)]))
    return question


def _subjects(tokens: list[str], language: str) -> list[tuple[str, Way]]:
    """Return the subjects that `tokens` name, in the order of the language's list."""
    typed = f" {' '.join(words.stem(word, language) for word in tokens)} "
    named = []
    for subject in languages.of(language).subjects:
        stems = tuple(words.stems(subject, language))
        if f" {' '.join(stems)} " in typed:
            named.append((subject, stems))
    return named


def _without_amounts(tokens: list[str], known: Vocabulary) -> list[str]:
    """Return `tokens` without measures and numbers that no guide has, or all of them if nothing else is left."""
    measures = languages.of(known.language).measures
    return [word for word in tokens if word not in measures and (word in known.spelt or not word[0].isdigit())] or tokens


def _is_spelt_right(word: str, question: Question) -> bool:
    """Return whether a plain word, accents left out, is in the dictionary or in a subject of the query."""
    return word in words.dictionary(question.language) or any(word in words.tokens(subject) for subject, _stems in question.subjects)


def _synonym_at(tokens: list[str], at: int, known: Vocabulary) -> tuple[int, Unit | None]:
    """Return the number of words and the unit of the longest synonym at position `at`, or (1, None)."""
    for length in range(min(known.longest_synonym, len(tokens) - at), 0, -1):
        stems = tuple(words.stem(word, known.language) for word in tokens[at : at + length])
        if stems in known.meanings:
            return length, Unit(_distinct([stems, *known.meanings[stems]]))
    return 1, None


def _one_word(word: str, known: Vocabulary, question: Question, *, unfinished: bool) -> Unit:
    stem = words.stem(word, known.language)
    completions = known.beginning_with(word) if len(word) >= SHORTEST_BEGINNING else []
    if stem in known.stems:
        return Unit(_distinct([(stem,), *_ways(completions, known)] if unfinished else [(stem,)]))
    if completions:
        return Unit(_ways(completions, known))
    if question.urgent and (len(word) <= SHORT or crisis.is_danger_word(word)):
        return Unit(((stem,),))  # “he beats me” isn't a misspelt “he breaths me”
    if _is_spelt_right(word, question):
        return Unit(((stem,),))
    nearest = known.nearest(word)
    if not nearest or (len(word) <= SHORT and len(nearest) > 1):
        question.others.extend((word, known.spelt[other]) for other in nearest)
        return Unit(((stem,),))
    question.corrections[word] = known.spelt[nearest[0]]
    question.others.extend((word, known.spelt[other]) for other in nearest[1:])
    return Unit(_ways(nearest[:1], known))


def _ways(plain_words: Iterable[str], known: Vocabulary) -> tuple[Way, ...]:
    """Return the stems of `plain_words`, each followed by its meanings if it is a synonym."""
    ways: list[Way] = []
    for word in plain_words:
        stems = (words.stem(word, known.language),)
        ways += [stems, *known.meanings.get(stems, [])]
    return _distinct(ways)


def _distinct(ways: Iterable[Way]) -> tuple[Way, ...]:
    return tuple(dict.fromkeys(ways))
