"""The shipped nginx configuration in a real nginx: what it caches, what it passes on, and what it never writes."""

import gzip
import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import get_resolver, reverse
from lxml import html

from recovery_site.helplines import helplines
from recovery_site.management.commands import nginx_map
from tests.support.cluster import free_port
from tests.support.nginx import SHIPPED, Answer, Nginx, nginx_before, nginx_path
from tests.support.site import Site
from tests.support.skipping import unavailable

STAFF = SHIPPED.with_name("recovery-staff.conf")
GUIDE = "/guides/what-heroin-withdrawal-feels-like/"
WORDS = b"words " * 5_000
KEPT = {"Cache-Control": "public, max-age=300", "X-Accel-Expires": "60", "Content-Type": "text/html", "ETag": '"1"'}


@pytest.fixture(scope="module", autouse=True)
def _nginx_is_there() -> None:
    if nginx_path() is None:
        unavailable("no nginx (Debian: apt-get install nginx)")


class Behind(ThreadingHTTPServer):
    """A stand-in for the site: it counts what reaches it, and answers with the headers that a test chose."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Counter[str] = Counter()
        self.last_headers: dict[str, str] = {}
        self.last_size = 0
        self.headers = KEPT
        self.down = False
        self.body = WORDS


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart: each request would wait 40 ms
    server: Behind

    def do_GET(self) -> None:
        if self.server.down:
            self.close_connection = True
            return
        self.server.asked[self.path] += 1
        self.server.last_headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.last_size = len(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.send_response(200)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def behind() -> Iterator[Behind]:
    server = Behind()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def front(behind: Behind) -> Iterator[Nginx]:
    with nginx_before(behind.server_address[1]) as nginx:
        yield nginx


@pytest.mark.once
class TestWhatIsKept:
    def test_a_page_that_is_the_same_for_everyone_is_fetched_once(self, front, behind):
        answers = [front.ask(GUIDE) for _ in range(3)]
        assert [answer.body for answer in answers] == [WORDS] * 3
        assert behind.asked == {GUIDE: 1}

    def test_a_page_that_sets_a_cookie_is_never_kept(self, front, behind):
        behind.headers = {**KEPT, "Set-Cookie": "who=someone"}
        for _ in range(2):
            front.ask(GUIDE)
        assert behind.asked == {GUIDE: 2}

    def test_a_page_that_says_no_store_is_never_kept(self, front, behind):
        behind.headers = {"Cache-Control": "no-store"}
        for _ in range(2):
            front.ask(GUIDE)
        assert behind.asked == {GUIDE: 2}

    @pytest.mark.parametrize("path", ["/contact/", "/mailbox/", "/search/", "/es/contact/", "/admin/", "/preview/x/", GUIDE + "?q=1"])
    def test_a_page_that_is_not_on_the_list_is_never_stored_whatever_its_headers(self, front, behind, path):
        for _ in range(2):
            front.ask(path)
        assert behind.asked == {path: 2}

    def test_an_answer_to_a_form_is_never_kept(self, front, behind):
        for _ in range(2):
            front.ask(GUIDE, "POST", b"helpful=yes")
        assert behind.asked == {GUIDE: 2}

    def test_each_browser_gets_one_of_three_encodings(self, front, behind):
        for accepted in ("gzip, deflate, br, zstd", "br;q=1.0, gzip", "gzip;q=0.5", "gzip, deflate", "identity"):
            front.ask(GUIDE, Accept_Encoding=accepted)
        assert behind.asked == {GUIDE: 3}

    def test_a_browser_that_has_the_page_gets_no_bytes_of_it(self, front, behind):
        front.ask(GUIDE)
        again = front.ask(GUIDE, If_None_Match='W/"1"')
        assert (again.status, again.body) == (304, b"")
        assert behind.asked == {GUIDE: 1}

    def test_pages_that_were_read_can_be_read_while_the_site_is_down(self, front, behind):
        behind.headers = {**KEPT, "X-Accel-Expires": "@1000"}  # to be kept until a second of 1970
        front.ask(GUIDE)
        front.ask(GUIDE)
        assert behind.asked == {GUIDE: 2}, "it was too old to be shown unasked"
        behind.down = True
        assert front.ask(GUIDE).body == WORDS
        missing = front.ask("/es/")
        assert missing.status == 503
        assert "emergency number" in missing.body.decode()
        is_a_kind_page(missing)


def is_a_kind_page(answer: Answer) -> None:
    """Assert that nginx's own answer says whom to call, in both languages, and is stored nowhere."""
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    page = html.fromstring(answer.body)
    assert page.findtext(".//title")
    assert len(page.cssselect("h1")) == 1
    for language in ("en", "es"):
        urgent = [line.href for line in helplines("US", language) if line.key in ("emergency", "crisis")]
        assert {link.get("href") for link in page.cssselect(f'p[lang="{language}"] a')} >= set(urgent)


@pytest.mark.once
class TestWhatIsPassedOn:
    def test_the_site_learns_the_address_and_the_scheme_from_nginx_only(self, front, behind):
        front.ask(
            "/contact/", X_Real_IP="203.0.113.9", X_Forwarded_Proto="ftp", X_Forwarded_For="203.0.113.9", X_Forwarded_Host="evil.example"
        )
        seen = behind.last_headers
        assert (seen["x-real-ip"], seen["x-forwarded-proto"], seen["host"]) == ("127.0.0.1", "https", "localhost")
        assert "x-forwarded-for" not in seen
        assert "x-forwarded-host" not in seen

    def test_a_cookie_reaches_forms_and_no_page_that_only_reads(self, front, behind):
        front.ask("/mailbox/open/", Cookie="mailbox=secret")
        assert behind.last_headers["cookie"] == "mailbox=secret"
        front.ask(GUIDE, Cookie="mailbox=secret")
        assert "cookie" not in behind.last_headers

    def test_request_bodies_stay_in_memory_and_large_ones_are_refused(self, front, behind):
        # The folder for bodies that don't fit into memory can't be written to (tests/support/nginx.py).
        assert front.ask("/contact/", "POST", b"x" * 900_000).status == 200
        assert behind.last_size == 900_000
        assert front.ask("/contact/", "POST", b"x" * 12_000_000, Expect="100-continue").status == 413

    def test_a_request_that_is_too_large_gets_a_kind_error_page(self, front, behind):
        answer = front.ask("/contact/", "POST", b"x" * 12_000_000, Expect="100-continue")
        assert answer.status == 413
        assert sum(behind.asked.values()) == 0
        is_a_kind_page(answer)
        assert "what you typed should still be in the form" in answer.body.decode()
        assert "lo que escribió debería seguir en el formulario" in answer.body.decode()
        assert "<a href='/leave/'" in answer.body.decode()

    def test_too_many_headers_get_a_kind_error_page(self, front, behind):
        answer = front.ask("/contact/", Cookie="x" * 40_000)
        assert answer.status == 400
        is_a_kind_page(answer)

    def test_forms_are_rate_limited_and_pages_to_read_are_not(self, front, behind):
        forms = front.ask_quickly(80, "/contact/", "POST", b"x")
        assert Counter(answer.status for answer in forms)[200] >= 40
        is_a_kind_page(next(answer for answer in forms if answer.status == 429))
        assert {answer.status for answer in front.ask_quickly(80, "/es/")} == {200}
        assert 429 in {answer.status for answer in front.ask_quickly(80, "/es/search/?q=x")}

    def test_plain_http_leads_to_tls(self, front):
        answer = front.ask_plainly("/contact/?for=family")
        assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/contact/?for=family")


@pytest.mark.once
def test_no_visit_is_logged_and_of_a_site_that_is_away_only_that(front, behind):
    front.ask("/contact/?guide=heroin")
    front.ask(GUIDE, Cookie="mailbox=secret")
    front.ask("/contact/", "POST", b"x" * 12_000_000, Expect="100-continue")
    front.ask_plainly("/es/contact/")
    front.ask_quickly(60, "/search/?q=heroin")
    behind.down = True
    assert front.ask("/contact/").status == 503
    assert re.fullmatch(r"\S+ visitors status=503 site=[0-9, -]+ seconds=[0-9.]+\n", front.written_at_last())


@pytest.fixture
def both(behind: Behind) -> Iterator[Nginx]:
    """Both shipped files in one nginx; `both.port` is that of the staff's server."""
    port, text = free_port(), STAFF.read_text()
    for old, new in (
        ("127.0.0.1:8001;", f"127.0.0.1:{behind.server_address[1]};"),
        ("listen 10.0.0.5:443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        ("staff.help.example.org;", "localhost;"),
        ("{", "{{"),
        ("}", "}}"),
        ("/etc/letsencrypt/live/staff.help.example.org/fullchain.pem", "{folder}/certificate.pem"),
        ("/etc/letsencrypt/live/staff.help.example.org/privkey.pem", "{folder}/key.pem"),
        ("/var/log/nginx/", "{folder}/"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    with nginx_before(behind.server_address[1], text) as nginx:
        nginx.port = port
        yield nginx


@pytest.mark.once
def test_the_staffs_server_keeps_nothing_passes_the_cookie_on_and_logs_no_visit(both, behind):
    for _time in range(2):
        assert both.ask("/admin/", Cookie="staff=secret", X_Real_IP="203.0.113.9").status == 200
    assert behind.asked["/admin/"] == 2  # although the answer says that it may be kept
    seen = behind.last_headers
    assert (seen["cookie"], seen["x-real-ip"], seen["x-forwarded-proto"], seen["host"]) == (
        "staff=secret",
        "127.0.0.1",
        "https",
        "localhost",
    )
    assert both.ask("/admin/", "POST", b"x" * 12_000_000, Expect="100-continue").status == 413
    behind.down = True
    answer = both.ask("/admin/")
    assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
    assert re.fullmatch(r"\S+ staff status=503 site=[0-9, -]+ seconds=[0-9.]+\n", both.written_at_last())


@pytest.mark.once
def test_the_staffs_server_listens_at_an_address_that_is_written_out():
    """Never at all addresses of the machine, where visitors would find it."""
    assert re.findall(r"^ *listen (.*?) ", STAFF.read_text(), re.MULTILINE) == ["10.0.0.5:443"]


@pytest.mark.once
def test_the_shipped_file_has_what_the_site_prints(capsys):
    call_command("nginx_map")
    for block in re.findall(r"^map .*?^}\n", capsys.readouterr().out, re.MULTILINE | re.DOTALL):
        assert block in SHIPPED.read_text(), "Put the output of `manage.py nginx_map` into deploy/nginx/recovery.conf."


@pytest.mark.once
def test_what_is_kept_is_what_the_views_declare():
    listed = re.findall(r'^    "?(~?/?[^" ]*)"? 0;$', SHIPPED.read_text(), re.MULTILINE)

    def kept(path: str) -> bool:
        return path in listed or any(re.search(pattern[1:], path) for pattern in listed if pattern.startswith("~"))

    parts = {"slug": "some-guide", "kind": "substance", "code": "heroin", "name": "a-480.webp", "token": "secret", "uidb64": "MQ", "pk": 1}
    declared = []
    for prefix, route in _routes(get_resolver()):
        page = getattr(route.callback, "public_page", None)
        path = reverse(f"{prefix}{route.name}", kwargs={part: parts[part] for part in route.pattern.converters})
        declared.append(page is not None and page.cache)
        assert kept(path) == declared[-1], path
        if not path.startswith(("/media/", "/robots", "/sitemap", "/styleguide", "/favicon")):
            assert kept(f"/es{path}") == declared[-1], path
    assert declared.count(True) > 15
    assert declared.count(False) > 10
    assert not kept("/admin/")
    assert kept("/static/css/site.css")


def _routes(resolver, prefix=""):
    """Every address but those of the admin, with the prefix of its name."""
    for inner in resolver.url_patterns:
        if not hasattr(inner, "url_patterns"):
            yield prefix, inner
        elif inner.namespace != "admin":
            yield from _routes(inner, f"{inner.namespace}:" if inner.namespace else prefix)


@pytest.mark.once
def test_other_countries_get_their_own_numbers(monkeypatch):
    monkeypatch.setattr(settings, "COUNTRY", "GB")
    words = nginx_map.emergency_numbers()
    assert "<a href='tel:999'>999</a>" in words
    assert "¿Está en peligro? Llame al número de emergencia. Emergencia <a" in words
    assert "911" not in words


@pytest.mark.once
def test_a_staff_server_has_no_pages_to_print(monkeypatch):
    monkeypatch.setattr(settings, "SERVES_VISITORS", False)
    with pytest.raises(CommandError, match="SITE_ROLE"):
        call_command("nginx_map")


@pytest.fixture(scope="module")
def before_the_site(live_site: Site) -> Iterator[Nginx]:
    with nginx_before(live_site.port) as nginx:
        yield nginx


class TestWithTheSite:
    def test_a_guide_arrives_as_the_site_sent_it(self, before_the_site):
        plain = before_the_site.ask(GUIDE)
        assert plain.status == 200
        for accepted, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            for _ in range(2):
                packed = before_the_site.ask(GUIDE, Accept_Encoding=accepted)
                assert packed.headers["Content-Encoding"] == accepted
                assert unpack(packed.body) == plain.body
                assert packed.headers["Vary"] == "Accept-Encoding"
                assert packed.headers["Cache-Control"] == "public, max-age=300"
                assert packed.headers["Referrer-Policy"] == "no-referrer"
                assert "default-src 'self'" in packed.headers["Content-Security-Policy"]
                assert "Set-Cookie" not in packed.headers
                assert "X-Accel-Expires" not in packed.headers

    def test_a_page_with_an_empty_form_is_compressed_and_not_kept(self, before_the_site):
        first, second = (before_the_site.ask("/contact/", Accept_Encoding="gzip, br") for _ in range(2))
        assert first.status == 200
        assert first.headers["Content-Encoding"] == "br"
        assert first.headers["Cache-Control"].count("no-store") == 1
        assert first.body != second.body, "each form has a token of its own"
        assert len(first.body) < 15_000

    def test_style_sheets_are_kept_for_good_and_packed(self, before_the_site):
        page = before_the_site.ask("/").body.decode()
        [sheet] = re.findall(r'href="(/static/css/[^"]+)"', page)
        answer = before_the_site.ask(sheet, Accept_Encoding="gzip, br")
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith("text/css")

    def test_staff_sign_in_through_it(self, before_the_site):
        page = before_the_site.ask("/admin/login/")
        assert page.status == 200
        assert "csrftoken" in page.headers["Set-Cookie"]
