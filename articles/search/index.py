"""Keeps the search index: one document for each live guide, written and removed with the guide."""

from typing import Any

from django.db import connection, transaction
from modelsearch.index import insert_or_update_object, remove_object
from modelsearch.models import IndexEntry

from articles.models import Edition, Guide, SearchDocument, SearchWord
from articles.search import words

# What PostgreSQL otherwise does when it next clears up; only who owns the indexes may ask for it.
SORT_IN_NEW_WORDS = """
    SELECT gin_clean_pending_list(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = pg_class.relam
    WHERE indrelid = %s::regclass AND amname = 'gin' AND pg_has_role(pg_class.relowner, 'USAGE')
"""
SHORTEST_WORD = 3  # characters; shorter ones are no help in mending a misspelling
WEIGHT_OF_HEADING = 3  # a heading counts as often as if it stood there three times


def put(edition: Edition) -> None:
    """Make `edition` what search finds for its guide. Call it in the transaction that publishes."""
    headings = " ".join(str(section["title"]) for section in edition.toc)
    facts = " ".join(f"{fact.get('label', '')} {fact.get('text', '')}" for fact in edition.at_a_glance)
    text = " ".join(part for part in (edition.summary, words.readable(edition.html)) if part)
    everything = " ".join([edition.summary, *[headings] * WEIGHT_OF_HEADING, facts, text])
    document, _made = SearchDocument.objects.update_or_create(
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
    """Forget a guide that is no longer live. Its words stay known until the next rebuild; they do no harm."""
    document = SearchDocument.objects.filter(guide=guide).first()
    if document:
        remove_object(document)
        document.delete()


@transaction.atomic
def rebuild() -> int:
    """Write the whole index anew from the live editions, and return how many there are."""
    for document in SearchDocument.objects.only("pk"):
        remove_object(document)
    SearchDocument.objects.all().delete()
    SearchWord.objects.all().delete()
    count = 0
    for edition in Edition.objects.live().defer("snapshot", "opening_html", "sources", "sources_html").iterator(chunk_size=200):
        put(edition)
        count += 1
    tidy()
    return count


def tidy() -> int:
    """Let the database measure its tables anew when the index has grown or shrunk by half since; return how often it did.

    Without these figures it looks at every document before it asks the index: seconds at 10,000 guides instead of
    milliseconds. PostgreSQL measures by itself, but up to minutes later; and until then it keeps new words in a list
    beside its index that every search reads through.
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
    """Return how many documents there were when SQLite last measured."""
    cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
    if not cursor.fetchone():
        return 0
    cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = %s LIMIT 1", [SearchDocument._meta.db_table])
    measured = cursor.fetchone()
    return int(measured[0].split()[0]) if measured else 0


def _measured_in_postgresql(cursor: Any) -> int:
    """Return how many documents there were when PostgreSQL last measured; it says -1 when it never did."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [SearchDocument._meta.db_table])
    return max(0, int(cursor.fetchone()[0]))


def _learn(text: str, language: str) -> None:
    found = {
        words.plain(word): word
        for word in words.WORD.findall(text.lower())
        if SHORTEST_WORD <= len(word) <= words.LONGEST and not word.isdigit()
    }
    known = set(SearchWord.objects.filter(language=language, word__in=found).values_list("word", flat=True))
    new = [SearchWord(language=language, word=word, spelt=spelt) for word, spelt in sorted(found.items()) if word not in known]
    SearchWord.objects.bulk_create(new, ignore_conflicts=True)
