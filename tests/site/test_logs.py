"""What strangers send fills no log."""

import logging
import sys

from django.core.exceptions import DisallowedHost

from recovery_site.logs import PrivateFormatter


def test_a_request_for_another_host_is_one_line_without_its_name(rf):
    try:
        raise DisallowedHost("Invalid HTTP_HOST header: 'evil.example.org'.")
    except DisallowedHost as refused:
        record = logging.LogRecord("django.security.DisallowedHost", logging.ERROR, "", 0, str(refused), None, sys.exc_info())
    record.request, record.status_code = rf.get("/"), 400
    line = PrivateFormatter("{levelname} {name} {message}", style="{").format(record)
    assert line == "ERROR django.security.DisallowedHost GET no such page 400"
