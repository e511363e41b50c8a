"""Backups and restores of a real site, in processes of their own, on both databases."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
import pytest
from environ import Env

from backups import archives as files
from backups import databases
from tests.support.cluster import Cluster
from tests.support.site import ROOT, environment

# Both databases are tested in one pass.
pytestmark = [pytest.mark.once, pytest.mark.xdist_group("test_backups.py")]

PATIENCE = 300
FILL = """
import io, json, secrets
from PIL import Image
from accounts.models import User
from articles.rendering import pictures
from intake.cases.inquiry_data import InquiryData
from intake.cases import blind_index
from intake.submission import receive
from django.utils import timezone
data = InquiryData(message="zzyzxword is what scares me", phone="+12125550143", contact_way="phone")
received = receive.receive(data, form_token=secrets.token_bytes(16))
blind_index.run(timezone.now())
file = io.BytesIO()
Image.effect_noise((1600, 1200), 90).convert("RGB").save(file, "JPEG")
file.seek(0)
picture = pictures.add(file, title="Noise", alt="Grey noise", credit="Own work", by=User.objects.get(username="demo-editor"))
print(json.dumps({
    "receipt": " ".join(received.receipt),
    "reference": received.inquiry.reference,
    "picture": f"/media/guides/{picture.digest}-{picture.widths[0]}.webp",
}))
"""
# Writes until it is killed; each line is a receipt that a visitor was shown.
WRITE = """
import secrets
from intake.cases.inquiry_data import InquiryData
from intake.submission import receive
while True:
    received = receive.receive(InquiryData(message="one of many"), form_token=secrets.token_bytes(16))
    print(" ".join(received.receipt), flush=True)
"""
LOOK = """
import json, sys
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
from accounts.models import User
from intake.cases import blind_index
from intake.models import Inquiry, KeyWrap, Receipt
facts = json.load(sys.stdin)
visitor = Client(headers={"sec-fetch-site": "same-origin"})
seen = {"front": visitor.get("/").status_code}
visitor.post("/mailbox/", {"words": facts["receipt"]})
seen["mailbox"] = "zzyzxword" in visitor.get("/mailbox/open/").content.decode()
seen["others"] = sum(visitor.post("/mailbox/", {"words": words}).status_code == 303 for words in facts["others"])
seen["search"] = "/guides/alcohol-withdrawal/" in visitor.get("/search/", {"q": "alcohol withdrawal"}).content.decode()
picture = visitor.get(facts["picture"])
seen["picture"] = len(b"".join(picture)) > 10_000
staff = Client()
staff.force_login(User.objects.get(username="demo-triage"))
seen["case"] = "zzyzxword" in staff.get(f"/admin/intake/inquiry/{facts['reference']}/").content.decode()
seen["phone"] = [row.inquiry.reference for row in blind_index.found_by("+12125550143")] == [facts["reference"]]
whole = Inquiry.objects.filter(is_drill=False, receipt__isnull=False, pk__in=KeyWrap.objects.values("inquiry"))
seen["torn"] = Inquiry.objects.filter(is_drill=False).count() - whole.count()
print(json.dumps(seen))
"""
ALL_RIGHT = {"front": 200, "mailbox": True, "search": True, "picture": True, "case": True, "phone": True, "torn": 0}


@dataclass
class Home:
    """A site, the two places of its backups, and what opens them."""

    data: Path
    places: Path
    variables: dict[str, str]
    new_database: Callable[[], str]
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("d", "k"):
            (self.places / name).mkdir(parents=True)
        identity = pyrage.x25519.Identity.generate()
        self.identity = self.places / "identity"
        self.identity.write_text(f"# made for this test\n{identity}\n")
        self.recipient = str(identity.to_public())

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.variables, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, typed: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments, **variables)
        out, errors = process.communicate(typed, timeout=PATIENCE)
        return subprocess.CompletedProcess(arguments, process.returncode, out, errors)

    def done(self, *arguments: str, typed: str = "", **variables: str) -> str:
        done = self.run(*arguments, typed=typed, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def backup_command(self) -> list[str]:
        folders = ["--data-to", str(self.places / "d"), "--keys-to", str(self.places / "k")]
        return ["backup", *folders, "--recipient", self.recipient, "--same-disk"]

    def back_up(self, **variables: str) -> tuple[Path, Path]:
        """Make a backup and return its two archives."""
        time.sleep(1)  # a name has its second
        data, keys, *_rest = self.done(*self.backup_command, **variables).splitlines()
        return Path(data), Path(keys)

    def restore_command(self, archives: tuple[Path, Path], *more: str) -> list[str]:
        return ["restore", "--data", str(archives[0]), "--keys", str(archives[1]), "--identity", str(self.identity), *more]

    def elsewhere(self, folder: Path) -> dict[str, str]:
        """The settings of a new machine."""
        variables = {"DATA_DIR": str(folder), "STATIC_ROOT": str(folder / "static")}
        return variables | ({"DATABASE_URL": self.new_database()} if self.variables.get("DATABASE_URL") else {})

    def looks(self, **variables: str) -> dict[str, Any]:
        """Read what people see."""
        return json.loads(self.done("shell", "-v", "0", "-c", LOOK, typed=json.dumps({"others": [], **self.facts}), **variables))

    @property
    def leftovers(self) -> list[str]:
        """What a run left that didn't end."""
        return [path.name for folder in ("d", "k") for path in (self.places / folder).glob(".*")] + [
            path.name for path in self.data.glob(".backup*")
        ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request, site_template, static_folder, tmp_path_factory) -> Iterator[Home]:
    """A site with a request, a picture and a guide. The one on PostgreSQL was moved there, and its two halves have their rights."""
    folder = tmp_path_factory.mktemp("home")
    data = Path(shutil.copytree(site_template, folder / "data"))
    variables = environment(data, static_folder, 8000, "")
    names: list[str] = []
    cluster: Cluster | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None

    def new_database() -> str:
        assert cluster
        names.append(f"backups_{os.getpid()}_{len(names)}")
        return cluster.create_database(names[-1])

    home = Home(data, folder / "places", variables, new_database)
    if cluster:
        url = new_database()
        home.done("move_to_postgres", url)
        home.variables = {**variables, "DATABASE_URL": url}
        home.done("database_roles")
    home.facts = json.loads(home.done("shell", "-v", "0", "-c", FILL).splitlines()[-1])
    yield home
    for name in names:
        cluster.drop_database(name)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def archives(home) -> tuple[Path, Path]:
    return home.back_up()


def quickly(variables: dict[str, str]) -> dict[str, str]:
    """Collect static files without compressing them."""
    return {**variables, "DJANGO_SETTINGS_MODULE": "tests.settings"}


def test_all_comes_back_from_a_backup_made_while_people_write(home, tmp_path):
    writing = home.start("shell", "-v", "0", "-c", WRITE)
    assert writing.stdout
    before = [writing.stdout.readline().strip() for _number in range(3)]
    home.facts["others"] = before
    archives = home.back_up()
    assert writing.poll() is None, writing.stderr.read()
    assert writing.stdout.readline()
    writing.kill()
    writing.communicate()
    new = home.elsewhere(tmp_path / "new machine")
    if "DATABASE_URL" in new:  # the compressed static files are tested once
        new = quickly(new)

    done = home.run(*home.restore_command(archives), **new)

    assert done.returncode == 0, done.stderr
    assert "as many as were counted" in done.stdout
    assert "Canaries opened: 1" in done.stdout
    assert home.looks(**new) == {**ALL_RIGHT, "others": 3}
    home.done("keys", "verify", **new)
    assert sorted(path.name for path in (tmp_path / "new machine").iterdir() if path.name.startswith(".")) == []
    modes = {oct(path.stat().st_mode & 0o077) for path in (tmp_path / "new machine" / "secrets").iterdir()}
    assert modes == {"0o0"}
    home.facts["others"] = []


def test_the_rehearsal_proves_the_backup_and_leaves_nothing(home, archives, tmp_path):
    done = home.run(*home.restore_command(archives, "--drill"), **quickly({"TMPDIR": str(tmp_path)}))

    assert done.returncode == 0, done.stderr
    assert "Canaries opened: 1" in done.stdout
    assert "Newest event: 20" in done.stdout
    assert list(tmp_path.iterdir()) == []


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
    other_day = home.back_up()
    mixed = (archives[0], other_day[1])

    done = home.run(*home.restore_command(mixed, "--into", str(tmp_path / "new")))

    assert (done.returncode, "they are not of one backup" in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / "new").exists()
    swapped = home.run(*home.restore_command((archives[1], archives[0]), "--into", str(tmp_path / "new")))
    assert (swapped.returncode, "one of them is the other" in swapped.stderr) == (1, True), swapped.stderr
    said = home.run(*home.restore_command(mixed, "--keys-of-another-day"))
    assert "A restore needs an empty place" in said.stderr  # the next thing that is looked at


def test_a_place_that_has_something_stays_as_it_is(home, archives):
    before = sorted((path, path.stat().st_mtime_ns) for path in home.data.rglob("*") if "static" not in path.parts)

    done = home.run(*home.restore_command(archives))

    assert (done.returncode, "already. A restore needs an empty place" in done.stderr) == (1, True), done.stderr
    assert sorted((path, path.stat().st_mtime_ns) for path in home.data.rglob("*") if "static" not in path.parts) == before
    assert home.looks()["mailbox"] is True


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(home):
    ballast = home.data / "media" / "ballast"
    ballast.parent.mkdir(exist_ok=True)
    ballast.write_bytes(os.urandom(60_000_000))
    before = sorted((home.places / "d").glob("recovery*"))
    for moment in (lambda: list(home.data.glob(".backup*")), lambda: list((home.places / "d").glob(".*.part"))):
        process = home.start(*home.backup_command)
        deadline = time.monotonic() + PATIENCE
        while not moment() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert sorted((home.places / "d").glob("recovery*")) == before
    ballast.unlink()

    home.back_up()

    assert home.leftovers == []


def test_a_restore_that_is_killed_says_so_and_is_begun_anew(home, archives, tmp_path):
    new = quickly(home.elsewhere(tmp_path / "new"))
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
    assert home.looks(**new)["mailbox"] is True
    assert not (tmp_path / "new" / ".restoring").exists()


def test_a_backup_whose_canary_stays_shut_is_not_restored(home, archives, tmp_path):
    """Its words are those of another request here; with lost peppers or another private key it is the same."""
    members: dict[str, bytes] = {}
    private = files.identities(home.identity)
    files.read(archives[1], private, {"": lambda name, content: members.update({name: content.read()})})
    manifest = json.loads(members["manifest.json"])
    manifest["canaries"][0]["words"] = home.facts["receipt"]
    members["manifest.json"] = json.dumps(manifest).encode()
    wrong = files.Unfinished(tmp_path / "keys.tar.gz.age")
    wrong.write(lambda archive: [files.add_bytes(archive, *member) for member in members.items()], files.recipients([home.recipient]))
    wrong.finish()
    new = quickly(home.elsewhere(tmp_path / "new"))

    done = home.run(*home.restore_command((archives[0], wrong.path)), **new)

    assert (done.returncode, "doesn't open its canary" in done.stderr) == (1, True), done.stderr
    assert [path.name for path in (tmp_path / "new").iterdir() if path.name != "static"] == []
    if "DATABASE_URL" in new:
        assert databases.tables_in(Env.db_url_config(new["DATABASE_URL"])) == 0


@pytest.mark.parametrize("content", [None, b"", "a database without a table"])
def test_where_there_is_no_database_nothing_is_taken_for_a_backup(home, tmp_path, content):
    if home.variables.get("DATABASE_URL"):
        pytest.skip("a file is looked for on SQLite only")
    shutil.copytree(home.data / "secrets", tmp_path / "secrets")
    database = tmp_path / "db.sqlite3"
    if isinstance(content, bytes):
        database.write_bytes(content)
    elif content:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            connection.executescript("CREATE TABLE one (two); DROP TABLE one")
    before = sorted((home.places / "d").iterdir())

    done = home.run(*home.backup_command, DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "There is no database" in done.stderr or "isn't that of this release" in done.stderr
    assert sorted((home.places / "d").iterdir()) == before
    assert database.exists() is (content is not None)


def test_a_site_that_runs_or_a_database_that_has_something_is_not_moved(site_template, static_folder, postgres, tmp_path):
    data = Path(shutil.copytree(site_template, tmp_path / "data"))
    home = Home(data, tmp_path / "places", environment(data, static_folder, 8000, ""), lambda: "")
    name = f"full_{os.getpid()}"
    url = postgres.create_database(name)
    with contextlib.closing(sqlite3.connect(data / "db.sqlite3")) as connection:
        connection.execute("SELECT 1 FROM accounts_user").fetchall()  # as a web process between two requests
        running = home.run("move_to_postgres", url)
        assert (running.returncode, "The site is running" in running.stderr) == (1, True), running.stderr
    with contextlib.closing(postgres.connect(name)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
        cursor.execute("CREATE TABLE something (number int)")
    full = home.run("move_to_postgres", url)
    assert (full.returncode, "has 1 tables already" in full.stderr) == (1, True), full.stderr
    secret = home.run("move_to_postgres", "postgres://recovery:secret@127.0.0.1/x")
    assert (secret.returncode, "list of processes" in secret.stderr) == (1, True), secret.stderr
    assert (data / "db.sqlite3").exists()
    postgres.drop_database(name)
