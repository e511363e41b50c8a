"""Several processes on one database: simultaneous submissions, and a worker that is killed while sending a mail."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading

import pytest
from aiosmtpd.controller import Controller

from tests.support.cluster import free_port
from tests.support.mail import MailServer

# Each test has its own database, on SQLite and on PostgreSQL.
pytestmark = pytest.mark.once

PATIENCE = 300  # seconds


class Outside:
    """Starts `python -m tests.intake.outside …` (or any module) on one database; looks into it by itself."""

    def __init__(self, folder, cluster=None):
        self.folder, self.cluster, self.mail_port = folder, cluster, free_port()
        self.name = f"outside_{secrets.token_hex(8)}"  # of the database on PostgreSQL

    def __call__(self, *arguments, module="tests.intake.outside"):
        environment = {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.cluster.url(self.name) if self.cluster else f"sqlite:///{self.folder / 'db.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "tests.intake.outside_settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
        }
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def stored(self):
        """Return the number of inquiries and the states of the notifications to staff."""
        connect = (lambda: self.cluster.connect(self.name)) if self.cluster else (lambda: sqlite3.connect(self.folder / "db.sqlite3"))
        with contextlib.closing(connect()) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT count(*) FROM intake_inquiry")
            [(inquiries,)] = cursor.fetchall()
            cursor.execute("SELECT state FROM intake_notification WHERE channel = 'staff_email'")
            return inquiries, [state for (state,) in cursor.fetchall()]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request, tmp_path_factory):
    """A database with tables, a centre and a staff member, which the tests copy."""
    folder = tmp_path_factory.mktemp("prepared")
    outside = Outside(folder, request.getfixturevalue("postgres") if request.param == "postgresql" else None)
    if outside.cluster:
        outside.cluster.create_database(outside.name)
    assert output_of(outside("prepare")) == ""
    yield outside
    if outside.cluster:
        outside.cluster.drop_database(outside.name)


@pytest.fixture
def outside(prepared, tmp_path_factory):
    """Processes on a separate database for this test."""
    folder = tmp_path_factory.mktemp("outside")
    shutil.copytree(prepared.folder, folder, dirs_exist_ok=True)
    outside = Outside(folder, prepared.cluster)
    if outside.cluster:
        outside.cluster.create_database(outside.name, prepared.name)
    yield outside
    if outside.cluster:
        outside.cluster.drop_database(outside.name)


def output_of(process):
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors[-2000:]
    return output.strip()


def test_one_form_sent_four_times_at_once_is_one_inquiry_with_one_receipt(outside):
    receipts = output_of(outside("send", secrets.token_hex(16), "4")).splitlines()
    assert len(receipts) == 4
    assert len(set(receipts)) == 1
    inquiries, _notifications = outside.stored()
    assert inquiries == 1


def test_a_real_database_failure_is_never_reported_as_sent(outside):
    results = dict(line.split(" ", 1) for line in output_of(outside("weather")).splitlines())
    # Status, stored inquiries, whether the text was kept; then the same for resending the form after the failure.
    assert results.pop("busy") == "303 1 kept 303 1"
    assert results == dict.fromkeys(results, "503 0 kept 303 1")
    assert set(results) == ({"readonly", "stuck"} if outside.cluster else {"full", "readonly", "stuck"})


def test_a_worker_killed_in_the_middle_of_a_mail_loses_nothing(outside):
    output_of(outside("send", secrets.token_hex(16), "1"))
    hanging = socket.create_server(("127.0.0.1", outside.mail_port))
    caught = threading.Event()

    def take_and_say_nothing():
        connections.append(hanging.accept())
        caught.set()

    connections: list = []
    threading.Thread(target=take_and_say_nothing, daemon=True).start()
    worker = outside("send_notifications", module="django")
    try:
        assert caught.wait(PATIENCE), "the worker never reached the mail server"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        for connection, _address in connections:
            connection.close()
        hanging.close()
    assert outside.stored() == (1, ["pending"])
    mail = MailServer()
    server = Controller(mail, hostname="127.0.0.1", port=outside.mail_port, ready_timeout=PATIENCE)
    server.start()
    try:
        output_of(outside("send_due", "0"))
        assert mail.recipients == []  # it might still be at work
        output_of(outside("send_due", "1"))
    finally:
        server.stop()
    assert mail.recipients == ["alice@example.org"]
    assert outside.stored() == (1, ["sent"])
