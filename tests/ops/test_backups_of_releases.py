"""A backup of an earlier release is restored by this one: migrated, and all of it opens."""

import functools
import hashlib
import html
import json
import lzma
import subprocess
import sys
import tarfile

import pyrage
import pytest

from backups import archives, databases
from backups.making import FORMAT
from tests.ops.test_upgrade import RELEASES, UPGRADE
from tests.support.site import ROOT, environment, on_postgres

pytestmark = pytest.mark.skipif(on_postgres(), reason="Kept databases are restored from a file of SQLite; PostgreSQL's go the same way.")


def fill(members: dict[str, bytes], archive: tarfile.TarFile) -> None:
    for member in members.items():
        archives.add_bytes(archive, *member)


@pytest.fixture(params=RELEASES)
def facts(request, tmp_path) -> dict:
    """What was noted of the release, and its two archives in `tmp_path`, made as `manage.py backup` does."""
    facts = json.loads((UPGRADE / f"{request.param}.sqlite3.json").read_text())
    database = tmp_path / "old.sqlite3"
    database.write_bytes(lzma.decompress((UPGRADE / f"{request.param}.sqlite3.xz").read_bytes()))
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(f"{identity}\n")
    files = {f"{folder}/{name}": text.encode() for folder in ("secrets", "centre-keys") for name, text in facts[folder].items()}
    common = {"format": FORMAT, "set": "of that day", "made_at": "2026-01-01T00:00:00+00:00", "version": request.param}
    data = common | {
        "engine": databases.SQLITE,
        "rows": databases.rows({"ENGINE": "sqlite3", "NAME": str(database)}),
        "newest_event": None,
        "keys": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    keys = common | {"recovery_public_key": "", "canaries": []}
    members = {
        "data": {"manifest.json": json.dumps(data).encode(), "database": database.read_bytes()},
        "keys": {"manifest.json": json.dumps(keys).encode(), **files},
    }
    for part, contents in members.items():
        archive = archives.Unfinished(tmp_path / f"{part}.tar.gz.age")
        archive.write(functools.partial(fill, contents), [identity.to_public()])
        archive.finish()
    return facts


def test_a_backup_of_an_earlier_release_is_migrated_and_opens(facts, tmp_path):
    new = tmp_path / "new"
    variables = environment(new, new / "static", 8000, "", DJANGO_SETTINGS_MODULE="tests.settings")
    options = {"--data": "data.tar.gz.age", "--keys": "keys.tar.gz.age", "--identity": "identity"}
    restore = ["restore", *(each for option, name in options.items() for each in (option, str(tmp_path / name)))]

    def run(*arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=variables, input=typed, capture_output=True, text=True, check=False
        )

    done = run("manage.py", *restore)

    assert done.returncode == 0, done.stderr
    assert "The backup has no canary" in done.stderr
    seen = run("-m", "tests.support.upgraded", typed=json.dumps(facts))
    assert seen.returncode == 0, seen.stderr
    mailbox, case = (html.unescape(json.loads(seen.stdout)[name]) for name in ("mailbox", "case"))
    assert [text for text in facts["said"] if text not in mailbox or text not in case] == []
