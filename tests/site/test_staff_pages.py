"""Sessions exist on staff pages only."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse

import recovery_site
from accounts.models import User
from recovery_site.pages import public_pages

pytestmark = pytest.mark.django_db
READING = [reverse(route.name) for route in public_pages.routes() if route.page.cache and route.is_fixed]
READING += ["/search/", "/search/?q=heroin", "/search/suggest/?q=he", "/contact/", "/mailbox/", "/blank/", "/thanks/", "/no-such-page/"]
READING += ["/topics/substance/heroin/", "/es/", "/es/search/?q=dolor"]


@pytest.fixture
def signed_in(client):
    client.force_login(User.objects.create_user("edith", password="a long pass phrase", is_staff=True))
    return client


@pytest.mark.parametrize("path", READING)
def test_a_page_for_visitors_opens_no_session(signed_in, monkeypatch, path):
    def refuse(self):
        raise AssertionError("a session was opened")

    monkeypatch.setattr(SessionStore, "load", refuse)
    answer = signed_in.get(path)
    assert answer.status_code in (200, 404) or answer.headers["Location"].startswith("/static/")
    assert not answer.cookies
    assert "cookie" not in answer.headers.get("Vary", "").lower()
    with pytest.raises(AssertionError, match="a session was opened"):
        signed_in.get("/admin/")


def test_a_visitor_gets_no_cookie_on_any_page_that_only_reads(client):
    for path in READING:
        assert not client.get(path).cookies, path


@pytest.mark.parametrize("path", ["/admin/", "/styleguide/"])
def test_staff_pages_know_who_is_signed_in(signed_in, path):
    assert signed_in.get(path).status_code == 200
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize("path", ["/about/", "/guides/", "/search/"])
def test_a_form_without_a_token_is_refused(path):
    assert Client(enforce_csrf_checks=True).post(path, {"q": "x"}).status_code == 403


def test_a_sign_in_without_a_token_signs_nobody_in():
    User.objects.create_user("edith", password="a long pass phrase", is_staff=True)
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/admin/login/", {"username": "edith", "password": "a long pass phrase"}).status_code == 302
    assert "staff" not in browser.cookies
    assert browser.get("/admin/").status_code == 302


def test_staff_see_which_version_runs_at_the_foot_of_every_page(signed_in):
    assert f"Recovery Site {recovery_site.__version__}" in signed_in.get("/admin/").content.decode()


def test_somebody_who_is_not_signed_in_does_not_learn_the_version(client):
    assert recovery_site.__version__ not in client.get("/admin/login/").content.decode()
