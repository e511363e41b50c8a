"""The log: one line for a fault, which says where to look and nothing that a person typed."""

import io
import logging
import os
import subprocess
import sys

import pytest
from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpResponse

from intake.crypto.key_files import KeyringError
from recovery_site import logs


@pytest.fixture
def log():
    """A logger that writes as the site's does, and what it wrote."""
    stream = io.StringIO()
    handler = logs.OncePerMinute(stream)
    handler.setFormatter(logs.PrivateFormatter("{levelname} {part} {number} {name}: {message}", style="{"))
    handler.addFilter(logs.OnceARequest())
    loggers = [logging.getLogger(name) for name in ("intake.tried", "django.request.tried", "django.security.DisallowedHost")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler, lambda: stream.getvalue().splitlines()
    for logger in loggers:
        logger.removeHandler(handler)
    handler.close()


@pytest.fixture(autouse=True)
def no_request():
    mark = logs._request.set(None)
    yield
    logs._request.reset(mark)


ours = logging.getLogger("intake.tried")
djangos = logging.getLogger("django.request.tried")


def fails(error, logger=ours, words="It failed"):
    try:
        raise error
    except Exception:
        logger.exception(words)


def test_a_request_for_another_host_is_one_line_without_its_name(rf, log):
    _handler, lines = log
    try:
        raise DisallowedHost("Invalid HTTP_HOST header: 'evil.example.org'.")
    except DisallowedHost as refused:
        more = {"request": rf.get("/"), "status_code": 400}
        logging.getLogger("django.security.DisallowedHost").error(str(refused), extra=more, exc_info=sys.exc_info())
    assert [line.partition(" - ")[2] for line in lines()] == ["django.security.DisallowedHost: GET no such page 400"]


def test_one_fault_is_one_line_with_its_process_request_class_and_place(log):
    _handler, lines = log
    logs.numbered_requests(lambda request: HttpResponse(fails(OperationalError("quillon@example.org"))))(None)
    [line] = lines()
    level, part, number, rest = line.split(" ", 3)
    assert level == "ERROR"
    assert part.endswith("]"), "which process"
    assert len(number) == 8, "which request"
    assert rest.startswith("intake.tried: It failed: OperationalError at tests/site/test_logs.py:")
    assert "quillon" not in line


def test_what_was_written_for_the_operator_is_not_hidden(log):
    _handler, lines = log
    fails(ImproperlyConfigured("STAFF_IDLE_MINUTES is 3; set it"))
    fails(KeyringError("Restore it\nfrom the key backup."))
    assert "ImproperlyConfigured: STAFF_IDLE_MINUTES is 3; set it" in lines()[0]
    assert "KeyringError: Restore it from the key backup." in lines()[1]


def test_no_other_message_is_shown_not_even_that_of_a_cause(log):
    _handler, lines = log
    fails(ValueError("invalid literal for int(): 'quillon@example.org'"))
    try:
        raise RuntimeError("quillon@example.org") from KeyError("quillon")
    except RuntimeError:
        ours.exception("It failed with a cause")
    assert "quillon" not in "".join(lines())
    assert "RuntimeError at tests/site/test_logs.py:" in lines()[1]
    assert ", from KeyError" in lines()[1]


def test_words_with_line_breaks_stay_one_line(log):
    _handler, lines = log
    ours.error("a\nb\r\nERROR forged")
    assert len(lines()) == 1


def test_django_does_not_say_again_what_a_request_has_said(rf, log):
    _handler, lines = log

    def view(request):
        fails(OperationalError())
        return HttpResponse(status=503)

    middleware = logs.numbered_requests(view)
    middleware(rf.get("/contact/"))
    djangos.error("Service Unavailable: %s", "/contact/", extra={"status_code": 503})  # as Django does after all middleware
    assert len(lines()) == 1
    logs.numbered_requests(lambda request: HttpResponse(status=503))(rf.get("/guides/"))
    djangos.error("Service Unavailable: %s", "/guides/", extra={"status_code": 503})
    assert len(lines()) == 2, "a request that has said nothing is in the log by Django's line"


def test_an_error_that_nobody_caught_is_never_left_out(rf, log):
    _handler, lines = log

    def view(request):
        ours.error("A mail could not be sent")
        fails(KeyError("quillon"), djangos, "Internal Server Error")

    logs.numbered_requests(view)(rf.get("/contact/"))
    assert len(lines()) == 2
    assert "KeyError at tests/site/test_logs.py:" in lines()[1]


def test_a_database_that_is_away_for_a_thousand_requests_is_one_line_and_a_number(log):
    handler, lines = log
    for _request in range(1000):
        fails(OperationalError(), words="An inquiry could not be stored")
    assert len(lines()) == 1
    handler.say_what_was_left_out(logs.time.monotonic() + logs.REPEATED_AFTER)
    assert len(lines()) == 2
    assert "An inquiry could not be stored: OperationalError" in lines()[1]
    assert lines()[1].endswith("(999 more of these in the last minute)")
    handler.say_what_was_left_out(logs.time.monotonic() + 2 * logs.REPEATED_AFTER)
    assert len(lines()) == 2, "nothing came again"


def test_the_number_is_not_lost_when_the_process_ends(log):
    handler, lines = log
    for _request in range(3):
        fails(OperationalError())
    handler.close()
    assert lines()[-1].endswith("(2 more of these in the last minute)")


def test_another_fault_is_written_at_once_beside_one_that_repeats(log):
    _handler, lines = log
    fails(OperationalError())
    fails(OperationalError(), words="Another")
    fails(ValueError())
    ours.warning("It failed")
    assert len(lines()) == 4


def test_what_is_no_fault_is_written_each_time(log):
    _handler, lines = log
    ours.setLevel(logging.INFO)
    for _time in range(2):
        ours.info("Started")
    assert len(lines()) == 2


def test_a_command_that_fails_in_a_unit_leaves_one_line_without_the_words(tmp_path):
    """Python's own traceback would show the message: the log of a unit is kept, and read by others."""
    code = (
        "import sys, django.core.management as m\n"
        "def fail(argv): raise ValueError('quillon@example.org')\n"
        "m.execute_from_command_line = fail\n"
        "import manage; sys.argv = ['manage.py', 'check']; import django; django.setup(); manage.main()\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "check[" in line
    assert "ValueError" in line
    assert "quillon" not in line
