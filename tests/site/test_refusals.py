"""Refused requests get a page that says what happened, what to do and whom to call, with the exit."""

import pytest
from django.test import Client
from lxml import html

pytestmark = pytest.mark.django_db

HUGE = {"content_type": "multipart/form-data; boundary=B", "CONTENT_LENGTH": str(10**10)}
MANY_FIELDS = {f"x{number}": "1" for number in range(1500)}


def is_a_page_of_ours(answer, language="en"):
    """Assert that the response is an uncached page in our layout, and return its text."""
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Security-Policy" in answer.headers
    assert not answer.cookies
    page = html.fromstring(answer.content)
    assert page.get("lang") == language
    assert len(page.cssselect("h1")) == 1
    assert [link.get("href") for link in page.cssselect("nav.crisis a")][:2] == ["tel:911", "tel:988"]
    assert [link.get("href") for link in page.cssselect("[data-leave]")] == ["/leave/" if language == "en" else "/es/leave/"] * 2
    assert "noindex" in page.cssselect("meta[name=robots]")[0].get("content")
    return page.cssselect("main")[0].text_content()


class TestTheWrongWayToAsk:
    @pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/es", "es")])
    def test_an_address_that_only_takes_a_form(self, client, prefix, language):
        answer = client.get(f"{prefix}/guides/the-first-days/helpful/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"
        words = is_a_page_of_ours(answer, language)
        assert ("can't be opened this way" if language == "en" else "no se puede abrir así") in words

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_a_form_sent_with_the_wrong_method(self, client, method):
        answer = getattr(client, method)("/contact/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, POST"
        is_a_page_of_ours(answer)

    def test_a_head_request_gets_no_page(self, client):
        answer = client.head("/guides/the-first-days/helpful/")
        assert (answer.status_code, answer.headers["Allow"], answer.content) == (405, "POST", b"")

    @pytest.mark.parametrize("headers", [{"sec-fetch-dest": "empty"}, {"accept": "application/json"}])
    def test_a_script_gets_no_page(self, client, headers):
        answer = client.get("/guides/the-first-days/helpful/", headers=headers)
        assert (answer.status_code, answer.headers["Allow"], answer.content) == (405, "POST", b"")

    def test_staff_get_the_page_too(self, admin_client):
        answer = admin_client.get("/admin/logout/")
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
        assert "can't be opened this way" in html.fromstring(answer.content).text_content()


class TestTooMuch:
    @pytest.mark.parametrize(
        ("address", "language"), [("/", "en"), ("/guides/x/helpful/", "en"), ("/es/contact/", "es"), ("/mailbox/", "en")]
    )
    def test_a_body_larger_than_any_form(self, client, address, language):
        answer = client.post(address, b"--B\r\n", **HUGE)
        assert answer.status_code == 413
        words = is_a_page_of_ours(answer, language)
        assert ("Nothing was sent" if language == "en" else "No se envió nada") in words
        assert ("Go back" if language == "en" else "Vuelva") in words

    def test_staff_get_the_page_too(self, client):
        answer = client.post("/admin/login/", b"--B\r\n", **HUGE)
        assert answer.status_code == 413
        assert "picture" in is_a_page_of_ours(answer)

    @pytest.mark.parametrize("data", [MANY_FIELDS, {"username": "x" * 1_100_000}], ids=["fields", "words"])
    @pytest.mark.parametrize("checks", [True, False])
    def test_a_large_body_to_a_form_without_csrf_protection(self, data, checks):
        client = Client(enforce_csrf_checks=checks)
        client.cookies["csrftoken"] = "a" * 32
        answer = client.post("/admin/login/", data)
        assert answer.status_code == 413
        assert "Nothing was sent" in html.fromstring(answer.content).text_content()

    def test_the_title_of_the_page_reveals_nothing(self, client, settings):
        page = html.fromstring(client.post("/contact/", b"--B\r\n", **HUGE).content)
        assert settings.SITE_NAME not in page.findtext(".//title")


class TestNotUnderstood:
    @pytest.mark.parametrize(("address", "language"), [("/contact/", "en"), ("/es/contact/", "es"), ("/admin/login/", "en")])
    def test_a_body_that_is_not_a_form(self, client, address, language):
        answer = client.post(address, b"x", content_type="multipart/form-data")
        assert answer.status_code == 400
        is_a_page_of_ours(answer, language)

    def test_a_form_sent_to_a_page_that_has_none(self):
        answer = Client(enforce_csrf_checks=True).post("/about/", {"x": "y"})
        assert answer.status_code == 403
        is_a_page_of_ours(answer)
