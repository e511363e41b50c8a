"""A worker that is told to stop gives back at once what it held, and a database that is locked for long ends no process."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from script import run
from tests.support.cluster import free_port
from tests.support.site import ROOT, environment, on_postgres, whole_mails

pytestmark = pytest.mark.skipif(
    on_postgres(), reason="locks SQLite's file and reads its rows; what a worker gives back is the same on PostgreSQL"
)

PATIENCE = 300  # seconds
NUMBER_OF_REQUESTS = 3
WORDS = "These words must not be lost."
# New requests, of each of which the staff of the demo are told by e-mail.
ARRIVE = f"""
import secrets
from intake.cases.inquiry_data import InquiryData
from intake.submission import receive
for number in range({NUMBER_OF_REQUESTS}):
    receive.receive(InquiryData(message=f"How do I begin? {{number}}"), form_token=secrets.token_bytes(16))
"""


class Mail(NamedTuple):
    """The row of a mail to a member of staff."""

    key: str
    state: str
    attempts: int
    next_attempt_at: str


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)  # leaves the processor to those that are waited for


def end_of(process: "subprocess.Popen[bytes]", *, meanwhile: Callable[[], object]) -> int:
    """Return the exit code of `process`, and do something each second until then."""
    while True:
        try:
            return process.wait(1)
        except subprocess.TimeoutExpired:
            meanwhile()


class Processes:
    """The processes of a site with the data in `folder`. `output` has what all of them print."""

    def __init__(self, folder: Path, static: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.variables = environment(folder, static, self.port, **settings)
        self.variables.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # of the tests; the site's own check would complain
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, command: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Start a command line, as script.run does."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=ROOT,
                env=self.variables | settings,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def end(self) -> None:
        """End whatever still runs, with its children."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @property
    def output(self) -> str:
        return (self.folder / "log").read_text()

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "db.sqlite3", timeout=PATIENCE, isolation_level=None)

    def mails(self) -> list[Mail]:
        with closing(self.database()) as database:
            rows = database.execute("SELECT id, state, attempts, next_attempt_at FROM intake_notification WHERE channel = 'staff_email'")
            return [Mail(*row) for row in rows]

    def open(self, path: str, **fields: str) -> tuple[int, str]:
        """Return the status and the content of a page, or of the answer to a form."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirects)
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with opener.open(f"http://127.0.0.1:{self.port}{path}", data, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def answers(self) -> bool:
        try:
            return self.open("/")[0] == 200
        except OSError:
            return False


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def form_of(page: str) -> dict[str, str]:
    """Return what a visitor sends with the form on `page`."""
    token = page.split('name="token" value="')[1].split('"', maxsplit=1)[0]
    return {"token": token, "for_whom": "self", "contact_way": "mailbox", "message": WORDS}


@pytest.fixture
def folder(site_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(site_template, tmp_path / "data"))


@contextmanager
def processes(folder: Path, static: Path, **settings: str) -> Iterator[Processes]:
    made = Processes(folder, static, **settings)
    try:
        yield made
    finally:
        made.end()


def test_a_worker_that_is_stopped_while_a_mail_server_hangs_gives_back_what_it_held(folder: Path, static_folder: Path) -> None:
    """Nothing here waits for the end of a lease: another worker has the mails while the first still waits for its server."""
    with closing(socket.create_server(("127.0.0.1", 0))) as mail_server:
        mail_server.settimeout(PATIENCE)
        address = f"smtp://127.0.0.1:{mail_server.getsockname()[1]}"
        with processes(folder, static_folder, EMAIL_URL=address) as site:
            command = [sys.executable, "manage.py", "shell", "-c", ARRIVE]
            subprocess.run(command, cwd=ROOT, env=site.variables, check=True, capture_output=True)
            worker = site.start(run.commands(0, 1)["The worker"])
            waits_for_its_greeting, _address = mail_server.accept()
            with waits_for_its_greeting:
                held = [mail for mail in site.mails() if mail.state == "pending"]
                assert len(held) > 1
                worker.send_signal(signal.SIGTERM)
                wait_until(lambda: len(set(site.mails()) - set(held)) == len(held) - 1)
                other = site.start(f"exec {sys.executable} manage.py send_notifications --once", EMAIL_URL="")  # writes them to files
                assert end_of(other, meanwhile=lambda: waits_for_its_greeting.sendall(b"220-One moment, please\r\n")) == 0
                assert len(whole_mails(folder / "mail")) == len(held) - 1
                assert worker.poll() is None
            assert worker.wait(PATIENCE) == 0
            assert sorted((mail.state, mail.attempts) for mail in site.mails()) == [("pending", 1), *[("sent", 1)] * (len(held) - 1)]


def test_a_database_that_is_locked_for_longer_than_the_timeout_ends_nothing(folder: Path, static_folder: Path) -> None:
    database_url = f"sqlite:///{folder / 'db.sqlite3'}?timeout=1"
    with processes(folder, static_folder, DATABASE_URL=database_url, CLIENT_ADDRESS_HEADER="REMOTE_ADDR") as site:
        commands = run.commands(site.port, 1)
        commands["Housekeeping"] = commands["Housekeeping"].replace("--loop 60", "--loop 1")  # a round each second
        parts = [site.start(commands[name]) for name in (run.WEB, "Housekeeping")]
        wait_until(site.answers)
        _status, page = site.open("/contact/")
        with closing(site.database()) as other:
            other.execute("BEGIN IMMEDIATE")
            parts.append(site.start(commands["The worker"]))  # which writes little but in its first round
            status, page = site.open("/contact/", **form_of(page))
            assert (status, WORDS in page) == (503, True)
            assert site.open("/")[0] == 200
            wait_until(lambda: "Sending notifications and linking the audit trail: failed" in site.output)
            wait_until(lambda: "Housekeeping: failed" in site.output)
            # Once more for all three, and nothing new is said.
            status, page = site.open("/contact/", **form_of(page))
            assert (status, WORDS in page) == (503, True)
            other.execute("COMMIT")
        assert site.open("/contact/", **form_of(page))[0] == 303
        wait_until(lambda: site.mails() and all(mail.state == "sent" for mail in site.mails()))
        wait_until(lambda: "Housekeeping: works again" in site.output)
        assert [part.poll() for part in parts] == [None] * len(parts)
        for part in parts:
            part.terminate()
        for part in parts:
            part.wait(PATIENCE)
        # Of the same fault each process says one line (the web server's is repeated after a minute), and one when it is over.
        errors = [line.split(" ERROR ")[1] for line in site.output.splitlines() if " ERROR " in line and " again " not in line]
        lines = {line.split("[")[0]: line.split(": ", 1)[1] for line in errors}
        assert set(lines) == {"housekeeping", "send_notifications", "web"}
        assert {line.split(": ", 1)[1] for line in errors} == set(lines.values())
        assert all("OperationalError" in line for line in errors)
        assert site.output.count("works again") == 2
        assert "Traceback" not in site.output
        assert WORDS not in site.output
