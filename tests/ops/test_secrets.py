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
