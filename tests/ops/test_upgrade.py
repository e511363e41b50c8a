"""A database of an earlier release is migrated to the current code: nothing is lost, and everything can still be opened.

tests/data/upgrade/README.md says what is in the databases.
"""

import html
import json
import lzma
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

import recovery_site
from script.make_release_database import newest_migrations
from tests.support.cluster import ROLE, program
from tests.support.site import ROOT, environment, on_postgres

UPGRADE = ROOT / "tests" / "data" / "upgrade"
KIND = "postgres.sql" if on_postgres() else "sqlite3"
RELEASES = sorted(path.name.removesuffix(f".{KIND}.xz") for path in UPGRADE.glob(f"*.{KIND}.xz"))
# Models that a later release removed or renamed, or whose rows its migrations changed in number: each with the reason.
CHANGED: dict[str, str] = {}


@dataclass(frozen=True)
class Upgraded:
    """A migrated database: what was noted when it was made, and what people see in it now."""

    facts: dict[str, Any]
    seen: dict[str, Any]


@pytest.fixture(scope="module", params=RELEASES)
def upgraded(request, tmp_path_factory) -> Upgraded:
    """A site of an earlier release, migrated."""
    version = request.param
    folder = tmp_path_factory.mktemp("upgraded")
    facts = json.loads((UPGRADE / f"{version}.{KIND}.json").read_text())
    for name in ("secrets", "centre-keys"):
        (folder / name).mkdir()
        for file, text in facts[name].items():
            (folder / name / file).write_text(text)
    content = lzma.decompress((UPGRADE / f"{version}.{KIND}.xz").read_bytes())
    url = restored(content, request) if on_postgres() else ""
    if not url:
        (folder / "db.sqlite3").write_bytes(content)
    variables = environment(folder, folder / "static", 8000, url, DJANGO_SETTINGS_MODULE="tests.settings")
    run(["manage.py", "migrate", "--verbosity", "0"], variables)
    return Upgraded(facts, json.loads(run(["-m", "tests.support.upgraded"], variables, json.dumps(facts))))


def restored(dump: bytes, request: pytest.FixtureRequest) -> str:
    """Read a dump into a new database of the suite's PostgreSQL; return its DATABASE_URL."""
    cluster = request.getfixturevalue("postgres")
    name = "upgraded_" + request.param.replace(".", "_")
    url: str = cluster.create_database(name)
    request.addfinalizer(lambda: cluster.drop_database(name))
    command = [program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", cluster.folder, "-p", str(cluster.port), "-U", ROLE, "-d", name]
    subprocess.run(command, input=dump, check=True, stdout=subprocess.DEVNULL)
    return url


def run(arguments: list[str], variables: dict[str, str], given: str = "") -> str:
    """Run Python with `arguments` in the project's folder; return what it printed, or raise with what went wrong."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=variables, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def test_a_database_of_this_release_exists():
    """Made by script/make_release_database.py, once a release."""
    assert recovery_site.__version__ in RELEASES


def test_the_database_of_this_release_was_made_after_its_last_migration():
    """If not: python -m script.make_release_database. Once the release is out its database stays as it is, and the version goes on."""
    facts = json.loads((UPGRADE / f"{recovery_site.__version__}.{KIND}.json").read_text())
    assert facts["migrations"] == newest_migrations()


def test_no_row_is_lost(upgraded):
    kept = {model: count for model, count in upgraded.facts["rows"].items() if model not in CHANGED}

    assert {model: upgraded.seen["rows"].get(model) for model in kept} == kept


def test_the_receipt_opens_its_mailbox_with_all_that_was_written(upgraded):
    mailbox = html.unescape(upgraded.seen["mailbox"])

    assert [text for text in upgraded.facts["said"] if text not in mailbox] == []


def test_staff_open_the_case_and_read_what_was_written(upgraded):
    case = html.unescape(upgraded.seen["case"])

    assert upgraded.facts["reference"] in upgraded.seen["queue"]
    assert [text for text in upgraded.facts["said"] if text not in case] == []


def test_staff_keep_their_passwords(upgraded):
    assert upgraded.seen["password"] is True


def test_a_guide_reads_as_before(upgraded):
    assert "<h1" in upgraded.seen["guide"]
    assert "Alcohol withdrawal" in html.unescape(upgraded.seen["guide"])
