"""script/upgrade goes on after it was killed at any step, goes back at each no, and leaves the old release serving.

The commands of the releases are played by a program that writes down what it was asked, so that each step can be broken. A real
upgrade of a real database is in test_upgrade_command.py.
"""

import json
import os
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from script.upgrading import serving
from tests.support.releases import NEW, OLD, Place

pytestmark = pytest.mark.once


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


def test_each_step_is_one_line_and_the_old_release_is_asked_first(place):
    status, said, errors = place.upgrade()

    assert (status, errors) == (0, "")
    assert place.runs.startswith(NEW)
    asked = [line for line in place.commands() if "secrets" not in line]
    assert [line.split(" --")[0] for line in asked] == [
        f"{OLD}: manage.py doctor",
        f"{OLD}: manage.py backup",
        "0.3.0: -m script.upgrading.rehearsal",
        "0.3.0: manage.py migrate",
        "0.3.0: manage.py keys pin",
        "0.3.0: manage.py collectstatic",
        "0.3.0: manage.py doctor",
        "0.3.0: manage.py open_canary",
    ]
    assert len([line for line in said.splitlines() if line.startswith("==> ")]) == 15
    assert f"start it again: {place.site}/current/script/server" in said


def test_what_the_releases_in_between_ask_is_said_before_it_begins(place):
    status, said, errors = place.run(str(place.new))

    assert "0.2.1: what you must do\n\nNothing.\n\n0.3.0: what you must do\n\n1. Set `NEW_THING`.\n" in said
    assert "Read this long ago" not in said
    assert "A new page" not in said
    assert (status, errors) == (1, "upgrade: Read the lines above, then run it again with --yes.\n")
    assert (place.runs, place.commands()) == (OLD, [])


def test_without_a_place_for_the_backup_nothing_is_touched(place):
    status, _said, errors = place.run(str(place.new), "--yes")

    assert status == 1
    assert "There is no place for the backup. Give --data-to, --keys-to and --recipient" in errors
    assert not [line for line in place.commands() if "migrate" in line]

    assert place.run(str(place.new), "--yes", "--without-backup")[0] == 0
    assert not [line for line in place.commands() if "backup" in line]


BREAKS = ["recovery_site.secrets", "manage.py backup", "script.upgrading.rehearsal", "manage.py migrate", "collectstatic", "open_canary"]


@pytest.mark.parametrize("step", BREAKS)
def test_a_step_that_fails_leaves_the_old_release_serving_and_the_next_try_works(place, step):
    place.fails.write_text(step)

    status, said, errors = place.upgrade()

    assert status == 1
    assert errors.splitlines()[-1].endswith("The old release (0.2.0) goes on serving.")
    assert "It broke." in said + errors
    assert place.runs == OLD
    assert (place.static / "staticfiles.json").read_text() == "old"

    place.fails.unlink()
    assert place.upgrade()[0] == 0
    assert place.runs.startswith(NEW)


def test_the_doctor_of_the_new_release_may_say_no(place):
    place.fails.write_text("manage.py doctor")
    real = (place.folder / "venv" / "bin" / "python").read_text()
    # Only the new one is ill.
    (place.folder / "venv" / "bin" / "python").write_text(real.replace('case "$*" in', '[[ "$PWD" == *0.3.0* ]] || exit 0\ncase "$*" in'))

    status, said, errors = place.upgrade()

    assert status == 1
    assert "The doctor says no: doctor.E020. The old release (0.2.0) goes on serving." in errors
    assert "What the migration added to the database stays" in said
    assert place.runs == OLD


def test_what_was_wrong_before_is_no_reason_to_go_back(place):
    place.fails.write_text("manage.py doctor")

    assert place.upgrade()[0] == 0


KILLS = [*BREAKS, "manage.py doctor", "keys pin"]


def test_it_goes_on_after_it_was_killed_in_any_step(place):
    """With kill -9, it and all that it started."""
    for step in KILLS:
        Path(f"{place.fails}.killed").write_text(step)
        assert place.upgrade()[0] == -signal.SIGKILL
        assert place.runs == OLD
    Path(f"{place.fails}.killed").unlink()

    status, said, _errors = place.upgrade()

    assert status == 0
    assert place.runs.startswith(NEW)
    assert f"The old release stays in {place.site / 'releases' / OLD}" in said
    assert place.upgrade()[1].splitlines()[-1].endswith("runs already.")


def test_a_backup_that_was_made_is_not_made_again(place):
    Path(f"{place.fails}.killed").write_text("manage.py migrate")
    place.upgrade()
    Path(f"{place.fails}.killed").unlink()
    place.upgrade()

    assert len([line for line in place.commands() if "manage.py backup" in line]) == 1


@pytest.mark.parametrize("line", ["Getting", "From", "Leading", "Now stop"])
def test_there_is_a_release_to_serve_at_whatever_moment_it_is_killed(place, line):
    process = place.start(str(place.new), "--yes", "--without-backup")
    assert process.stdout
    for written in process.stdout:
        if written.startswith(f"==> {line}"):
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (place.site / "current" / "manage.py").exists()

    assert place.upgrade("--without-backup")[0] == 0
    assert place.runs.startswith(NEW)


class Health:
    """A site's /health/ that says what the test wants."""

    def __init__(self) -> None:
        self.url = ""
        self.issues: list[str] = []
        self.hosts: list[str] = []


@pytest.fixture
def health() -> Iterator[Health]:
    state = Health()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.hosts.append(self.headers["Host"])
            self.send_response(503 if state.issues else 200)
            self.end_headers()
            self.wfile.write(json.dumps({"ok": not state.issues, "issues": state.issues}).encode())

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://help.riverside.org@127.0.0.1:{server.server_port}/health/"
        yield state
        server.shutdown()


def test_a_site_that_is_not_well_after_the_restart_goes_back(place, health):
    restart = place.folder / "restart"
    restart.write_text(f'#!/bin/sh\nreadlink "{place.site}/current" >>"{place.folder}/restarts"\n')
    restart.chmod(0o755)
    options = [f"--restart={restart}", f"--health={health.url}", "--patience=0"]
    assert place.upgrade(*options)[0] == 0
    assert set(health.hosts) == {"help.riverside.org"}

    place.site.joinpath("current").unlink()
    place.site.joinpath("current").symlink_to(f"releases/{OLD}")
    restart.write_text(f'#!/bin/sh\nreadlink "{place.site}/current" >>"{place.folder}/restarts"\n')
    (place.folder / "restarts").unlink()
    health.issues = ["worker_silent"]
    assert serving.issues(health.url) == ["worker_silent"]
    assert place.upgrade(*options)[0] == 0, "it was silent before"

    place.site.joinpath("current").unlink()
    place.site.joinpath("current").symlink_to(f"releases/{OLD}")
    (place.folder / "restarts").unlink()
    status, said, errors = place.upgrade(f"--restart={restart}", "--health=http://127.0.0.1:9/health/", "--patience=0")

    assert (status, place.runs) == (1, OLD)
    assert "http://127.0.0.1:9/health/ doesn't answer. The old release (0.2.0) goes on serving." in errors
    assert "Going back to 0.2.0" in said
    led = (place.folder / "restarts").read_text().splitlines()
    assert [Path(line).name.split("-")[0] for line in led] == ["0.3.0", "0.2.0"]


def test_a_site_that_was_a_plain_folder_is_taken_as_it_is(place, tmp_path):
    """As 0.1.0 was installed: the code lies in the site's folder itself, with the data in var/."""
    (place.site / "current").unlink()
    place.release(plain := tmp_path / "plain", "0.2.0")
    (plain / ".venv").symlink_to(place.folder / "venv")
    (plain / "var").mkdir()
    place.site = plain

    status, _said, errors = place.upgrade()

    assert (status, errors) == (0, "")
    assert place.runs.startswith(NEW)
    assert (plain / "current" / "var").resolve() == plain / "var", "the data stay where they are"


def test_an_archive_and_a_tag_are_sources_too(place):
    archive = place.folder / "recovery.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(place.new, "recovery-site-0.3.0")
    assert place.run(str(archive), "--yes", "--without-backup")[0] == 0
    assert place.runs.startswith(NEW)

    (place.site / "current").unlink()
    (place.site / "current").symlink_to(f"releases/{OLD}")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Release"], ["tag", "v0.3.0"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, "-C", str(place.new), *command], check=True, capture_output=True)
    head = subprocess.run(["git", "-C", str(place.new), "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    assert place.run("0.3.0", f"--repository={place.new}", "--yes", "--without-backup")[0] == 0
    assert place.runs == f"0.3.0-{head[:10]}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["9.9.9"], "There is no folder and no archive 9.9.9, and no git repository"),
        (["/no/such/folder"], "no git repository"),
    ],
)
def test_what_is_not_there_is_said(place, arguments, words):
    status, _said, errors = place.run(*arguments, "--yes")
    assert status == 1
    assert words in errors
    assert len(errors.splitlines()) == 1


def test_an_older_release_and_one_that_is_too_far_are_refused(place):
    init = place.new / "recovery_site" / "__init__.py"
    init.write_text('__version__ = "0.1.9"\nSERVES_FROM = "0.1.0"\n')
    assert "0.1.9 is older than 0.2.0, which runs here." in place.upgrade()[2]
    init.write_text('__version__ = "0.9.0"\nSERVES_FROM = "0.5.0"\n')
    assert "From 0.2.0 go to 0.5.0 first" in place.upgrade()[2]
    assert place.runs == OLD
