"""Several processes on one database: two sendings at once, and a worker that is killed with a mail in its hand."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading

import pytest
from aiosmtpd.controller import Controller

from tests.support.cluster import free_port
from tests.support.mail import MailServer

# Each test makes a database of its own, on SQLite and on PostgreSQL.
pytestmark = pytest.mark.once

PATIENCE = 60  # seconds


@pytest.fixture(params=["sqlite", "postgresql"])
def outside(request, tmp_path):
    """Start `python -m tests.intake.outside …` (or any module) on a database of its own; returns the process."""
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres")
        url = cluster.create_database("several_processes")
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.intake.outside_settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
    }

    def start(*arguments, module="tests.intake.outside"):
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    start.database = request.param
    start.mail_port = int(environment["EMAIL_URL"].rsplit(":", 1)[1])
    assert said(start("prepare")) == ""
    yield start
    if request.param == "postgresql":
        cluster.drop_database("several_processes")


def said(process):
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors[-2000:]
    return output.strip()


def test_one_form_sent_four_times_at_once_is_one_inquiry_with_one_receipt(outside):
    token = secrets.token_hex(16)
    receipts = {said(process) for process in [outside("send", token) for _ in range(4)]}
    assert len(receipts) == 1
    assert said(outside("count")).startswith("1")


def test_a_database_that_really_fails_never_says_sent_for_what_it_does_not_hold(outside):
    told = dict(line.split(" ", 1) for line in said(outside("weather")).splitlines())
    # What the visitor is told, what is stored, what became of the words; then the same form again when it is over.
    assert told.pop("busy") == "303 1 kept 303 1"
    assert told == dict.fromkeys(told, "503 0 kept 303 1")
    assert set(told) == ({"full", "readonly", "stuck"} if outside.database == "sqlite" else {"readonly", "stuck"})


def test_a_worker_killed_in_the_middle_of_a_mail_loses_nothing(outside):
    said(outside("send", secrets.token_hex(16)))
    hanging = socket.create_server(("127.0.0.1", outside.mail_port))
    caught = threading.Event()

    def take_and_say_nothing():
        connections.append(hanging.accept())
        caught.set()

    connections: list = []
    threading.Thread(target=take_and_say_nothing, daemon=True).start()
    worker = outside("db_worker", "--no-startup-delay", module="django")
    try:
        assert caught.wait(PATIENCE), "the worker never reached the mail server"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        for connection, _address in connections:
            connection.close()
        hanging.close()
    assert said(outside("count")) == "1 pending"
    mail = MailServer()
    server = Controller(mail, hostname="127.0.0.1", port=outside.mail_port)
    server.start()
    try:
        said(outside("sweep", "1"))
        assert mail.recipients == []  # it might still be at work
        said(outside("sweep", "6"))
        said(outside("sweep", "7"))
    finally:
        server.stop()
    assert mail.recipients == ["alice@example.org"]
    assert said(outside("count")) == "1 sent"
