"""The numbers that tie the text to its sources."""

from dataclasses import dataclass

from articles.models import Guide
from articles.rendering import body_html


@dataclass(frozen=True)
class Numbers:
    """What doesn't fit: numbers cited without a source, sources that nothing cites, numbers given twice."""

    dead: list[int]
    unused: list[int]
    doubled: list[int]
    in_order: bool


def examine(guide: Guide) -> Numbers:
    """Return how the numbers in the stored text of `guide` fit its sources."""
    cited = body_html.citations(guide.body)
    numbers = list(guide.sources.values_list("number", flat=True))
    first_uses = list(dict.fromkeys(cited))
    return Numbers(
        dead=sorted(set(cited) - set(numbers)),
        unused=sorted(set(numbers) - set(cited)),
        doubled=sorted({number for number in numbers if numbers.count(number) > 1}),
        in_order=first_uses == sorted(first_uses),
    )
