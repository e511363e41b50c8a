"""Guesses the language of a text by its most frequent small words."""

from __future__ import annotations

import re
from collections import Counter

from articles.importing.document import ImportedGuide

# Small words that few texts lack. A word that two languages share counts for both.
SMALL_WORDS = {
    "en": ("English", "the and of to is in that for you with are it or not be this can from have if your as on when"),
    "es": (
        "Spanish",
        "de la que el en y es sin puede está son muy los del se las por para con no una su al como más pero sus le o este si porque cuando",
    ),
    "fr": ("French", "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se sont vous avec ou ce il"),
    "pt": ("Portuguese", "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao das ou quando você"),
    "de": ("German", "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden sie oder wenn"),
    "it": ("Italian", "di e il la che in un per è una sono con non del si da come le dei al più anche della gli ma o se lo"),
}
WORD = re.compile(r"[^\W\d_]+")
FEWEST_WORDS = 20
CLEARLY = 1.3
"""How many times more often the small words of another language must occur."""


def language_of(text: str) -> str:
    """Return the code of the language of `text`, or "" if it is too short or unclear."""
    words = Counter(WORD.findall(text.lower()))
    scores = {code: sum(words[word] for word in small.split()) for code, (_name, small) in SMALL_WORDS.items()}
    (best, most), (_second, next_most) = Counter(scores).most_common(2)
    total = sum(words.values())
    if total < FEWEST_WORDS:  # a few words tell only if nearly all small words are of one language
        return best if most >= 3 and most >= 3 * max(next_most, 1) else ""
    return best if most >= total / 10 and most >= CLEARLY * next_most else ""


def in_language(guide: ImportedGuide, text: str, language: str) -> ImportedGuide:
    """Add a doubt to `guide` if its text is in another language than `language` (a code, or "" if that isn't known)."""
    found = language_of(text)
    if language and found and found != language:
        name, chosen = SMALL_WORDS[found][0], SMALL_WORDS.get(language, (language, ""))[0]
        guide.doubts.append(
            f"The text looks {name}, but it was imported as {chosen}. "
            "Import it again in its own language, or else all checks read it wrongly."
        )
    return guide
