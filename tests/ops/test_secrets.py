"""Making the site's secrets from the shell."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from recovery_site import secrets

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
READS = """
try:
    read("secret_key", Path(sys.argv[1]))
except MissingSecret as missing:
    sys.exit(str(missing))
"""


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


def test_half_a_secret_that_a_killed_process_left_is_taken_up_again(tmp_path):
    make("kept", folder=tmp_path)
    (tmp_path / "kept" / "receipt_key_pepper").unlink()
    (tmp_path / "kept" / ".receipt_key_pepper.new").write_text("abc")
    make("kept", folder=tmp_path)
    assert len((tmp_path / "kept" / "receipt_key_pepper").read_text().strip()) == 64
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS}


def killed_at_step(number: int, code: str, folder: Path) -> bool:
    """Run `code`, which is killed (-9) before its step `number` in `folder`: opening, naming or removing a file. Return whether it was."""
    kills = f"""
import os, signal, sys
steps = 0
def count(event, arguments):
    global steps
    if event in {{"open", "os.rename", "os.link", "os.remove"}} and {str(folder)!r} in str(arguments[0]):
        steps += 1
        if steps == {number}:
            os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", f"{kills}\n{code}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


def test_a_first_start_that_is_killed_at_any_step_leaves_whole_secrets_or_none_and_the_next_makes_the_rest(tmp_path):
    """Each try is killed one step later than the last, and none replaces what another made."""
    folder, number, whole = tmp_path / "kept", 1, {}
    imports = "from pathlib import Path; from recovery_site import secrets; sys.addaudithook(count)"
    makes = f"{imports}\nsecrets.create_missing(Path({str(folder)!r}))"
    while killed_at_step(number, makes, folder):
        made = {path.name: path.read_text() for path in folder.iterdir() if not path.name.startswith(".")}
        assert all(len(text.strip()) == 64 for text in made.values())
        assert made.items() >= whole.items()
        number, whole = number + 1, made
    assert number > 3
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(made) == {*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS}
    assert made.items() >= whole.items()


def test_a_key_whose_maker_is_killed_at_any_step_is_there_whole_or_not_at_all(tmp_path):
    number = 1
    (tmp_path / "keys").mkdir()
    writes = "from pathlib import Path; from intake.crypto import key_files; sys.addaudithook(count)\n"
    while killed_at_step(
        number, f"{writes}key_files.write_new(Path({str(tmp_path / 'keys' / f'{number}.key')!r}), b'secret')", tmp_path / "keys"
    ):
        assert [path.read_bytes() for path in tmp_path.rglob(f"{number}.key")] in ([], [b"secret"])
        number += 1
    assert (tmp_path / "keys" / f"{number}.key").read_bytes() == b"secret"


def test_many_that_make_them_at_once_make_the_same(tmp_path):
    command = [sys.executable, "-m", "recovery_site.secrets", "kept"]
    started = [subprocess.Popen(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}) for _number in range(6)]
    seen = set()
    while any(process.poll() is None for process in started):
        with contextlib.suppress(FileNotFoundError):
            seen.add((tmp_path / "kept" / "secret_key").read_text())
    assert {process.returncode for process in started} == {0}
    assert seen <= {(tmp_path / "kept" / "secret_key").read_text()}, "whole or not at all, and never another"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user; run the tests as root")
def test_who_may_not_read_a_secret_is_told_in_one_sentence_with_a_mend_that_works(tmp_path):
    """Its file belongs to root, as when root made it by hand (O15)."""
    make("kept", folder=tmp_path)
    # As text: another user may not be able to read the folder of the project.
    reads = (ROOT / "recovery_site" / "secrets.py").read_text().split("if __name__ ==", maxsplit=1)[0] + READS
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(tmp_path / "kept", folder / "kept")
        for each in (folder, folder / "kept"):
            each.chmod(0o755)
        command = ["/usr/bin/env", "python3", "-c", reads, folder / "kept"]
        options = {"cwd": "/", "capture_output": True, "text": True, "user": 65534, "group": 65534, "extra_groups": ()}
        environment = {"PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, check=False, env=environment, **options)
        assert done.stderr.splitlines()[-1].endswith(f"`chown USER {folder / 'kept' / 'secret_key'}`.")
        assert len(done.stderr.splitlines()) == 1
        os.chown(folder / "kept" / "secret_key", 65534, 65534)
        subprocess.run(command, check=True, env=environment, **options)


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
