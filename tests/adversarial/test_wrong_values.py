"""What no page expects, at every address of the site: in its path, in its query and in its form. Nothing of it is an error of ours."""

import os
import re

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver

from tests.adversarial.patterns import PACKAGES, ROOT

pytestmark = pytest.mark.django_db

# Too large for a column and for Python's own limit of digits, no number, no character of XML, no date, markup, a path.
VALUES = {
    "nothing": "",
    "digits": "9" * 4400,
    "minus": "-1",
    "superscript": "²",
    "nul": "\x00",
    "surrogate": "\ud800",
    "date": "2026-13-99",
    "list": "[",
    "markup": "<script>'\"",
    "path": "../../etc/passwd",
    "long": "x" * 5000,
}
METHODS = ("put", "patch", "delete", "options", "trace")
READ = re.compile(r"(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*\"(\w+)\"")
# Of Django's lists, and lookups that their filters take.
OF_LISTS = ("q", "o", "p", "all", "e", "_to_field", "_popup", "_changelist_filters", "id__exact", "last_login__year", "pk__in")
# In each turn every parameter of a page has another of the values. With CRAWL=all every parameter has every value.
TURNS = range(len(VALUES) if os.environ.get("CRAWL") == "all" else 3)


def addresses():
    """Return (address with <converter:name> in it, name) of each pattern in the URL configuration, Django's and libraries' too."""

    def walk(patterns, prefix):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield prefix + str(pattern.pattern), str(pattern.name)

    return list(walk(get_resolver().url_patterns, "/"))


def parameters():
    """Return the names that any view reads from a query or a form."""
    read = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            read |= set(READ.findall(path.read_text(encoding="utf-8")))
    return sorted(read | set(OF_LISTS))


def filled(address, inquiry, value=None):
    """Return a path for the pattern: with what is there, or with `value` where the converter takes any text."""
    path = address.replace("<reference:reference>", inquiry.reference)
    path = re.sub(r"<(?:int|uuid):\w+>", lambda part: "1" if "int" in part[0] else str(inquiry.pk), path)
    path = re.sub(r"<(?:path|str|slug)?:?\w+>", value.replace("%", "") if value else "1", path)
    return re.sub(r"\(\?P<\w+>[^)]*\)|[\^$\\]|\.\*|\(\?:|[()?]", "", path) or "/"


@pytest.fixture
def ask(client, inquiry):
    """A function that sends a request, undoes what it changed, and remembers it if the site failed."""
    client.raise_request_exception = False
    failed, counted = [], [0]

    def send(method, path, data=None):
        counted[0] += 1
        with transaction.atomic():
            try:
                status = getattr(client, method)(path, data).status_code
            except UnicodeEncodeError:  # the client can't write that into an address
                status = 0
            transaction.set_rollback(True)
        if status >= 500:
            failed.append(f"{method} {path[:120]}: {status}")

    send.failed, send.counted = failed, counted
    return send


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("who", ["olga", "luisa", "edith", ""])
def test_no_page_fails(client, request, ask, inquiry, who, turn):  # noqa: PLR0917 (fixtures)
    if who:
        client.force_login(request.getfixturevalue(who))
    names, values = parameters(), list(VALUES.values())
    for number, (address, name) in enumerate(addresses()):
        if "logout" in name:
            continue
        path = filled(address, inquiry)
        sent = {parameter: values[(place + number + turn) % len(values)] for place, parameter in enumerate(names)}
        ask("get", path, sent)
        ask("post", path, sent)
        if "<" in address:
            ask("get", filled(address, inquiry, values[(number + turn) % len(values)] or "0"))
    assert ask.failed == [], f"of {ask.counted[0]} requests"


def test_no_method_fails(client, ask, olga, inquiry):
    client.force_login(olga)
    for address, name in addresses():
        for method in METHODS:
            if "logout" not in name:
                ask(method, filled(address, inquiry))
    assert ask.failed == []


def test_the_parameters_are_found():
    assert {"centre", "template", "version", "q"} <= set(parameters())
