"""Keys on a real site, in processes of their own: a rotation that is killed, a passphrase, and a drill with the shares."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster import Cluster, free_port
from tests.support.site import ROOT, environment

pytestmark = pytest.mark.once

CASES = 3_000
PASSPHRASE = "correct horse battery staple moon"
FILL = f"""
from intake.crypto import keyring, sealing
from intake.models import Centre, Inquiry, KeyWrap
from django.utils import timezone
centre = Centre.objects.get(is_default=True)
key = keyring.active_key(centre)
rows = [Inquiry(centre=centre, received_at=timezone.now(), submission=number.to_bytes(32)) for number in range({CASES})]
Inquiry.objects.bulk_create(rows)
KeyWrap.objects.bulk_create(
    KeyWrap(inquiry=row, centre_key=key, wrapped=sealing.wrap_to_public_key(row.pk.bytes * 2, row.pk, key.public_key)) for row in rows
)
print(centre.slug)
"""
OPENED = """
from intake.crypto import keyring, sealing
from intake.models import Centre, KeyWrap
centre = Centre.objects.get(is_default=True)
key = keyring.active_key(centre)
wraps = KeyWrap.objects.filter(inquiry__sealed=b"", centre_key=key)
right = sum(sealing.unwrap_with_private_key(w.wrapped, w.inquiry_id, keyring.private_key(key)) == w.inquiry_id.bytes * 2 for w in wraps)
print(right, KeyWrap.objects.filter(centre_key__centre=centre).exclude(centre_key=key).count())
"""


class Site:
    """A prepared site, and the commands an operator types there."""

    def __init__(self, data: Path, static_folder: Path, database_url: str, **settings: str) -> None:
        self.data = data
        self.variables = environment(data, static_folder, 8000, database_url, **settings)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        out, errors = process.communicate(typed, timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, out, errors)

    def shell(self, code: str) -> str:
        done = self.run("shell", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]


@pytest.fixture
def site(site_template: Path, tmp_path: Path, static_folder: Path, live_cluster: Cluster | None) -> Iterator[Site]:
    data = Path(shutil.copytree(site_template, tmp_path / "data"))
    url = live_cluster.create_database(f"keys_{free_port()}", site_template.name) if live_cluster else ""
    yield Site(data, static_folder, url, KEYS_IDENTITY_FILE=str(tmp_path / "memory" / "keys_identity"))
    if live_cluster:
        live_cluster.drop_database(url.rsplit("/", 1)[1].split("?")[0])


def processes_of(session: int) -> list[int]:
    """The processes that were started by the command that leads this session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, *fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == session and state != "Z":
                found.append(int(folder.name))
    return found


def test_a_rotation_that_is_killed_at_any_point_loses_nothing_and_is_finished_by_the_next(site):
    slug = site.shell(FILL)
    for lines in (0, 1, 3):
        process = site.start("keys", "rotate", slug, "--jobs", "2")
        assert process.stderr
        for _line in range(lines):  # one a tenth of the way
            process.stderr.readline()
        if lines == 0:
            time.sleep(1)  # while it starts, or makes the key: wherever it is
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        deadline = time.monotonic() + 60
        while processes_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert processes_of(process.pid) == []
    done = site.run("keys", "rotate", slug, "--jobs", "2", "--destroy-old", "--yes")
    assert done.returncode == 0, done.stderr
    assert "isn't finished" in done.stdout
    assert site.shell(OPENED) == f"{CASES} 0"
    verified = site.run("keys", "verify")
    assert verified.returncode == 0, verified.stderr


def test_a_passphrase_is_asked_for_once_after_a_start_and_a_copy_of_the_data_opens_nothing(site, tmp_path):
    done = site.run("keys", "encrypt", typed=f"{PASSPHRASE}\n")
    assert done.returncode == 0, done.stderr
    assert site.run("keys", "verify").returncode == 0
    thief = Site(Path(shutil.copytree(site.data, tmp_path / "copy")), tmp_path / "static", "")
    thief.variables["DATABASE_URL"] = site.variables.get("DATABASE_URL", "")
    locked = thief.run("keys", "verify")
    assert (locked.returncode, locked.stderr.strip()) == (
        1,
        "CommandError: The centres' keys are locked. Unlock them with `manage.py keys unlock`.",
    )
    (tmp_path / "memory" / "keys_identity").unlink()  # the machine was switched off
    wrong = site.run("keys", "unlock", typed="wrong\n")
    assert (wrong.returncode, wrong.stderr.strip()) == (1, "CommandError: This is not the passphrase of the centres' keys.")
    assert site.run("keys", "unlock", typed=f"{PASSPHRASE}\n").returncode == 0
    assert site.run("keys", "verify").returncode == 0


def test_the_drill_opens_a_canary_with_two_of_three_shares(site):
    shares = "from intake.keys import recovery\nprint('|'.join(recovery.divide(bytes(32), shares=3, threshold=2)))"
    papers = site.shell(shares).split("|")
    site.variables["RECOVERY_PUBLIC_KEY"] = site.shell(
        "from intake.keys import recovery\nprint(recovery.public_key(recovery.private_key(bytes(32))))"
    )
    assert site.run("keys", "renew-recovery", "--jobs", "1").returncode == 0
    done = site.run("keys", "drill", typed=f"{papers[2]}\n{papers[0]}\n")
    assert done.returncode == 0, done.stderr
    assert "opens a canary" in done.stdout
    assert site.run("keys", "drill", typed=f"{papers[1]}\n").returncode == 1
