"""Whether a sentence asserts what a pattern finds in it, or denies, asks, quotes or reports it."""

import re
from dataclasses import dataclass

from articles.checks.text import language_data

# A negation counts up to here before the claim, and never across the border of a clause.
REACH = 45  # characters
QUOTATION = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")


@dataclass(frozen=True)
class Asserting:
    """The words of a language that take a claim back. Build it with `of`."""

    negation: re.Pattern[str]
    boundary: re.Pattern[str]
    denied: re.Pattern[str]
    others: re.Pattern[str]

    def is_asserted(self, sentence: str, start: int, end: int) -> bool:
        """Return whether the sentence says itself what stands in it from `start` to `end`. The sentence is `comparable`."""
        return not (
            sentence.endswith("?")
            or self.is_negated(sentence, start)
            or self.denied.search(sentence)
            or self.others.search(sentence[:start])
            or any(quotation.start() < start and end <= quotation.end() for quotation in QUOTATION.finditer(sentence))
        )

    def is_negated(self, sentence: str, start: int) -> bool:
        """Return whether a negation stands directly before `start`, in the same clause."""
        return bool(self.negation.search(self.clause(sentence, start)[-REACH:]))

    def clause(self, sentence: str, start: int) -> str:
        """Return the words before `start` that belong to its clause."""
        before = sentence[max(0, start - 3 * REACH) : start]
        ends = [match.end() for match in self.boundary.finditer(before)]
        return before[ends[-1] :] if ends else before


def of(data: language_data.Mapping[str, list[str] | str]) -> Asserting:
    """Return the words of a language from the [asserting] table of its data."""
    negators = str(data.get("negators", "(?!)"))
    return Asserting(
        # “isn't” and “won't” end in a negation without a space before it.
        negation=re.compile(rf"(?:(?<!\w)(?:{negators})|n't)(?!\w)"),
        boundary=re.compile(str(data.get("boundaries", "(?!)"))),
        denied=language_data.compiled(data.get("denied", ()), {}),
        others=language_data.compiled(data.get("others", ()), {}),
    )
