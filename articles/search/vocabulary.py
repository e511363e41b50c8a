"""The words of live guides and synonyms, cached in each process until they change."""

import threading
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max
from rapidfuzz import process
from rapidfuzz.distance import OSA

from articles.models import SearchWord, Synonym
from articles.search import languages, words

MOST_ENDINGS = 12
MOST_SUGGESTIONS = 3
SHORTEST_CORRECTED = 4  # shorter words are one letter away from too many others


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language.

    `sorted_words` are without accents, `spelt` maps them to their spelling with accents, and `meanings` maps the stems of
    each synonym to those of its meanings.
    """

    language: str
    sorted_words: list[str]
    stems: frozenset[str]
    spelt: dict[str, str]
    meanings: dict[tuple[str, ...], list[tuple[str, ...]]] = field(default_factory=dict)
    longest_synonym: int = 0

    def beginning_with(self, start: str) -> list[str]:
        """Return up to MOST_ENDINGS words that begin with `start`."""
        first = bisect_left(self.sorted_words, start)
        matching = []
        for word in self.sorted_words[first : first + MOST_ENDINGS]:
            if not word.startswith(start):
                break
            matching.append(word)
        return matching

    def nearest(self, word: str) -> list[str]:
        """Return the words that `word` may be a misspelling of, most likely first. Stop words are excluded.

        Words of four or five letters may have one edit (insertion, deletion, substitution or transposition), longer ones
        two. Words of five letters may also lack two letters (“alcol”). Among equally near words, those with the same first
        letter come first, then longer ones, because people omit letters.
        """
        if len(word) < SHORTEST_CORRECTED or word.isdigit():
            return []
        furthest = 1 if len(word) < 5 else 2
        hits = process.extract(word, self.sorted_words, scorer=OSA.distance, score_cutoff=furthest, limit=None)
        empty = languages.of(self.language).empty
        hits = [hit for hit in hits if hit[0] not in empty and (len(word) > 5 or hit[1] <= 1 or _lost_letters(word, hit[0]))]
        hits.sort(key=lambda hit: (hit[1], hit[0][0] != word[0], -len(hit[0]), hit[0]))
        return [hit[0] for hit in hits[:MOST_SUGGESTIONS] if hit[1] == hits[0][1]]


def _lost_letters(word: str, longer: str) -> bool:
    """Return whether `word` is `longer` without some letters between the first and the last."""
    letters = iter(longer)
    return word[0] == longer[0] and word[-1] == longer[-1] and all(letter in letters for letter in word)


_lock = threading.Lock()
_cache: dict[str, tuple[object, Vocabulary]] = {}


def of(language: str) -> Vocabulary:
    """Return the vocabulary of `language`. Two small queries, and two larger ones if something changed."""
    newest_word = SearchWord.objects.filter(language=language).aggregate(last=Max("pk"), count=Count("pk"))
    newest_synonym = Synonym.objects.filter(language=language).aggregate(last=Max("changed_at"), count=Count("pk"))
    version = (*newest_word.values(), *newest_synonym.values())
    cached = _cache.get(language)
    if cached is None or cached[0] != version:
        with _lock:
            cached = _cache[language] = (version, _build(language))
    return cached[1]


def _build(language: str) -> Vocabulary:
    spelt = dict(SearchWord.objects.filter(language=language).values_list("word", "spelt"))
    meanings: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for term, means in Synonym.objects.filter(language=language).values_list("term", "means"):
        term_words = words.meaningful(words.tokens(term), language)
        for word, as_written in zip(words.tokens(term), words.WORD.findall(term.lower()), strict=False):
            if len(word) > 1:
                spelt.setdefault(word, as_written)
        key = _stems(term_words, language)
        meanings[key] = [_stems(words.tokens(way), language) for way in means.split(",") if words.tokens(way)]
    return Vocabulary(
        language=language,
        sorted_words=sorted(spelt),
        stems=frozenset(words.stem(word, language) for word in spelt),
        spelt=spelt,
        meanings=meanings,
        longest_synonym=max((len(key) for key in meanings), default=0),
    )


def _stems(plain_words: Iterable[str], language: str) -> tuple[str, ...]:
    return tuple(words.stem(word, language) for word in plain_words)
