"""What caches may keep: pages whose views declare that they are the same for everyone. Anything else is an error, not a warning."""

import gzip
import json

import brotli
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path, resolve, reverse
from lxml import html

from recovery_site.management.commands import nginx_map
from recovery_site.middleware.page_cache import UnsafeToCache, before, check, page_cache
from recovery_site.pages import crawlers, public_pages
from recovery_site.pages.public_pages import public_page

pytestmark = pytest.mark.django_db


def asked(address, **headers):
    request = RequestFactory().get(address, headers=headers)
    request.resolver_match = resolve(address)
    return request


def answer(**headers):
    return HttpResponse("words " * 200, headers={"Cache-Control": "public, max-age=300", **headers})


def test_a_page_to_keep_that_carries_a_cookie_is_an_error():
    response = answer()
    response.set_cookie("who", "someone")
    with pytest.raises(UnsafeToCache, match="articles:home would be kept with a cookie"):
        check(asked("/"), response)


def test_a_page_to_keep_that_differs_by_cookie_is_an_error():
    with pytest.raises(UnsafeToCache):
        check(asked("/"), answer(Vary="Accept-Encoding, Cookie"))


@pytest.mark.parametrize(("address", "name"), [("/search/", "articles:search"), ("/thanks/", "articles:thanks")])
def test_a_page_to_keep_whose_view_does_not_say_so_is_an_error(address, name):
    with pytest.raises(UnsafeToCache, match=f"{name} isn't declared"):
        page_cache(lambda _request: answer())(asked(address))


def test_every_page_that_may_be_kept_is_free_of_tokens_and_cookies(client):
    kept = [route.name for route in public_pages.routes() if route.page.cache and route.is_fixed]
    assert len(kept) > 10
    for name in kept:
        response = client.get(reverse(name))
        assert response.status_code == (301 if name == "icon" else 200)
        assert not response.cookies
        assert response.headers["Cache-Control"] == "public, max-age=300"
        if response.content and response.headers["Content-Type"].startswith("text/html"):
            assert not html.fromstring(response.content).cssselect("input[type=hidden], form[method=post]")


def test_a_public_page_is_one_view_with_its_address(client, settings):
    settings.ROOT_URLCONF = __name__
    kept = client.get("/visiting-hours/")
    assert kept.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/visiting-hours/", headers={"if-none-match": kept.headers["ETag"]}).status_code == 304
    assert f"<loc>{settings.SITE_URL}/visiting-hours/</loc>" in client.get("/sitemap.xml").content.decode()
    assert "    /visiting-hours/ 0;\n" in nginx_map.kept_pages()


@public_page(sitemap=True)
def visiting_hours(_request):
    return HttpResponse("Every day from two to four.")


urlpatterns = [path("visiting-hours/", visiting_hours, name="visiting_hours"), path("sitemap.xml", crawlers.sitemap)]


@pytest.mark.parametrize("status", [404, 410, 302])
def test_an_answer_without_the_page_is_kept_nowhere(status):
    response = public_page()(lambda _request: HttpResponse(status=status))(None)
    assert "Cache-Control" not in response.headers


def test_contact_and_mailbox_and_search_are_kept_nowhere(client):
    for address in ("/contact/", "/mailbox/", "/search/", "/search/?q=x", "/leave/", "/blank/", "/thanks/"):
        assert client.get(address).headers["Cache-Control"].count("no-store") == 1


def test_a_page_is_made_once_and_then_comes_from_the_store(client, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    first = client.get("/")
    with django_assert_num_queries(0):
        again = client.get("/")
    assert again.content == first.content
    assert dict(again.items()) == dict(first.items())


def test_a_query_is_never_stored(client, settings, django_assert_max_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    client.get("/guides/?substance=alcohol")
    with django_assert_max_num_queries(2) as queries:
        client.get("/guides/?substance=alcohol")
    assert len(queries) > 0


def test_languages_are_kept_apart(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    assert client.get("/").content != client.get("/es/").content
    assert client.get("/").headers["Content-Language"] == "en"


def test_a_second_look_costs_no_bytes(client, settings):
    for seconds in (0, 10):
        settings.PAGE_CACHE_SECONDS = seconds
        etag = client.get("/about/").headers["ETag"]
        again = client.get("/about/", headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")


def test_a_browser_that_has_the_page_costs_neither_a_query_nor_a_byte(client, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    etags = {encoding: client.get("/", headers={"accept-encoding": encoding}).headers["ETag"] for encoding in ("br", "gzip", "")}
    with django_assert_num_queries(0):
        for encoding, etag in etags.items():
            again = client.get("/", headers={"accept-encoding": encoding, "if-none-match": etag})
            assert (again.status_code, again.content) == (304, b"")


def test_a_kept_page_is_compressed_once(client, settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 10
    first = {encoding: client.get("/", headers={"accept-encoding": encoding}).content for encoding in ("br", "gzip")}
    monkeypatch.setattr("recovery_site.middleware.page_cache.brotli", None)
    monkeypatch.setattr("recovery_site.middleware.page_cache.gzip", None)
    assert {encoding: client.get("/", headers={"accept-encoding": encoding}).content for encoding in first} == first


def test_a_proxy_keeps_a_page_no_longer_than_the_site_does(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    assert client.get("/about/").headers["X-Accel-Expires"] == "10"
    settings.PAGE_CACHE_SECONDS = 0
    assert client.get("/privacy/").headers["X-Accel-Expires"] == "0"
    assert not client.get("/contact/").has_header("X-Accel-Expires")


@pytest.mark.parametrize("seconds", [0, 10])
def test_a_proxy_that_has_the_page_keeps_it_no_longer_either(client, settings, seconds):
    settings.PAGE_CACHE_SECONDS = seconds
    etag = client.get("/about/").headers["ETag"]
    again = client.get("/about/", headers={"if-none-match": etag})
    assert (again.status_code, again.headers["X-Accel-Expires"]) == (304, str(seconds))


def test_pages_travel_compressed(client):
    plain = client.get("/about/")
    packed = client.get("/about/", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert client.get("/about/", headers={"accept-encoding": "gzip, br"}).headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_what_is_typed_never_travels_compressed(client):
    # Beside secrets, the length of a compressed page would tell what is in it.
    typed = {"message": "I want to stop", "token": "x"}
    for answer in (
        client.get("/search/?q=x", headers={"accept-encoding": "gzip, br"}),
        client.post("/contact/", typed, headers={"accept-encoding": "gzip, br"}),
        client.post("/contact/", typed | {"go": "steps"}, headers={"accept-encoding": "gzip, br"}),
        client.get("/mailbox/", headers={"accept-encoding": "gzip, br"}),
    ):
        assert not answer.has_header("Content-Encoding")


def test_an_empty_form_travels_compressed_because_every_secret_in_it_is_new(client, settings):
    settings.PROOF_OF_WORK = "always"
    first, second = (client.get("/contact/", headers={"accept-encoding": "br"}) for _ in range(2))
    assert first.headers["Content-Encoding"] == "br"
    assert "no-store" in first.headers["Cache-Control"]
    assert "ETag" not in first.headers
    assert "Accept-Encoding" in first.headers["Vary"]
    assert len(first.content) < 15_000
    forms = [html.fromstring(brotli.decompress(answer.content).decode()) for answer in (first, second)]
    fields = [{each.get("name"): each.get("value") for each in form.cssselect("main input[type=hidden]")} for form in forms]
    proofs = [form.cssselect("[data-proof]")[0].get("data-proof") for form in forms]
    # What is long and random differs; the rest is the same for everybody.
    assert fields[0].pop("token") != fields[1].pop("token")
    assert json.loads(proofs[0])["salt"] != json.loads(proofs[1])["salt"]
    assert fields[0] == fields[1]
    for form in forms:
        for element in form.cssselect("[name=token], [data-proof]"):
            element.getparent().remove(element)
    assert html.tostring(forms[0]) == html.tostring(forms[1])
    assert not first.cookies
    client.cookies["any"] = "thing"
    assert not client.get("/contact/", headers={"accept-encoding": "br"}).has_header("Content-Encoding")


def test_an_unknown_host_gets_nothing_from_the_store(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    assert client.get("/", headers={"host": "elsewhere.example.org"}).status_code == 400


def test_a_port_beside_the_host_makes_no_page_of_its_own(client, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    client.get("/about/")
    with django_assert_num_queries(0):
        assert client.get("/about/", headers={"host": "testserver:4711"}).status_code == 200


def test_the_cache_stands_outside_everything_that_makes_a_page():
    order = django_settings.MIDDLEWARE
    assert order.index("recovery_site.middleware.page_cache.page_cache") < order.index("recovery_site.middleware.headers.security_headers")


def test_each_encoding_host_and_scheme_has_a_page_of_its_own(client, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    client.get("/about/")  # the centre's phone in the foot is read once a minute
    for more in ({}, {"HTTP_ACCEPT_ENCODING": "br"}, {"HTTP_HOST": "127.0.0.1"}, {"wsgi.url_scheme": "https"}):
        for queries in (1, 0):
            with django_assert_num_queries(queries):
                client.get("/", **more)


def test_a_page_asked_for_with_https_is_never_given_to_one_who_must_be_sent_there(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    for scheme in ("https", "https, http"):
        assert client.get("/", headers={"x-forwarded-proto": scheme}).status_code == 200
    assert client.get("/", headers={"x-forwarded-proto": "http"}).status_code == 301
    assert client.get("/").status_code == 301


@pytest.mark.parametrize("address", ["/contact/", "/search/", "/no-such-page/"])
def test_a_page_that_is_not_to_be_kept_is_not_in_the_store(client, settings, address):
    settings.PAGE_CACHE_SECONDS = 10
    client.get(address)
    assert not client.get(address).has_header("X-Accel-Expires")
    assert not [key for key in cache._cache if "page:" in key]


def test_another_method_is_never_answered_from_the_store(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    client.get("/")
    assert client.post("/").status_code == 405


def test_a_host_that_is_not_ours_leaves_nothing_in_the_store(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    client.get("/", headers={"host": "elsewhere.example"})
    assert not [key for key in cache._cache if "page:" in key]


def test_the_second_reader_gets_every_header_that_protects_them(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    client.get("/")
    headers = client.get("/").headers
    assert {"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "ETag"} <= set(headers)
    assert "Set-Cookie" not in headers


class TestBeforeDjango:
    """What the server is given straight from the store."""

    @pytest.fixture(autouse=True)
    def keeps(self, settings):
        settings.PAGE_CACHE_SECONDS = 10
        self.asked = 0
        # As Django's test client does: the connection belongs to the test, not to the request.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        yield
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)

    def get(self, path="/", **environ):
        """Return (status, headers, body); `asked` counts how often Django was needed."""
        handler = WSGIHandler()

        def django(environ, start_response):
            self.asked += 1
            return handler(environ, start_response)

        heads = []
        whole = RequestFactory()._base_environ(PATH_INFO=path, **environ)
        parts = before(django)(whole, lambda status, headers: heads.append((status, dict(headers))))
        body = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return (*heads[0], body)

    def test_the_second_reader_gets_the_same_page_with_the_same_headers(self):
        first, second = self.get(HTTP_HOST="localhost"), self.get(HTTP_HOST="localhost")
        assert first == second
        assert first[0] == "200 OK"
        assert {"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "ETag"} <= set(first[1])
        assert "Set-Cookie" not in first[1]
        assert self.asked == 1

    def test_each_encoding_host_and_scheme_has_a_page_of_its_own(self):
        for more in ({}, {"HTTP_ACCEPT_ENCODING": "br"}, {"HTTP_HOST": "127.0.0.1"}, {"wsgi.url_scheme": "https"}):
            self.get(**{"HTTP_HOST": "localhost", **more})
        assert self.asked == 4

    def test_a_page_asked_for_with_https_is_never_given_to_one_who_must_be_sent_there(self, settings):
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.SECURE_SSL_REDIRECT = True
        for scheme in ("https", "https, http"):
            assert self.get(HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO=scheme)[0] == "200 OK"
        assert self.get(HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO="http")[0].startswith("301")
        assert self.get(HTTP_HOST="localhost")[0].startswith("301")

    def test_who_has_the_page_already_is_told_so(self):
        etag = self.get(HTTP_HOST="localhost")[1]["ETag"]
        status, _headers, body = self.get(HTTP_HOST="localhost", HTTP_IF_NONE_MATCH=etag)
        assert (status, body) == ("304 Not Modified", b"")

    @pytest.mark.parametrize("path", ["/contact/", "/search/", "/no-such-page/"])
    def test_what_is_not_on_the_list_is_asked_for_each_time(self, path):
        self.get(path, HTTP_HOST="localhost")
        self.get(path, HTTP_HOST="localhost")
        assert self.asked == 2

    def test_a_query_and_another_method_are_never_answered_from_the_store(self):
        self.get(HTTP_HOST="localhost")
        self.get(HTTP_HOST="localhost", QUERY_STRING="x=1")
        self.get(HTTP_HOST="localhost", REQUEST_METHOD="HEAD")
        self.get(HTTP_HOST="localhost", REQUEST_METHOD="POST")
        assert self.asked == 4

    def test_a_host_that_is_not_ours_gets_nothing_and_leaves_nothing(self):
        for _time in range(2):
            assert self.get(HTTP_HOST="elsewhere.example")[0].startswith("400")
        assert self.asked == 2
