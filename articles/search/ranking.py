"""Finds guides, ranks them, and quotes the place where the words occur.

A guide ranks by the words of the question in its title, then in its text. A lay word counts more for its first meaning than for its last.
For a long question, whose words no guide contains all, guides with two of its words in the title are found as well, at the cost of up to
five index queries instead of two. When the question contains words of danger, only guides with all of its words, or with one of them in
the title, are results: not those that merely share a word with it.

The order was tuned with questions as people type them at night ("my son is using heroin", "can I die from alcohol withdrawal"); 143 of
them are in tests/articles/search/test_starter_questions.py and must give the same guides on SQLite and PostgreSQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from modelsearch.query import And, Or, PlainText, SearchQuery

from articles.models import Edition, SearchDocument
from articles.models.search import ANYWHERE, IN_TITLE, SearchDocumentQuerySet
from articles.search.excerpts import Piece, excerpt, marked
from articles.search.query import Question, Unit, understand

CANDIDATES = 100  # documents that are ranked; a question that fits more is too broad for ranks to matter
RESULTS_A_PAGE = 10
SUGGESTIONS = 6
TITLE_COUNTS, MOST_COUNTED, WHOLE_COUNTS, LATER_MEANING = 20, 12, 15, 2
MOST_PAIRED = 6  # words of a question that are looked for two by two


@dataclass(frozen=True)
class Result:
    """A guide that was found, and a few of its words around what was asked for: (words, whether they are a hit)."""

    edition: Edition
    excerpt: list[Piece]
    title: list[Piece]


@dataclass(frozen=True)
class Findings:
    """The answer to a question. `partial`: no guide has all that was asked for, these have some of it."""

    question: Question
    results: list[Result]
    count: int
    page: int
    pages: int
    partial: bool = False


def find(typed: str, language: str, *, topic: str = "", page: int = 1, unfinished: bool = False) -> Findings:
    """Look for `typed` among the live guides of `language`, narrowed to `topic` ("substance:alcohol") if given."""
    question = understand(typed, language, unfinished=unfinished)
    documents = SearchDocument.objects.in_language(language)
    if topic:
        documents = documents.about(topic)
    ranked, partial = _ranked(question.units, documents, whole_only=bool(question.urgent))
    if question.urgent and not ranked:
        ranked, partial = _ranked(question.units, documents, whole_only=False)
    pages = max(1, -(-len(ranked) // RESULTS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = ranked[(page - 1) * RESULTS_A_PAGE : page * RESULTS_A_PAGE]
    return Findings(question, _results(shown, question), len(ranked), page, pages, partial)


def suggest(typed: str, language: str) -> list[Edition]:
    """Return the guides that whoever is typing this probably looks for, the best first."""
    return [result.edition for result in find(typed, language, unfinished=True).results[:SUGGESTIONS]]


def _ranked(units: list[Unit], documents: SearchDocumentQuerySet, *, whole_only: bool) -> tuple[list[int], bool]:
    """Return the guides' ids, the best first, and whether none of them has all of `units`.

    With `whole_only` a guide that has just one of several is found by its title alone: who asks in danger must not have to
    look through what merely shares a word. The order is ours: every database counts hits in its own way.
    """
    scores: dict[int, tuple[int, str, int]] = {}
    whole = strong = 0  # guides that have everything that was asked for, and those with some of it in their title

    def look(place: str, groups: Iterable[Iterable[Unit]]) -> None:
        nonlocal whole, strong
        if len(scores) >= CANDIDATES:
            return  # nothing more could stand before these, and a word of nearly every guide takes long to look up
        columns = documents.only("guide_id", "title", "body")
        for document in columns.autocomplete(_query(place, groups), order_by_relevance=False)[:CANDIDATES]:
            if document.guide_id not in scores:
                score, has_all, in_title = _score(document, units)
                scores[document.guide_id] = (-score, document.title, document.guide_id)
                whole += has_all
                strong += in_title

    if units:
        # First those with the words in the title, so that they are among the candidates of even the broadest question.
        look(IN_TITLE, [units])
        look(ANYWHERE, [units])
        if len(units) > 2 and len(scores) < RESULTS_A_PAGE:
            # A long question has words that the guide about it doesn't use: “can I die from alcohol withdrawal”.
            look(IN_TITLE, combinations(units[:MOST_PAIRED], 2))
        if len(units) > 1 and not (whole and strong):
            look(IN_TITLE, [[unit] for unit in units])
            if not (whole and strong) and not whole_only:
                look(ANYWHERE, [[unit] for unit in units])
    return sorted(scores, key=lambda guide_id: scores[guide_id]), bool(scores) and not whole


def _query(place: str, groups: Iterable[Iterable[Unit]]) -> SearchQuery:
    """Ask for documents that have, in `place`, all units of at least one of `groups`."""

    def one_of(queries: list[SearchQuery]) -> SearchQuery:
        return Or(queries) if len(queries) > 1 else queries[0]

    def all_of(group: Iterable[Unit]) -> SearchQuery:
        queries = [one_of([PlainText(" ".join(stem + place for stem in way)) for way in unit.ways]) for unit in group]
        return And(queries) if len(queries) > 1 else queries[0]

    return one_of([all_of(group) for group in groups])


def _score(document: SearchDocument, units: list[Unit]) -> tuple[int, bool, bool]:
    """Return how well a document answers, whether it has all of `units`, and whether one of them stands in its title."""
    title, body = f" {document.title} ", f" {document.body} "
    score, missing, strong = 0, 0, False
    for unit in units:
        best = 0
        for rank, way in enumerate(unit.ways):
            in_title = all(f" {stem} " in title for stem in way)
            in_body = min(body.count(f" {stem} ") for stem in way)
            counted = TITLE_COUNTS * in_title + min(in_body, MOST_COUNTED)
            # What a lay word means first is what most people mean by it.
            best = max(best, max(counted - LATER_MEANING * rank, 1) if counted else 0)
            strong = strong or in_title
        score += best
        missing += not best
    return score + (0 if missing else WHOLE_COUNTS), not missing, strong


def _results(guide_ids: list[int], question: Question) -> list[Result]:
    editions = Edition.objects.live().without_text().filter(live_for__in=guide_ids)
    by_guide = {edition.guide_id: edition for edition in editions}
    texts = dict(SearchDocument.objects.filter(guide__in=guide_ids).values_list("guide_id", "text"))
    hits = question.stems
    return [
        Result(by_guide[one], excerpt(texts[one], hits, question.language), marked(by_guide[one].title, hits, question.language))
        for one in guide_ids
        if one in by_guide
    ]
