"""Backups and restores of a real site, in processes of their own, on the database of the pass."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from environ import Env

from backups import archives as files
from backups import databases
from tests.ops.backed_up import ALL_RIGHT, FILL, PATIENCE, QUICKLY, WRITE, Home
from tests.support.site import environment

pytestmark = pytest.mark.xdist_group("test_backups.py")


def database_in(folder: Path) -> databases.Config:
    return dict(Env.db_url_config(f"sqlite:///{folder / 'db.sqlite3'}"))


@pytest.fixture(scope="module")
def home(site_template, static_folder, live_cluster, tmp_path_factory) -> Iterator[Home]:
    """A site with a request, a picture and a guide. On PostgreSQL its two halves have their rights."""
    folder = tmp_path_factory.mktemp("home")
    data = Path(shutil.copytree(site_template, folder / "data"))
    names: list[str] = []

    def new_database(template: str = "template0") -> str:
        names.append(f"backups_{os.getpid()}_{len(names)}")
        return live_cluster.create_database(names[-1], template)

    url = new_database(site_template.name) if live_cluster else ""
    home = Home(data, folder / "places", environment(data, static_folder, 8000, url), new_database)
    if live_cluster:
        home.done("database_roles")
    home.facts = json.loads(home.done("shell", "-v", "0", "-c", FILL).splitlines()[-1])
    yield home
    for name in names:
        live_cluster.drop_database(name)


@pytest.fixture(scope="module")
def archives(home) -> tuple[Path, Path]:
    """A backup that was made while people sent requests; `facts["others"]` are receipts that three were shown before."""
    writing = home.start("shell", "-v", "0", "-c", WRITE)
    assert writing.stdout
    home.facts["others"] = [writing.stdout.readline().strip() for _number in range(3)]
    made = home.back_up()
    assert writing.poll() is None, writing.stderr.read()
    assert writing.stdout.readline()
    writing.kill()
    writing.communicate()
    return made


def test_all_comes_back_from_a_backup_made_while_people_write_and_what_was_withdrawn_since_is_erased_again(home, archives, tmp_path):
    new = home.elsewhere(tmp_path / "new machine")
    erased = tmp_path / "erased.log"
    erased.write_text(f"{home.facts['withdrawn_at']} withdrawn {home.facts['withdrawn']}\n")

    done = home.run(*home.restore_command(archives, "--erased", str(erased)), **new)

    assert done.returncode == 0, done.stderr
    assert "as many as were counted" in done.stdout
    assert "Canaries opened: 1" in done.stdout
    assert "Erased again: 1." in done.stdout
    assert home.looks(**new) == {**ALL_RIGHT, "others": 3, "withdrawn": "closed withdrawn, erased"}
    assert list((tmp_path / "new machine" / "static").glob("**/*.css"))
    home.done("keys", "verify", **new)
    assert sorted(path.name for path in (tmp_path / "new machine").iterdir() if path.name.startswith(".")) == []
    modes = {oct(path.stat().st_mode & 0o077) for path in (tmp_path / "new machine" / "secrets").iterdir()}
    assert modes == {"0o0"}


@pytest.fixture
def may_make_databases(home, live_cluster) -> Iterator[None]:
    """The account that rehearses may make a database, as docs/operations.md says."""
    allow = contextlib.ExitStack()
    if live_cluster:
        connection = allow.enter_context(contextlib.closing(live_cluster.connect()))
        cursor = allow.enter_context(connection.cursor())
        cursor.execute("ALTER ROLE recovery_staff CREATEDB")
        allow.callback(cursor.execute, "ALTER ROLE recovery_staff NOCREATEDB")
    with allow:
        yield


@pytest.mark.usefixtures("may_make_databases")
def test_the_rehearsal_proves_the_backup_and_leaves_nothing_but_word_of_it(home, archives, tmp_path):
    places = (archives[0].parent, archives[1].parent)  # folders stand for the newest backup in them

    done = home.run(*home.restore_command(places, "--drill"), **{**home.as_staff, **QUICKLY, "TMPDIR": str(tmp_path)})

    assert done.returncode == 0, done.stderr
    assert "Canaries opened: 1" in done.stdout
    assert "Newest event: 20" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert json.loads((places[0] / "rehearsal.json").read_text())["went_well"] is True


def test_nothing_that_is_written_in_clear_names_anybody_or_opens_anything(home, archives):
    clear = "".join(archive.with_name(archive.name.replace(".tar.gz.age", ".json")).read_text() for archive in archives)
    clear += (home.data / "backups.json").read_text()
    secrets = [path.read_text().strip() for path in (home.data / "secrets").iterdir()]

    assert [secret for secret in [*secrets, "demo", "Tamsin", home.facts["receipt"]] if secret in clear] == []
    assert json.loads((home.data / "backups.json").read_text())["copies"][-1]["data"] == str(archives[0])
    assert all(archive.read_bytes().startswith(b"age-encryption.org/v1\n") for archive in archives)
    assert {oct(archive.stat().st_mode & 0o777) for archive in archives} == {"0o600"}
    assert home.leftovers == []


def test_who_is_not_a_recipient_learns_that_and_nothing_is_written(home, archives, tmp_path):
    other = tmp_path / "other"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    command = home.restore_command(archives, "--into", str(tmp_path / "new"), "--identity", str(other))

    done = home.run(*command)

    assert (done.returncode, "was encrypted to other recipients" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("part", [0, 1], ids=["data", "keys"])
def test_an_archive_that_was_cut_off_or_changed_is_refused_before_anything_is_written(home, archives, tmp_path, part):
    for name, change in (("cut", lambda content: content[:-100]), ("changed", lambda content: content[:-90] + b"x" * 10 + content[-80:])):
        broken = list(archives)
        broken[part] = tmp_path / f"{name}-{archives[part].name}"
        broken[part].write_bytes(change(archives[part].read_bytes()))

        done = home.run(*home.restore_command((broken[0], broken[1]), "--into", str(tmp_path / "new")))

        assert (done.returncode, "is damaged or cut off" in done.stderr) == (1, True), done.stderr
        assert not (tmp_path / "new").exists()


def test_data_and_keys_of_two_days_are_refused_unless_somebody_says_so(home, archives, tmp_path):
    other_day = home.repacked(archives[1], tmp_path / "keys.tar.gz.age", set="of another day")
    mixed = (archives[0], other_day)

    done = home.run(*home.restore_command(mixed, "--into", str(tmp_path / "new")))

    assert (done.returncode, "they are not of one backup" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new").exists()
    swapped = home.run(*home.restore_command((archives[1], archives[0]), "--into", str(tmp_path / "new")))
    assert (swapped.returncode, "one of them is the other" in swapped.stderr) == (1, True), swapped.stderr
    said = home.run(*home.restore_command(mixed, "--keys-of-another-day"))
    assert "A restore needs an empty place" in said.stderr  # the next thing that is looked at


def test_data_that_somebody_else_encrypted_to_the_same_recipient_are_refused(home, archives, tmp_path):
    """Everybody knows the recipient. Who can write to the place of the data, and not to that of the keys, changes nothing unnoticed."""
    forged = home.repacked(archives[0], tmp_path / "data.tar.gz.age", keys={})

    done = home.run(*home.restore_command((forged, archives[1]), "--into", str(tmp_path / "new")))

    assert (done.returncode, "somebody put another in its place" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new").exists()


def test_a_place_that_has_something_stays_as_it_is(home, archives):
    rows = databases.rows(home.config)
    before = sorted((path, path.stat().st_mtime_ns) for path in home.data.rglob("*") if "static" not in path.parts)

    done = home.run(*home.restore_command(archives))

    assert (done.returncode, "already. A restore needs an empty place" in done.stderr) == (1, True), done.stderr
    assert sorted((path, path.stat().st_mtime_ns) for path in home.data.rglob("*") if "static" not in path.parts) == before
    assert databases.rows(home.config) == rows


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(home):
    ballast = home.data / "media" / "ballast"
    ballast.parent.mkdir(exist_ok=True)
    ballast.write_bytes(os.urandom(60_000_000))
    before = sorted((home.places / "d").glob("recovery*"))
    moments = [lambda: list((home.places / "d").glob(".*.part"))]
    if not home.variables.get("DATABASE_URL"):  # there the copy of the database has a name while it is made
        moments.append(lambda: list(home.data.glob(".backup*")))
    for moment in moments:
        process = home.start(*home.backup_command, **home.as_staff)
        deadline = time.monotonic() + PATIENCE
        while not moment() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert sorted((home.places / "d").glob("recovery*")) == before
    ballast.unlink()

    data, _keys = home.back_up()

    assert home.leftovers == []
    # Nobody writes now: every row that the owner of the tables sees is in it.
    owners = databases.rows(home.config)
    assert home.manifest(data)["rows"] == owners


def test_a_restore_that_is_killed_says_so_and_is_begun_anew(home, archives, tmp_path):
    new = home.elsewhere(tmp_path / "new")
    for line in ("Migrating", "Rebuilding the search"):
        again = ["--again"] if line == "Rebuilding the search" else []
        process = home.start(*home.restore_command(archives, *again), **new)
        assert process.stdout
        while process.stdout.readline().strip() != line:
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert not (tmp_path / "new" / "db.sqlite3").exists()
        assert not (tmp_path / "new" / "secrets").exists()

    refused = home.run(*home.restore_command(archives), **new)
    done = home.run(*home.restore_command(archives, "--again"), **new)

    assert (refused.returncode, "was interrupted. --again removes" in refused.stderr) == (1, True), refused.stderr
    assert done.returncode == 0, done.stderr
    assert "Canaries opened: 1" in done.stdout
    assert "What visitors withdrew after the backup is back" in done.stderr
    assert databases.rows(dict(Env.db_url_config(new["DATABASE_URL"])) if "DATABASE_URL" in new else database_in(tmp_path / "new"))
    assert not (tmp_path / "new" / ".restoring").exists()


def test_a_backup_whose_canary_stays_shut_is_not_restored(home, archives, tmp_path):
    """Its words are those of another request here; with lost peppers or another private key it is the same."""
    canaries = [{**canary, "words": home.facts["receipt"]} for canary in home.manifest(archives[1])["canaries"]]
    wrong = home.repacked(archives[1], tmp_path / "keys.tar.gz.age", canaries=canaries)
    new = home.elsewhere(tmp_path / "new")

    done = home.run(*home.restore_command((archives[0], wrong)), **new)

    assert (done.returncode, "doesn't open its canary" in done.stderr) == (1, True), done.stderr
    assert [path.name for path in (tmp_path / "new").iterdir() if path.name != "static"] == []
    if "DATABASE_URL" in new:
        assert databases.tables_in(Env.db_url_config(new["DATABASE_URL"])) == 0


def test_where_the_database_has_no_table_nothing_is_taken_for_a_backup(home, tmp_path):
    variables = {"DATA_DIR": str(tmp_path)}
    if home.variables.get("DATABASE_URL"):
        variables["DATABASE_URL"] = home.new_database()
    else:
        with contextlib.closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection:
            connection.executescript("CREATE TABLE one (two); DROP TABLE one")
    shutil.copytree(home.data / "secrets", tmp_path / "secrets")
    before = sorted((home.places / "d").iterdir())

    done = home.run(*home.backup_command, **variables)

    assert (done.returncode, "isn't that of this release" in done.stderr) == (1, True), done.stderr
    assert sorted((home.places / "d").iterdir()) == before


def test_an_account_from_which_row_security_hides_rows_makes_no_backup(home, live_cluster, tmp_path):
    if not live_cluster:
        pytest.skip("SQLite has no accounts")  # nothing is missing
    staff = dict(Env.db_url_config(home.as_staff["DATABASE_URL"]))
    with contextlib.closing(databases.connect(home.config)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("DROP POLICY recovery_staff ON intake_message")
    try:
        for account, table in ((staff, "intake_message"), (staff | {"USER": "recovery_public"}, "account_emailaddress")):
            with pytest.raises(files.BackupError, match=f"doesn't see all rows of {table}"), databases.snapshot(account, tmp_path):
                pass
    finally:
        home.done("database_roles")
    with databases.snapshot(staff, tmp_path) as copy:
        assert copy.rows == databases.rows(home.config)


@pytest.mark.parametrize(
    "address",
    [
        "postgres://recovery:pass%40word@db1.internal:5432,db2.internal:5433/recovery?sslmode=verify-full",
        "postgres://recovery@db1.internal:5432/recovery",
        "postgres://recovery@db1.internal,db2.internal/recovery",
        "postgres://recovery@/recovery?host=%2Frun%2Fpostgresql&port=5432",
        "postgres:////run/postgresql/recovery",
        "postgres://recovery:word@:5433//run/postgresql/recovery",
    ],
)
def test_the_address_of_a_database_is_read_back_as_it_was(address):
    """A rehearsal hands it to another process. Two machines became three, and a socket a host."""
    config = Env.db_url_config(address)
    assert Env.db_url_config(databases.url(config)) == config
