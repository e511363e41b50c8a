"""Making the site's secrets from the shell."""

import subprocess
import sys
from pathlib import Path

import pytest

from recovery_site import secrets

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]


def make(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recovery_site.secrets", *arguments]
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)


def test_help_creates_nothing(tmp_path):
    assert "folder" in make("--help", folder=tmp_path).stdout
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_a_clear_error(tmp_path):
    done = make(folder=tmp_path)
    assert done.returncode != 0
    assert "folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_secrets_are_readable_by_their_owner_only_and_never_replaced(tmp_path):
    make("kept", folder=tmp_path)
    before = {path.name: path.read_text() for path in (tmp_path / "kept").iterdir()}
    assert set(before) == {*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "kept").iterdir()} == {0o600}

    make("kept", folder=tmp_path)
    assert {path.name: path.read_text() for path in (tmp_path / "kept").iterdir()} == before
    assert len(set(before.values())) == len(before)


def test_an_empty_file_that_a_full_disk_left_is_filled(tmp_path):
    make("kept", folder=tmp_path)
    pepper = tmp_path / "kept" / "receipt_key_pepper"
    pepper.write_text("")
    make("kept", folder=tmp_path)
    assert len(pepper.read_text().strip()) == 64
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS}


def test_a_secret_that_cannot_be_read_says_the_mend(tmp_path):
    (tmp_path / "secret_key").write_bytes(b"\xff\xfe")
    with pytest.raises(secrets.MissingSecret, match="Restore it from the backup"):
        secrets.read("secret_key", tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(secrets.MissingSecret, match="Give it to the user that runs the site"):
        secrets.read("folder", tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("BEHIND_TLS_PROXY", "ture", "set it to true or false"),
        ("DEBUG", "yes please", "set it to true or false"),
        ("TIME_ZONE", "Mars", "Write it as America/New_York"),
        ("STAFF_IDLE_MINUTES", "-3", "set it to a number from 5 to 30"),
        ("PAGE_CACHE_SECONDS", "ten", "set it to a number"),
        ("DATABASE_URL", "17", "docs/operations.md has examples"),
        ("CACHE_URL", "memory", "docs/operations.md has examples"),
        ("EMAIL_URL", "mail.example.org:pass-word", "docs/operations.md has examples"),
    ],
)
def test_a_setting_that_cannot_be_read_is_one_sentence(tmp_path, name, value, mend):
    make("secrets", folder=tmp_path)
    variables = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), name: value}
    done = subprocess.run([sys.executable, "manage.py", "doctor"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert mend in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "pass-word" not in done.stderr
