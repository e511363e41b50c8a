"""Finds guides, puts the best first, and quotes the place where the words stand."""

from dataclasses import dataclass

from modelsearch.query import And, Or, PlainText

from articles.models import Edition, SearchDocument
from articles.models.search import ANYWHERE, IN_TITLE, SearchDocumentQuerySet
from articles.searching.excerpts import Piece, excerpt, marked
from articles.searching.questions import Question, Unit, understand

CANDIDATES = 100  # documents that are ranked; a question that fits more is too broad for ranks to matter
RESULTS_A_PAGE = 10
SUGGESTIONS = 6
TITLE_COUNTS, MOST_COUNTED = 20, 12


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
    ranked = _ranked(question.units, documents, every=True)
    partial = False
    if not ranked and len(question.units) > 1:
        ranked = _ranked(question.units, documents, every=False)
        partial = bool(ranked)
    pages = max(1, -(-len(ranked) // RESULTS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = ranked[(page - 1) * RESULTS_A_PAGE : page * RESULTS_A_PAGE]
    return Findings(question, _results(shown, question), len(ranked), page, pages, partial)


def suggest(typed: str, language: str) -> list[Edition]:
    """Return the guides that whoever is typing this probably looks for, the best first."""
    return [result.edition for result in find(typed, language, unfinished=True).results[:SUGGESTIONS]]


def _ranked(units: list[Unit], documents: SearchDocumentQuerySet, *, every: bool) -> list[int]:
    """Return the guides' ids, the best first. The order is ours: every database counts hits in its own way."""
    if not units:
        return []
    columns = documents.only("guide_id", "title", "body")
    found = {}
    # First those with the words in the title, so that they are among the candidates of even the broadest question.
    for place in (IN_TITLE, ANYWHERE):
        if len(found) >= CANDIDATES:
            break  # none of the others could stand before these, and a word of nearly every guide takes long to look up
        asked = [Or([PlainText(" ".join(stem + place for stem in way)) for way in unit.ways]) for unit in units]
        query = (And(asked) if every else Or(asked)) if len(asked) > 1 else asked[0]
        for document in columns.autocomplete(query, order_by_relevance=False)[:CANDIDATES]:
            found[document.guide_id] = (-_score(document, units), document.title, document.guide_id)
    return sorted(found, key=lambda guide_id: found[guide_id])


def _score(document: SearchDocument, units: list[Unit]) -> int:
    title, body = f" {document.title} ", f" {document.body} "
    score = 0
    for unit in units:
        best = 0
        for way in unit.ways:
            in_title = all(f" {stem} " in title for stem in way)
            in_body = min(body.count(f" {stem} ") for stem in way)
            best = max(best, TITLE_COUNTS * in_title + min(in_body, MOST_COUNTED))
        score += best
    return score


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
