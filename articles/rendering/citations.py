"""Checks the citation numbers of a guide against its sources."""

from dataclasses import dataclass

from articles.models import Guide
from articles.rendering import body_html


@dataclass(frozen=True)
class Numbers:
    """Problems with a guide's citations.

    `dead` numbers are cited but have no source, `unused` sources are never cited, `doubled` numbers have two sources.
    `in_order` is whether sources are numbered in the order of their first citation.
    """

    dead: list[int]
    unused: list[int]
    doubled: list[int]
    in_order: bool


def examine(guide: Guide) -> Numbers:
    """Compare the citations in the stored text of `guide` with its sources. One query."""
    cited = body_html.citations(guide.body)
    numbers = list(guide.sources.values_list("number", flat=True))
    first_uses = list(dict.fromkeys(cited))
    return Numbers(
        dead=sorted(set(cited) - set(numbers)),
        unused=sorted(set(numbers) - set(cited)),
        doubled=sorted({number for number in numbers if numbers.count(number) > 1}),
        in_order=first_uses == sorted(first_uses),
    )
