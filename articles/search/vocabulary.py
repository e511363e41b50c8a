"""All words of the live guides and of the synonym list, held in memory by each process until one of them changes."""

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
SHORTEST_MENDED = 4  # a shorter word is a letter away from too many others


@dataclass(frozen=True)
class Vocabulary:
    """The plain words of one language, sorted, their stems, how they are `spelt` with accents, and what each synonym
    means, by its stems."""

    language: str
    sorted_words: list[str]
    stems: frozenset[str]
    spelt: dict[str, str]
    meanings: dict[tuple[str, ...], list[tuple[str, ...]]] = field(default_factory=dict)
    longest_synonym: int = 0

    def beginning_with(self, start: str) -> list[str]:
        """Return up to a dozen words that begin with `start`."""
        first = bisect_left(self.sorted_words, start)
        found = []
        for word in self.sorted_words[first : first + MOST_ENDINGS]:
            if not word.startswith(start):
                break
            found.append(word)
        return found

    def nearest(self, word: str) -> list[str]:
        """Return the words that `word` may be a misspelling of, the likeliest first.

        One change (a letter more, less, other, or two swapped) in words of four or five letters, two in longer ones. Five
        letters may have lost two more (“alcol”). Words without a meaning of their own are nobody's aim.
        Of words that are as near, those that begin with the same letter, then the longest: people leave letters out.
        """
        if len(word) < SHORTEST_MENDED or word.isdigit():
            return []
        furthest = 1 if len(word) < 5 else 2
        hits = process.extract(word, self.sorted_words, scorer=OSA.distance, score_cutoff=furthest, limit=None)
        empty = languages.of(self.language).empty
        hits = [hit for hit in hits if hit[0] not in empty and (len(word) > 5 or hit[1] <= 1 or _lost_letters(word, hit[0]))]
        hits.sort(key=lambda hit: (hit[1], hit[0][0] != word[0], -len(hit[0]), hit[0]))
        return [hit[0] for hit in hits[:MOST_SUGGESTIONS] if hit[1] == hits[0][1]]


def _lost_letters(word: str, longer: str) -> bool:
    """Tell whether `word` is `longer` with letters left out between the first and the last."""
    letters = iter(longer)
    return word[0] == longer[0] and word[-1] == longer[-1] and all(letter in letters for letter in word)


_lock = threading.Lock()
_held: dict[str, tuple[object, Vocabulary]] = {}


def of(language: str) -> Vocabulary:
    """Return the vocabulary of `language`. Two small queries, and two larger ones when something changed."""
    newest_word = SearchWord.objects.filter(language=language).aggregate(last=Max("pk"), count=Count("pk"))
    newest_synonym = Synonym.objects.filter(language=language).aggregate(last=Max("changed_at"), count=Count("pk"))
    version = (*newest_word.values(), *newest_synonym.values())
    held = _held.get(language)
    if held is None or held[0] != version:
        with _lock:
            held = _held[language] = (version, _build(language))
    return held[1]


def _build(language: str) -> Vocabulary:
    spelt = dict(SearchWord.objects.filter(language=language).values_list("word", "spelt"))
    meanings: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for term, means in Synonym.objects.filter(language=language).values_list("term", "means"):
        spoken = words.meaningful(words.tokens(term), language)
        for word, as_written in zip(words.tokens(term), words.WORD.findall(term.lower()), strict=False):
            if len(word) > 1:
                spelt.setdefault(word, as_written)
        key = _stems(spoken, language)
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
