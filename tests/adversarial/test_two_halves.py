"""Both halves as deploy/ starts them, with the accounts of PostgreSQL that are meant for them: a visitor's whole way."""

import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.adversarial.node import Node
from tests.support.cluster import free_port
from tests.support.site import ROOT

pytestmark = pytest.mark.once
PATIENCE = 120  # seconds


class Visitor:
    """A browser without scripts at the visitors' half."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self.page = ""

    def get(self, path: str) -> str:
        """Read a page."""
        return self._open(path, None)

    def send(self, path: str, **form: str) -> str:
        """Send a form with its hidden fields, and read the page that follows."""
        hidden = dict(re.findall(r'<input type="hidden" name="(token|mailbox)" value="([^"]*)"', self.page))
        return self._open(path, urlencode({**hidden, **form}).encode())

    def _open(self, path: str, body: bytes | None) -> str:
        try:
            with self.opener.open(self.url + path, body, timeout=PATIENCE) as answer:
                self.page = answer.read().decode()
        except urllib.error.HTTPError as error:
            self.page = f"{error.code} {error.read().decode()}"
        return self.page


def command_of(unit: str) -> list[str]:
    """Return what a unit of deploy/systemd/ starts, with this environment's programs."""
    text = (ROOT / f"deploy/systemd/recovery-{unit}.service").read_text()
    [line] = re.findall(r"^ExecStart=(?:.* -- )?/srv/recovery/current/\.venv/bin/(.*)$", text, re.MULTILINE)
    program, *arguments = shlex.split(line)
    return [sys.executable, *(["-m", "granian"] if program == "granian" else []), *arguments]


@pytest.fixture
def halves(public_node: Node, tmp_path: Path) -> Iterator[Visitor]:
    """The visitors' half at a port of its own, started as its unit does, and the staff's worker."""
    port = free_port()
    more = {"STATIC_ROOT": str(tmp_path / "static"), "SITE_URL": f"http://127.0.0.1:{port}", "PROOF_OF_WORK": "never"}
    staffs = {**public_node.environment, **more, "SITE_ROLE": "staff", "DATA_DIR": str(public_node.staffs)}
    staffs["DATABASE_URL"] = staffs["DATABASE_URL"].replace("recovery_public@", "recovery_staff@")
    staffs["CREDENTIALS_DIRECTORY"], staffs["CENTRE_KEYS_DIR"] = str(public_node.staffs / "secrets"), str(public_node.staffs / "keys")
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input"], cwd=ROOT, env=staffs, capture_output=True, check=True)
    before = [sys.executable, "manage.py", "check", "--database", "default"]
    subprocess.run(before, cwd=ROOT, env={**public_node.environment, **more}, capture_output=True, check=True)
    web = [str(port) if word == "8000" else word for word in command_of("public")]
    with (tmp_path / "log").open("wb") as log:
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
            for command, environment in ((web, {**public_node.environment, **more}), (command_of("worker"), staffs))
        ]
    visitor = Visitor(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                visitor.get("/help-now/")
                break
            except OSError:
                assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                time.sleep(0.1)
        yield visitor
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(PATIENCE)


def test_in_two_halves_a_request_is_taken_staff_are_told_and_its_sender_reads_changes_and_withdraws_it(halves, public_node):
    assert "tel:988" in halves.get("/help-now/")
    assert halves.get("/admin/").startswith("404")
    halves.get("/contact/")
    sent = halves.send("/contact/", for_whom="self", contact_way="mailbox", message="I took pills and I want to die")
    if "Send again" in sent:  # quicker than a person
        sent = halves.send("/contact/", for_whom="self", contact_way="mailbox", message="I took pills and I want to die", again="1")
    [ticket] = re.findall(r'<ol class="receipt".*?</ol>', sent, re.S)
    words = re.findall(r"<li>(.*?)</li>", ticket)
    assert len(words) >= 6, sent[:3000]
    assert rung(public_node) == 1  # the worker rang: the visitors' half doesn't know whom

    halves.get("/mailbox/")
    assert "I took pills" in halves.send("/mailbox/", words=" ".join(words))
    assert "It is better now." in halves.send("/mailbox/open/", text="It is better now.")
    halves.get("/mailbox/contact/")
    assert "We answer only here" in halves.send("/mailbox/contact/", contact_way="mailbox") or "Saved" in halves.page
    halves.get("/mailbox/withdraw/")
    assert "erased" in halves.send("/mailbox/withdraw/")
    with public_node.account("recovery_staff") as cursor:
        cursor.execute("SELECT count(*) FROM intake_inquiry WHERE erased_at IS NOT NULL AND sealed = ''::bytea")
        assert cursor.fetchone() == (1,)


def rung(node: Node) -> int:
    """Return how many alarms the staff's worker has rung, after it had time for the first."""
    deadline = time.monotonic() + PATIENCE
    with node.account("recovery_staff") as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM intake_event WHERE kind = 'rung'")
            [number] = cursor.fetchone()
            if number or time.monotonic() > deadline:
                return int(number)
            time.sleep(0.1)
