"""Whether a sentence asserts what a pattern finds in it, or denies, asks, quotes or reports it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from articles.checks.text import language_data

# A negation counts up to here before the claim, and never across the border of a clause.
REACH = 45  # characters
QUOTES = (("“", "”"), ("«", "»"))


@dataclass(frozen=True)
class Asserting:
    """The words of a language that take a claim back. Build it with `of`."""

    negation: re.Pattern[str]
    boundary: re.Pattern[str]
    denied: re.Pattern[str]
    others: re.Pattern[str]

    def is_asserted(self, sentence: str, start: int) -> bool:
        """Return whether the sentence says itself what stands in it at `start`. The sentence is `comparable`."""
        return not (
            sentence.endswith("?")
            or self.is_negated(sentence, start)
            or self.denied.search(sentence)
            or self.others.search(sentence[:start])
            or is_quoted(sentence, start)
        )

    def is_negated(self, sentence: str, start: int) -> bool:
        """Return whether a negation stands directly before `start`, in the same clause."""
        return bool(self.negation.search(self.clause(sentence, start)[-REACH:]))

    def clause(self, sentence: str, start: int) -> str:
        """Return the words before `start` that belong to its clause."""
        before = sentence[max(0, start - 3 * REACH) : start]
        ends = [match.end() for match in self.boundary.finditer(before)]
        return before[ends[-1] :] if ends else before


def is_quoted(sentence: str, start: int) -> bool:
    """Return whether `start` lies between quotation marks."""
    before = sentence[:start]
    return before.count('"') % 2 == 1 or any(before.rfind(opening) > before.rfind(closing) for opening, closing in QUOTES)


@lru_cache(maxsize=8)
def of(language: str) -> Asserting:
    """Return the words of a language (asserting.toml). Without data, everything is asserted."""
    data = language_data.read(language, "asserting")
    negators = data.get("negators", "(?!)")
    return Asserting(
        # “isn’t” and “won’t” end in a negation without a space before it.
        negation=re.compile(rf"(?:(?<!\w)(?:{negators})|n't)(?!\w)"),
        boundary=re.compile(data.get("boundaries", "(?!)")),
        denied=language_data.compiled(data.get("denied", ()), {}),
        others=language_data.compiled(data.get("others", ()), {}),
    )
