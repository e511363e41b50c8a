"""How likely a sentence gives dangerous advice, in words that no pattern has: a linear model over its words.

`manage.py train_advice` makes articles/data/languages/<language>/advice.json from advice.tsv beside it; reading needs no library.
"""

import json
import re
from functools import lru_cache

from articles.checks.findings import Level
from articles.checks.text import asserting, language_data
from danger import linear
from danger.text import sentences

BUCKETS = 2**15
# Groups of [words] in clinical-safety.toml: all names of one group count alike. The first that matches a name wins.
GROUPS = (
    "NALOXONE",
    "AGONIST",
    "MEDICINE",
    "BENZO",
    "DRINKS",
    "SHOP_DRUG",
    "DRUG",
    "SUDDEN",
    "STOP",
    "WITHDRAWAL",
    "KILL",
    "DOCTOR",
    "CHILD",
    "UNIT",
    "PIECE",
    "NUMBER",
)


@lru_cache(maxsize=8)
def weights(language: str) -> linear.Weights | None:
    """Return the trained weights of a language, or None if it has none."""
    path = language_data.FOLDER / language / "advice.json"
    return linear.unpack(json.loads(path.read_text(encoding="ascii"))) if path.is_file() else None


@lru_cache(maxsize=8)
def groups(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the groups of words that count alike, as (name, pattern)."""
    words = language_data.read(language, "clinical-safety").get("words", {})
    return tuple((name.replace("_", "").lower(), language_data.compiled([words[name]], words)) for name in GROUPS if name in words)


def score(sentence: str, language: str) -> float:
    """Return from 0 to 1 how likely a `comparable` sentence gives dangerous advice. A question gives none."""
    known = weights(language)
    if known is None or sentence.endswith("?") or sentence.count(" ") + 1 < linear.SHORTEST:
        return 0.0
    return linear.probability(known, features(sentence, language))


def level(sentence: str, language: str) -> Level | None:
    """Return the level of a finding in a `comparable` sentence, or None if it doesn't sound like dangerous advice."""
    known = weights(language)
    value = score(sentence, language)
    if known is None or value < known.look:
        return None
    return Level.ERROR if value >= known.alarm else Level.WARNING


def features(sentence: str, language: str) -> set[int]:
    """Return the buckets of a sentence: sequences of its words, and of its words with groups named and negated words marked."""
    grouped = sentence
    for name, pattern in groups(language):
        grouped = pattern.sub(f" x{name} ", grouped)
    marked, is_negated = _marked(grouped, language)
    words = _words(grouped)
    pieces = linear.sequences(_words(sentence))
    for prefix, listed in (("g", words), ("n", marked)):
        pieces += [prefix + piece for piece in linear.sequences(listed)]
    pieces += [f"begins {' '.join(words[:number])}" for number in (1, 2)]
    pieces += [f"negated {is_negated}", f"length {min(len(words) // 4, 6)}"]
    return linear.hashed(pieces, BUCKETS)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for piece in sentences(text) for word in piece.words)


def _marked(text: str, language: str) -> tuple[tuple[str, ...], bool]:
    """Return the words, those after a negation in the same clause with a mark, and whether there is a negation."""
    known = asserting.of(language)
    marked: list[str] = []
    is_negated = False
    for clause in known.boundary.split(text):
        negation = known.negation.search(clause)
        is_negated = is_negated or negation is not None
        end = negation.end() if negation else len(clause)
        marked += [*_words(clause[:end]), *(f"not{word}" for word in _words(clause[end:]))]
    return tuple(marked), is_negated
