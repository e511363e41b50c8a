"""A first start that is interrupted is taken up again by the next one, at whatever moment it was killed."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from script import prepare
from tests.support.cluster import free_port
from tests.support.first_starts import Start
from tests.support.site import ROOT, environment

pytestmark = pytest.mark.once

# Words that the preparation prints, and how long after them it is killed, in seconds. All fifty moments: benchmarks/first_starts.py.
MOMENTS = [
    ("secrets", 0.0),
    ("Creating the database's tables", 0.5),
    ("The staff sign in", 0.0),
    ("Loading the starter guides", 0.0),
    ("Loading the starter guides", 1.0),
]


def test_a_start_that_was_killed_five_times_is_complete_in_the_end(tmp_path: Path, static_folder: Path, site_template: Path) -> None:
    assert site_template.exists()  # has collected the static files
    start = Start(tmp_path / "data", static_folder)
    for words, seconds in MOMENTS:
        start.kill_after(words, seconds)
    done = start.to_the_end()

    assert done.returncode == 0, done.stdout + done.stderr
    assert start.is_complete()
    assert "Traceback" not in start.output
    for word in ("delete", "remove"):
        assert word not in start.output


def test_static_files_that_were_half_collected_are_collected_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django would take half a file, which is newer than its source, for a whole one."""
    calls: list[bool] = []

    def collect(command: str, **options: object) -> None:
        calls.append(bool(options["clear"]))
        (tmp_path / "half.css").write_text("body{")
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "call_command", collect)
    with pytest.raises(KeyboardInterrupt):
        prepare.collect_static_files(tmp_path)
    prepare.collect_static_files(tmp_path)
    prepare.collect_static_files(tmp_path)
    assert calls == [False, True]


def test_two_starts_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    variables = environment(tmp_path / "data", tmp_path / "static", free_port())
    waits = """
import sys
from pathlib import Path
from typing import Any
from script import prepare
with prepare.alone(Path(sys.argv[1])):
    print("alone", flush=True)
    sys.stdin.readline()
"""
    command = [sys.executable, "-c", waits, str(tmp_path / "data")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "env": variables}
    with subprocess.Popen(command, **pipes) as first, subprocess.Popen(command, **pipes) as second:
        assert first.stdout
        assert second.stdout
        said = {process: lines.readline() for process, lines in ((first, first.stdout), (second, second.stdout))}
        winner = next(process for process, line in said.items() if line == "alone\n")
        other, output = (second, second.stdout) if winner is first else (first, first.stdout)
        assert "Waiting for another start" in said[other]
        winner.communicate("\n")
        assert output.readline() == "alone\n"
        other.communicate("\n")


def test_a_start_touches_nothing_while_another_prepares_the_same_folder(tmp_path: Path, site_template: Path, static_folder: Path) -> None:
    data = Path(shutil.copytree(site_template, tmp_path / "data"))
    secret = data / "secrets" / "staff_secret_key"
    secret.unlink()  # what a start makes first
    variables = environment(data, static_folder, free_port())
    command = [sys.executable, "-m", "script.prepare"]
    with (data / "preparing").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        start = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert start.stdout
        assert "Waiting for another start" in start.stdout.readline()
        assert not secret.exists()
    output, _none = start.communicate()
    assert start.returncode == 0, output
    assert len(secret.read_text().strip()) == 64


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "garbage", "DATABASE_URL is no address"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/nothing", "correct DATABASE_URL"),
        ("PAGE_CACHE_SECONDS", "ten", "PAGE_CACHE_SECONDS is 'ten'; set it to a number"),
        ("DEBUG", "maybe", "DEBUG is 'maybe'; set it to true or false"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence_that_names_it(tmp_path: Path, name: str, value: str, words: str) -> None:
    variables = environment(tmp_path / "data", tmp_path / "static", free_port(), **{name: value})
    command = [sys.executable, "-m", "script.prepare"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("server: ")
    assert words in line
