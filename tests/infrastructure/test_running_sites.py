"""What tests ask of a running site: its mails, whole ones only, and a port that is its own."""

import pytest
from django.core.mail import EmailMessage, get_connection

from tests.support.cluster import free_port
from tests.support.site import whole_mails

pytestmark = pytest.mark.once


def test_a_mail_that_is_still_being_written_is_none_yet(tmp_path):
    backend = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(tmp_path))
    for subject in ("First", "Second"):
        backend.send_messages([EmailMessage(subject, "Words", "from@example.org", ["to@example.org"])])
    [file] = tmp_path.glob("*.log")
    written = file.read_bytes()
    line = b"-" * 79 + b"\n"
    first = written.index(line) + len(line)

    def seen(size):
        file.write_bytes(written[:size])
        return [mail["Subject"] for mail in whole_mails(tmp_path)]

    assert seen(0) == []
    assert seen(first - 5) == []
    assert seen(first) == seen(len(written) - 5) == ["First"]
    assert seen(len(written)) == ["First", "Second"]


def test_no_port_is_given_twice():
    ports = [free_port() for _ in range(500)]
    assert len(set(ports)) == len(ports)
