"""The worker looks at the addresses of sources once a week, where the operator allows it."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import LinkCheck, Source
from articles.safety import link_checks
from recovery_site.network import connections

WEEK = dt.timedelta(days=7)


class Library(BaseHTTPRequestHandler):
    """A site with pages that are there, gone, moved, or shown to GET only."""

    asked: list[tuple[str, str, dict[str, str]]]

    def answer(self):
        self.asked.append((self.command, self.path, dict(self.headers)))
        status, location = 200, ""
        match self.path.split("?")[0]:
            case "/gone":
                status = 410
            case "/missing":
                status = 404
            case "/robots":
                status = 403
            case "/no-head" if self.command == "HEAD":
                status = 405
            case "/wrong-head" if self.command == "HEAD":
                status = 404
            case "/moved":
                status, location = 301, "/here"
            case "/moved-inside":
                status, location = 302, "http://127.0.0.2:1/admin/"
            case "/to-a-file":
                status, location = 302, "file:///etc/passwd"
            case "/circle":
                status, location = 302, "/circle"
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 (the names that http.server calls)

    def log_message(self, *args):
        """Write nothing."""


@pytest.fixture
def library(monkeypatch):
    """The address of a running Library, which counts as one on the public internet, and what it was asked."""
    handler = type("Handler", (Library,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(connections, "is_public", lambda address: address == "127.0.0.1")
    yield f"http://127.0.0.1:{server.server_port}", handler.asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(settings):
    settings.CHECK_LINKS = True


@pytest.mark.parametrize(
    ("path", "status", "methods"),
    [
        ("/here", 200, ["HEAD"]),
        ("/no-head", 200, ["HEAD", "GET"]),
        ("/wrong-head", 200, ["HEAD", "GET"]),
        ("/missing", 404, ["HEAD", "GET"]),
        ("/moved?page=2", 200, ["HEAD", "HEAD"]),
        ("/moved-inside", 0, ["HEAD"]),
        ("/to-a-file", 0, ["HEAD"]),
        ("/circle", 0, ["HEAD"] * 6),
    ],
)
def test_what_an_address_answers(library, path, status, methods):
    address, asked = library
    assert link_checks.answer_of(address + path) == status
    assert [method for method, _path, _headers in asked] == methods


def test_a_look_says_nothing_about_us(library):
    address, asked = library
    link_checks.answer_of(address + "/here")
    assert set(asked[0][2]) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert "recovery" not in str(asked[0]).lower()


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "127.0.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "172.16.0.9",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_our_own_network_is_never_asked(address, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(0, 0, 0, "", (address, 80))])
    monkeypatch.setattr("socket.create_connection", lambda *args, **kwargs: pytest.fail("it was asked"))
    assert link_checks.answer_of("http://innocent.example/") == 0


def test_a_name_with_one_inner_address_among_public_ones_is_not_asked(monkeypatch):
    found = [(0, 0, 0, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr("socket.create_connection", lambda *args, **kwargs: pytest.fail("it was asked"))
    assert link_checks.answer_of("http://innocent.example/") == 0


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a", "file:///etc/passwd", "http://", "javascript:alert(1)", "http://[::1", "http://a:99999/"]
)
def test_other_addresses_are_not_asked(url):
    assert link_checks.answer_of(url) == 0


def test_nothing_is_asked_unless_the_operator_allows_it(library, published):
    Source.objects.update(url=library[0] + "/here")
    assert link_checks.look_at_due(timezone.now()) == {}
    assert library[1] == []


def test_each_address_is_looked_at_once_a_week(library, allowed, published):
    Source.objects.update(url=library[0] + "/here")
    now = timezone.now()
    assert link_checks.look_at_due(now)["links_looked_at"] == 2, "that of the draft, and that of the edition"
    assert link_checks.look_at_due(now + dt.timedelta(days=6)) == {"links_looked_at": 0}
    assert link_checks.look_at_due(now + WEEK)["links_looked_at"] == 2
    Source.objects.all().delete()
    link_checks.look_at_due(now + WEEK)
    assert not LinkCheck.objects.filter(url__startswith=library[0]).exists(), "nothing cites it any more"


def test_a_gone_page_is_dead_at_once_a_silent_one_after_two_weeks_and_a_closed_door_never(library, allowed, draft):
    address = library[0]
    draft.sources.all().delete()
    for number, path in enumerate(["/gone", "/robots", "/here"], start=1):
        Source.objects.create(guide=draft, number=number, title=path, publisher="Library", url=address + path)
    Source.objects.create(guide=draft, number=4, title="silent", publisher="Library", url="http://127.0.0.3:1/")
    now = timezone.now()
    link_checks.look_at_due(now)
    assert dead(draft) == [1]
    link_checks.look_at_due(now + WEEK)
    assert dead(draft) == [1, 4]
    Source.objects.filter(number=1).update(url=address + "/here")
    assert dead(draft) == [4]


def dead(guide):
    return [source.number for source, _check in link_checks.dead_sources(guide)]


def test_an_address_that_answers_again_is_not_dead(library, allowed, draft):
    url = library[0] + "/here"
    draft.sources.update(url=url)
    LinkCheck.objects.create(url=url, looked_at=timezone.now() - WEEK, failing_since=timezone.now() - WEEK, is_dead=True)
    link_checks.look_at_due(timezone.now())
    assert dead(draft) == []


def test_editors_see_dead_links_on_their_first_page_in_the_list_and_at_the_guide(client, draft, published, edith):
    client.force_login(edith)
    assert "Links of sources that lead nowhere" not in client.get("/admin/").content.decode()
    LinkCheck.objects.create(url="https://example.org/study", looked_at=timezone.now(), status=404, is_dead=True)
    assert "Links of sources that lead nowhere" in client.get("/admin/").content.decode()
    assert draft.title in client.get("/admin/articles/guide/?links=dead").content.decode()
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    assert "The address of source 1 leads nowhere any more (answer 404" in page
    LinkCheck.objects.update(is_dead=False)
    assert draft.title not in client.get("/admin/articles/guide/?links=dead").content.decode()
