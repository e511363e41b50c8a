"""A first start that is interrupted is taken up again by the next one, at whatever moment it was killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cluster import free_port
from tests.support.first_starts import Start
from tests.support.site import ROOT, environment

pytestmark = pytest.mark.once

# Words that the preparation prints when it begins a step, and how long after them it is killed, in seconds.
MOMENTS = [
    ("Creating the database's tables", 0.5),
    ("Creating the database's tables", 4.0),
    ("Collecting", 1.0),
    ("demo", 0.2),
    ("starter guides", 0.5),
]


def test_a_start_that_was_killed_five_times_is_complete_in_the_end(tmp_path: Path) -> None:
    start = Start(tmp_path / "data", tmp_path / "static")
    for words, seconds in MOMENTS:
        start.kill_after(words, seconds)
    done = start.to_the_end()

    assert done.returncode == 0, done.stdout + done.stderr
    assert start.is_complete()
    assert "Traceback" not in start.output
    for word in ("delete", "remove"):
        assert word not in start.output


def test_two_starts_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    variables = environment(tmp_path / "data", tmp_path / "static", free_port())
    waits = """
import sys
from pathlib import Path
from script import prepare
with prepare.alone(Path(sys.argv[1])):
    print("alone", flush=True)
    sys.stdin.readline()
"""
    command = [sys.executable, "-c", waits, str(tmp_path / "data")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT, "env": variables}
    with subprocess.Popen(command, **pipes) as first, subprocess.Popen(command, **pipes) as second:
        said = {process: process.stdout.readline() for process in (first, second)}
        winner = next(process for process, line in said.items() if line == "alone\n")
        other = second if winner is first else first
        assert "Waiting for another start" in said[other]
        winner.communicate("\n")
        assert other.stdout.readline() == "alone\n"
        other.communicate("\n")


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
