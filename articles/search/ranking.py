"""Searches guides, ranks them and makes excerpts.

Words in the title count more than words in the text, most of all a word that few titles have, and the first meaning of a synonym
more than the last. If no guide has
all words of a long query, guides with two of them in the title are results too, at the cost of up to five index queries
instead of two. For queries with danger phrases only guides with all words, or with one of them in the title, are results.

The weights were tuned with real-life questions ("my son is using heroin", "can I die from alcohol withdrawal"); 173 of them
are in tests/articles/search/test_starter_questions.py and must give the same guides on SQLite and PostgreSQL.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from modelsearch.query import And, Or, PlainText, SearchQuery

from articles import topics
from articles.models import Edition, SearchDocument
from articles.models.search import ANYWHERE, IN_TITLE, SearchDocumentQuerySet
from articles.search import words
from articles.search.excerpts import Piece, excerpt, marked
from articles.search.query import Question, Unit, Way, understand

CANDIDATES = 100  # documents that are ranked; for queries that match more the order hardly matters
RESULTS_A_PAGE = 10
SUGGESTIONS = 6
TITLE_COUNTS, MOST_COUNTED, WHOLE_COUNTS, LATER_MEANING = 20, 12, 22, 2
SHORT_TITLE = 3  # divided by the words of a title: “Alcohol withdrawal” is more about alcohol than a longer title that names it
RARE_IN_TITLE = 16  # divided by how many guides have it in the title: “gabapentin withdrawal” is about gabapentin
SUDDEN_STOP_COUNTS = 15  # for those who ask whether it can kill
COVERED = 3  # times that a guide that covers a subject has its name; a title of a section counts as many (index.WEIGHT_OF_HEADING)
MOST_PAIRED = 6  # words of a long query that are searched in pairs


@dataclass(frozen=True)
class Result:
    """A search result. `excerpt` and `title` are pieces of (text, whether it is a hit)."""

    edition: Edition
    excerpt: list[Piece]
    title: list[Piece]


@dataclass(frozen=True)
class Findings:
    """A page of results. `partial` means that no guide matches the whole query.

    `lacking` are the subjects of the query, as typed, that no guide covers: none has it in its title or COVERED times in its text.
    """

    question: Question
    results: list[Result]
    count: int
    page: int
    pages: int
    partial: bool = False
    lacking: tuple[str, ...] = ()


def find(typed: str, language: str, *, topic: str = "", page: int = 1, unfinished: bool = False) -> Findings:
    """Search the live guides in `language` for `typed`, optionally only those with `topic` ("substance:alcohol")."""
    question = understand(typed, language, unfinished=unfinished)
    documents = SearchDocument.objects.in_language(language)
    if topic:
        documents = documents.about(topic)
    ranked, partial = _ranked(question, documents, whole_only=bool(question.urgent))
    if question.urgent and not ranked:
        ranked, partial = _ranked(question, documents, whole_only=False)
    pages = max(1, -(-len(ranked) // RESULTS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = ranked[(page - 1) * RESULTS_A_PAGE : page * RESULTS_A_PAGE]
    lacking = tuple(typed for typed, way in question.subjects if not _has_guide_on(way, SearchDocument.objects.in_language(language)))
    return Findings(question, _results(shown, question), len(ranked), page, pages, partial, lacking)


def suggest(typed: str, language: str) -> list[Edition]:
    """Return the best guides for an unfinished query."""
    return [result.edition for result in find(typed, language, unfinished=True).results[:SUGGESTIONS]]


def _has_guide_on(way: Way, documents: SearchDocumentQuerySet) -> bool:
    """Return whether a guide covers the subject `way`. One query, for each subject of a query."""
    candidates = documents.only("title", "body").autocomplete(_query(ANYWHERE, [[Unit((way,))]]), order_by_relevance=False)[:CANDIDATES]
    return any(
        all(f" {stem} " in f" {document.title} " for stem in way) or min(f" {document.body} ".count(f" {stem} ") for stem in way) >= COVERED
        for document in candidates
    )


def _ranked(question: Question, documents: SearchDocumentQuerySet, *, whole_only: bool) -> tuple[list[int], bool]:
    """Return the ids of guides, best first, and whether none of them matches the whole query.

    With `whole_only` partial matches count only in the title, so that people in danger needn't look through weak results.
    Scores are computed here because databases rank differently.
    """
    units = question.units
    scores: dict[int, _Score] = {}
    whole = strong = 0  # guides that match all units, and guides that match one in the title

    def look(place: str, groups: Iterable[Iterable[Unit]]) -> None:
        nonlocal whole, strong
        if len(scores) >= CANDIDATES:
            return  # later matches would rank below these, and very common words are slow to look up
        columns = documents.only("guide_id", "title", "body", "topics")
        for document in columns.autocomplete(_query(place, groups), order_by_relevance=False)[:CANDIDATES]:
            if document.guide_id not in scores:
                score = scores[document.guide_id] = _score(document, question)
                whole += score.has_all
                strong += score.in_title

    if units:
        # Titles first, so that the best guides are among the candidates even for very broad queries.
        look(IN_TITLE, [units])
        look(ANYWHERE, [units])
        if len(units) > 2 and len(scores) < RESULTS_A_PAGE:
            # Long queries contain words that the right guide doesn't use: “can I die from alcohol withdrawal”.
            look(IN_TITLE, combinations(units[:MOST_PAIRED], 2))
        if len(units) > 1 and (len(scores) < RESULTS_A_PAGE or not (whole and strong)):
            # One guide that happens to have all words must not hide those that are about one of them.
            look(IN_TITLE, [[unit] for unit in units])
            if not (whole and strong) and not whole_only:
                look(ANYWHERE, [[unit] for unit in units])
    titles = Counter(unit for score in scores.values() for unit in score.named)

    def place_of(guide_id: int) -> tuple[int, str, int]:
        score = scores[guide_id]
        return -score.points - sum(RARE_IN_TITLE // titles[unit] for unit in score.named), score.title, guide_id

    return sorted(scores, key=place_of), bool(scores) and not whole


def _query(place: str, groups: Iterable[Iterable[Unit]]) -> SearchQuery:
    """Return a query for documents that match, in `place`, all units of at least one of `groups`."""

    def one_of(queries: list[SearchQuery]) -> SearchQuery:
        return Or(queries) if len(queries) > 1 else queries[0]

    def all_of(group: Iterable[Unit]) -> SearchQuery:
        queries = [one_of([PlainText(" ".join(stem + place for stem in way)) for way in unit.ways]) for unit in group]
        return And(queries) if len(queries) > 1 else queries[0]

    return one_of([all_of(group) for group in groups])


@dataclass(frozen=True)
class _Score:
    """How well a guide matches a query. `named` are the units that its title has as they were typed."""

    points: int
    has_all: bool
    in_title: bool
    named: frozenset[Unit]
    title: str


def _score(document: SearchDocument, question: Question) -> _Score:
    title, body = f" {document.title} ", f" {document.body} "
    title_counts = TITLE_COUNTS + SHORT_TITLE // max(1, sum(not words.is_empty(stem, question.language) for stem in title.split()))
    points = SUDDEN_STOP_COUNTS if question.deadly and topics.is_about_a_deadly_withdrawal(document.topics) else 0
    missing, strong, named = 0, False, set()
    for unit in question.units:
        best = 0
        for rank, way in enumerate(unit.ways):
            in_title = all(f" {stem} " in title for stem in way)
            in_body = min(body.count(f" {stem} ") for stem in way)
            counted = title_counts * in_title + min(in_body, MOST_COUNTED)
            # The first meaning of a synonym is the most common one.
            best = max(best, max(counted - LATER_MEANING * rank, 1) if counted else 0)
            strong = strong or in_title
            if in_title and rank == 0:
                named.add(unit)
        points += best
        missing += not best
    return _Score(points + (0 if missing else WHOLE_COUNTS), not missing, strong, frozenset(named), document.title)


def _results(guide_ids: list[int], question: Question) -> list[Result]:
    editions = Edition.objects.live().without_text().filter(live_for__in=guide_ids)
    by_guide = {edition.guide_id: edition for edition in editions}
    texts = dict(SearchDocument.objects.filter(guide__in=guide_ids).values_list("guide_id", "text"))
    hits = question.stems
    return [
        Result(
            by_guide[guide_id], excerpt(texts[guide_id], hits, question.language), marked(by_guide[guide_id].title, hits, question.language)
        )
        for guide_id in guide_ids
        if guide_id in by_guide
    ]
