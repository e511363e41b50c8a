"""A site moves from SQLite to PostgreSQL: interrupted, refused, and whole."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from environ import Env

from backups import databases
from tests.support.site import ROOT, environment, on_postgres

# A site on SQLite is what moves.
pytestmark = [
    pytest.mark.xdist_group("test_moving.py"),
    pytest.mark.skipif(on_postgres(), reason="The site that moves is on SQLite: run `script/test --sqlite tests/ops/test_moving.py`."),
]

PATIENCE = 300
FILL = """
import json, secrets
from intake.cases.inquiry_data import InquiryData
from intake.submission import receive
data = InquiryData(message="zzyzxword is what scares me")
print(json.dumps([" ".join(receive.receive(data, form_token=secrets.token_bytes(16)).receipt) for _number in range(3)]))
"""
# Every value of every row of the site, by table: the digests of two databases are equal when these hold the same.
# PostgreSQL keeps the keys of JSON, and sorts words, in another order.
DIGESTS = """
import hashlib, json
from backups.moving import _models
found = {}
for model in _models():
    fields = [field.attname for field in model._meta.local_concrete_fields]
    rows = []
    for row in model._base_manager.values_list(*fields).iterator(chunk_size=500):
        values = [bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value for value in row]
        rows.append(hashlib.sha256(json.dumps(values, sort_keys=True, default=repr).encode()).digest())
    found[model._meta.db_table] = [len(rows), hashlib.sha256(b"".join(sorted(rows))).hexdigest()]
print(json.dumps(found))
"""
LOOK = """
import json, sys
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
opened = 0
for words in json.load(sys.stdin):
    visitor = Client(headers={"sec-fetch-site": "same-origin"})
    visitor.post("/mailbox/", {"words": words})
    opened += "zzyzxword" in visitor.get("/mailbox/open/").content.decode()
guides = Client().get("/search/", {"q": "alcohol withdrawal"}).content.decode()
print(json.dumps([opened, "/guides/alcohol-withdrawal/" in guides]))
"""
# Of each database: what `migrate` and `rebuild_search` make there.
MADE_AGAIN = {"django_migrations", "articles_searchdocument", "articles_searchword"}


class Home:
    """A site on SQLite with three requests, and the empty databases it may move to."""

    def __init__(self, data: Path, variables: dict[str, str]) -> None:
        self.data, self.variables = data, variables

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env={**self.variables, **variables}, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, typed: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments, **variables)
        out, errors = process.communicate(typed, timeout=PATIENCE)
        return subprocess.CompletedProcess(arguments, process.returncode, out, errors)

    def shell(self, code: str, typed: Any = None, **variables: str) -> Any:
        done = self.run("shell", "-v", "0", "-c", code, typed=json.dumps(typed), **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def home(site_template, static_folder, tmp_path) -> Home:
    data = Path(shutil.copytree(site_template, tmp_path / "data"))
    return Home(data, environment(data, static_folder, 8000, ""))


@pytest.fixture
def new_database(postgres) -> Iterator[Any]:
    names: list[str] = []

    def new() -> str:
        names.append(f"moving_{os.getpid()}_{len(names)}")
        return postgres.create_database(names[-1])

    yield new
    for name in names:
        postgres.drop_database(name)


def test_a_move_that_is_killed_changes_nothing_and_the_next_one_moves_every_value(home, new_database):
    receipts = home.shell(FILL)
    before = home.shell(DIGESTS)
    first = new_database()
    moving = home.start("move_to_postgres", first)
    while "intake_inquiry" not in moving.stdout.readline():
        assert moving.poll() is None, moving.stderr.read()
    os.kill(moving.pid, signal.SIGKILL)
    moving.communicate()
    assert home.shell(DIGESTS) == before  # and the site starts on SQLite as before
    assert home.shell(LOOK, receipts) == [3, True]
    before = home.shell(DIGESTS)  # opening a mailbox has written

    again = home.run("move_to_postgres", first)
    url = new_database()
    done = home.run("move_to_postgres", url)

    assert (again.returncode, "Give an empty one" in again.stderr) == (1, True), again.stderr
    assert done.returncode == 0, done.stderr
    after = home.shell(DIGESTS, DATABASE_URL=url)
    assert {table: found for table, found in after.items() if table not in MADE_AGAIN and found != before[table]} == {}
    assert after.keys() == before.keys()
    assert home.shell(LOOK, receipts, DATABASE_URL=url) == [3, True]
    assert not (home.data / "db.sqlite3").exists()
    assert [path.stat().st_size > 0 for path in home.data.glob("db.sqlite3.moved-*")] == [True]


def test_a_site_that_runs_or_a_database_that_has_something_is_not_moved(home, new_database):
    url = new_database()
    config = dict(Env.db_url_config(url))
    with contextlib.closing(sqlite3.connect(home.data / "db.sqlite3")) as connection:
        connection.execute("SELECT 1 FROM accounts_user").fetchall()  # as a web process between two requests
        running = home.run("move_to_postgres", url)
        assert (running.returncode, "The site is running" in running.stderr) == (1, True), running.stderr
    assert databases.tables_in(config) == 0
    with contextlib.closing(databases.connect(config)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE something (number int)")
    full = home.run("move_to_postgres", url)
    assert (full.returncode, "has 1 tables already" in full.stderr) == (1, True), full.stderr
    secret = home.run("move_to_postgres", "postgres://recovery:secret@127.0.0.1/x")
    assert (secret.returncode, "list of processes" in secret.stderr) == (1, True), secret.stderr
    assert (home.data / "db.sqlite3").exists()
