"""Finds guides in other languages for what the visitor's own language has no guide on."""

from django.db.models import Q
from django.utils import translation

from articles import topics
from articles.models import Edition
from articles.search import words
from articles.search.query import Question

MOST_OFFERED = 3
SHORTEST_NAME = 5  # letters; “suboxone” or “medicaid” in a title means the same in every language, “no” and “sin” do not


def guides(question: Question) -> list[Edition]:
    """Return up to MOST_OFFERED live guides in other languages that have no live translation in the question's. One query.

    They are about a substance that the question names, or have one of its words in the title.
    """
    about = Q()
    for code in _substances_named(question):
        about |= Q(topics__contains=f" substance:{code} ")
    for word in words.meaningful(words.tokens(question.typed), question.language):
        if len(word) >= SHORTEST_NAME:
            about |= Q(title__icontains=word)
    if not about:
        return []
    editions = Edition.objects.live().exclude(language=question.language).without_text().filter(about)
    for relation in ("live_for__translations", "live_for__original", "live_for__original__translations"):
        editions = editions.exclude(
            **{f"{relation}__language": question.language, f"{relation}__live_edition__isnull": False},
        )
    return list(editions.order_by("title", "pk").distinct()[:MOST_OFFERED])


def _substances_named(question: Question) -> list[str]:
    """Return the codes of the substances that a unit of the query means."""
    ways = {way for unit in question.units for way in unit.ways}
    with translation.override(question.language):
        return [code for code, label in topics.SUBSTANCES.items() if tuple(words.stems(str(label), question.language)) in ways]
