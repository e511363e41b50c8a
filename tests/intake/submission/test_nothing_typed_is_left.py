"""Typed text can't be found in anything that the site writes: database, log, task, session, mail or error report."""

import itertools
import os
import re
import subprocess
import sys

import pytest

from tests.intake.marked_visit import SEARCHED

# Each test creates its own database, on SQLite and on PostgreSQL.
pytestmark = pytest.mark.once


def visit(folder, database_url):
    """Run the marked visit in `folder` and return (its output, the receipt's words, the inquiry's reference)."""
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": database_url, "CENTRE_KEYS_DIR": str(folder / "keys")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.intake.marked_visit"], env=environment, capture_output=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    words, reference = done.stdout.decode().splitlines()[-2:]
    output = done.stdout.replace(words.encode(), b"") + done.stderr
    return output, words.split(), reference


def found(content, searched):
    """Return the words that `content` contains in clear, in any case, as UTF-16 or in PostgreSQL's notation of bytes."""
    lower = content.lower()
    forms = ((word, form) for word in searched for form in (word.encode(), word.encode().hex().encode(), word.encode("utf-16-le")))
    return {word for word, form in forms if form.lower() in lower}


def files_under(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_files(folder, output, searched, reference):
    files = files_under(folder)
    assert {path.name: found(content, searched) for path, content in files.items() if found(content, searched)} == {}
    assert found(output, searched) == set()
    # The search itself works: errors were logged, and the error report and mails contain what they may contain.
    assert b"ValueError" in output
    assert any(path.name == "report.txt" and b"ValueError" in content for path, content in files.items())
    assert any(path.name == "webhooks.txt" and reference.encode() in content for path, content in files.items())
    assert any(path.name == "texts.txt" and b"A message is waiting" in content for path, content in files.items())
    assert int(re.search(rb"addresses: (\d+)", output).group(1)) > 150
    assert any(path.parent.name == "mail" and reference.encode() in content for path, content in files.items())
    return files


def test_no_typed_text_is_in_the_bytes_of_the_sqlite_file(tmp_path):
    output, words, reference = visit(tmp_path, f"sqlite:///{tmp_path / 'db.sqlite3'}")
    files = check_files(tmp_path, output, SEARCHED, reference)
    names = {path.name for path in files}
    assert {"db.sqlite3", "db.sqlite3-wal"} <= names
    assert any(path.name.startswith("db.sqlite3") and reference.encode() in content for path, content in files.items())
    # Not even two consecutive words of the receipt.
    pairs = [" ".join(pair) for pair in itertools.pairwise(words)]
    assert all(found(content, pairs) == set() for content in files.values())
    assert found(output, pairs) == set()


def test_no_typed_text_is_in_the_dump_of_a_postgresql_database(tmp_path, postgres):
    url = postgres.create_database("marked_visit")
    try:
        output, _words, reference = visit(tmp_path, url)
        check_files(tmp_path, output, SEARCHED, reference)
        dump = postgres.dump("marked_visit")
    finally:
        postgres.drop_database("marked_visit")
    assert found(dump, SEARCHED) == set()
    assert reference.encode() in dump
