"""Malformed requests never lead visitors off the site, and all responses have the security headers."""

import re

import pytest

pytestmark = pytest.mark.django_db
PROTECTING = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options")


@pytest.mark.parametrize("path", ["//evil.example/x/", "/\\evil.example/x/", "/es//evil.example/", "//evil.example\\@x/"])
def test_the_language_switch_of_a_wrong_address_stays_here(client, path):
    page = client.get("/", PATH_INFO=path)
    links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
    assert links
    assert not [link for link in links if re.match(r"[/\\]{2}|[a-z]+:(?!//)?//(?!127|localhost)", link)]


def test_a_wrong_host_is_refused_with_all_headers(client, settings):
    settings.PAGE_CACHE_SECONDS = 10
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()
    for name in PROTECTING:
        assert name in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/topics/%00/%00/", "/contact/questions/%00/", "/guides/%00/", "/nowhere%00/"])
def test_an_address_with_a_nul_is_not_understood_and_no_error_of_ours(client, path):
    page = client.get(path)
    assert page.status_code == 400
    assert "tel:911" in page.content.decode()


def test_a_csrf_token_of_any_characters_is_refused_without_an_error(client, riverside, inquiry_data):
    import secrets

    from intake.mailbox import sessions
    from intake.submission import receive

    received = receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    client.cookies["mailbox"] = sessions.open_with(" ".join(received.receipt))
    assert client.post("/mailbox/open/", {"mailbox": "é", "text": "hello"}).status_code == 403


def test_another_site_cannot_make_a_browser_forget_its_receipt(client):
    client.cookies["sent"] = "sealed words"
    for site in ("cross-site", "same-site"):
        answer = client.get("/leave/", headers={"sec-fetch-site": site})
        assert (answer.status_code, "Clear-Site-Data" in answer.headers, dict(answer.cookies)) == (302, False, {})
    answer = client.get("/leave/", headers={"sec-fetch-site": "same-origin"})
    assert answer.cookies["sent"]["max-age"] == 0
