"""What strangers send fills no log."""

import logging
import sys

from django.core.exceptions import DisallowedHost, ImproperlyConfigured

from intake.crypto.key_files import KeyringError
from recovery_site.logs import PrivateFormatter


def test_a_request_for_another_host_is_one_line_without_its_name(rf):
    try:
        raise DisallowedHost("Invalid HTTP_HOST header: 'evil.example.org'.")
    except DisallowedHost as refused:
        record = logging.LogRecord("django.security.DisallowedHost", logging.ERROR, "", 0, str(refused), None, sys.exc_info())
    record.request, record.status_code = rf.get("/"), 400
    line = PrivateFormatter("{levelname} {name} {message}", style="{").format(record)
    assert line == "ERROR django.security.DisallowedHost GET no such page 400"


def formatted(error):
    try:
        raise error
    except Exception:
        record = logging.LogRecord("intake", logging.ERROR, "", 0, "It failed", None, sys.exc_info())
    return PrivateFormatter("{message}", style="{").format(record)


def test_what_was_written_for_the_operator_is_not_hidden():
    assert "ImproperlyConfigured: STAFF_IDLE_MINUTES is 3; set it" in formatted(ImproperlyConfigured("STAFF_IDLE_MINUTES is 3; set it"))
    assert "KeyringError: Restore it from the key backup." in formatted(KeyringError("Restore it\nfrom the key backup."))


def test_no_other_message_is_shown():
    assert "quillon" not in formatted(ValueError("invalid literal for int(): 'quillon@example.org'"))
    assert "quillon" not in formatted(RuntimeError("quillon@example.org"))
