"""Maintains the search index: one document for each live guide."""

from typing import Any

from django.db import connection, transaction
from modelsearch.index import insert_or_update_object, remove_object
from modelsearch.models import IndexEntry

from articles.models import Edition, Guide, SearchDocument, SearchWord
from articles.published import each
from articles.search import words

# Merges pending entries into the GIN indexes, as VACUUM would do later. Only the owner of an index may run it.
SORT_IN_NEW_WORDS = """
    SELECT gin_clean_pending_list(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = pg_class.relam
    WHERE indrelid = %s::regclass AND amname = 'gin' AND pg_has_role(pg_class.relowner, 'USAGE')
"""
SHORTEST_WORD = 3  # characters; shorter words don't help to correct misspellings
WEIGHT_OF_HEADING = 3  # words in headings count three times


def put(edition: Edition) -> None:
    """Index `edition`, replacing the guide's document. Call it in the transaction that publishes."""
    headings = " ".join(str(section["title"]) for section in edition.toc)
    facts = " ".join(f"{fact.get('label', '')} {fact.get('text', '')}" for fact in edition.at_a_glance)
    text = " ".join(part for part in (edition.summary, words.readable(edition.html)) if part)
    everything = " ".join([edition.summary, *[headings] * WEIGHT_OF_HEADING, facts, text])
    document, _created = SearchDocument.objects.update_or_create(
        guide_id=edition.guide_id,
        defaults={
            "language": edition.language,
            "topics": edition.topics,
            "title": " ".join(words.stems(edition.title, edition.language)),
            "body": " ".join(words.stems(everything, edition.language)),
            "text": text,
        },
    )
    insert_or_update_object(document)
    _learn(f"{edition.title} {everything}", edition.language)


def take_out(guide: Guide) -> None:
    """Remove a guide from the index. Its SearchWords stay until the next rebuild, which does no harm."""
    document = SearchDocument.objects.filter(guide=guide).first()
    if document:
        remove_object(document)
        document.delete()


@transaction.atomic
def rebuild() -> int:
    """Rebuild the index from the live editions. Return how many there are."""
    for document in SearchDocument.objects.only("pk"):
        remove_object(document)
    SearchDocument.objects.all().delete()
    SearchWord.objects.all().delete()
    editions = Edition.objects.live().defer("snapshot", "opening_html", "sources", "sources_html").iterator(chunk_size=200)
    count = sum(1 for _put in each(editions, put))
    tidy()
    return count


def tidy() -> int:
    """Run ANALYZE if the number of documents changed by half since the last time. Return 1 if so, else 0.

    Without statistics the planner scans all documents, which takes seconds rather than milliseconds at 10,000 guides.
    PostgreSQL's autovacuum runs up to minutes later, and until then every search also scans the GIN pending list.
    """
    count = SearchDocument.objects.count()
    with connection.cursor() as cursor:
        known = _measured_in_sqlite(cursor) if connection.vendor == "sqlite" else _measured_in_postgresql(cursor)
        if known / 2 < count < known * 1.5 or count == known:
            return 0
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
        else:
            entries, documents = IndexEntry._meta.db_table, SearchDocument._meta.db_table
            cursor.execute(f"ANALYZE {entries}, {documents}")
            cursor.execute(SORT_IN_NEW_WORDS, [entries])
    return 1


def _measured_in_sqlite(cursor: Any) -> int:
    """Return the number of documents at SQLite's last ANALYZE."""
    cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
    if not cursor.fetchone():
        return 0
    cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = %s LIMIT 1", [SearchDocument._meta.db_table])
    measured = cursor.fetchone()
    return int(measured[0].split()[0]) if measured else 0


def _measured_in_postgresql(cursor: Any) -> int:
    """Return the number of documents at PostgreSQL's last ANALYZE. It is -1 there if there was none."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [SearchDocument._meta.db_table])
    return max(0, int(cursor.fetchone()[0]))


def _learn(text: str, language: str) -> None:
    """Add the words of `text` that are new to SearchWord."""
    spellings = {
        words.plain(word): word
        for word in words.WORD.findall(text.lower())
        if SHORTEST_WORD <= len(word) <= words.LONGEST and not word.isdigit()
    }
    known = set(SearchWord.objects.filter(language=language, word__in=spellings).values_list("word", flat=True))
    new = [SearchWord(language=language, word=word, spelt=spelt) for word, spelt in sorted(spellings.items()) if word not in known]
    SearchWord.objects.bulk_create(new, ignore_conflicts=True)
