"""Error pages, which work even if everything else fails."""

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override
from lxml import html

from recovery_site import errors


@pytest.mark.django_db
def test_a_wrong_address_gets_a_page_with_further_links(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "You did nothing wrong" in answer.content.decode()
    assert "noindex" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_error_page_needs_no_context_and_no_database(name):
    page = render_to_string(name)
    assert 'href="tel:911"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["403.html", "404.html", "405.html", "413.html", "429.html"])
def test_a_page_for_a_refusal_keeps_the_helplines(name, rf):
    page = render_to_string(name, request=rf.get("/"))
    assert 'href="tel:911"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "405.html", "413.html", "429.html", "500.html"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_error_page_has_the_numbers_and_both_exits(name, language, rf):
    with override(language):
        page = html.fromstring(render_to_string(name, request=None if name in ("400.html", "500.html") else rf.get("/")))
    assert [link.get("href") for link in page.cssselect("nav.crisis a")][:2] == ["tel:911", "tel:988"]
    assert [link.get("href") for link in page.cssselect("[data-leave]")] == ["/leave/" if language == "en" else "/es/leave/"] * 2
    assert page.get("lang") == language
    assert len(page.cssselect("h1")) == 1


class TestInTheirPlace:
    """The error pages in responses of the site."""

    def test_a_host_that_is_not_ours(self, client):
        answer = client.get("/", headers={"host": "elsewhere.example.org"})
        assert answer.status_code == 400
        assert 'href="tel:911"' in answer.content.decode()

    @pytest.mark.django_db
    def test_a_form_that_was_open_for_too_long(self, settings):
        answer = Client(enforce_csrf_checks=True).post("/about/", {"message": "x"})
        assert answer.status_code == 403
        assert "We can't open this page for you" in html.fromstring(answer.content).text_content()
        assert 'href="tel:911"' in answer.content.decode()

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("path", "from_page", "leads_to"),
        [
            ("/admin/intake/inquiry/K7M2-9QXD/note/", "/admin/intake/inquiry/K7M2-9QXD/", "/admin/intake/inquiry/K7M2-9QXD/"),
            ("/admin/login/", "/admin/login/", "/admin/"),
        ],
    )
    def test_tess_whose_browser_was_closed_signs_in_and_is_back_on_her_page(self, path, from_page, leads_to):
        browser = Client(enforce_csrf_checks=True)
        answer = browser.post(path, {"text": "x"}, headers={"referer": f"http://testserver{from_page}"})
        assert (answer.status_code, answer.url) == (302, f"/admin/login/?next={leads_to}")

    @pytest.mark.parametrize(("path", "words"), [("/about/", "Something went wrong"), ("/es/about/", "Algo salió mal")])
    def test_a_server_error_is_in_the_language_of_the_address(self, monkeypatch, path, words):
        def broken(*_arguments, **_more):
            raise RuntimeError("x")

        monkeypatch.setattr("articles.views.site_pages.render", broken)
        answer = Client(raise_request_exception=False).get(path)
        assert answer.status_code == 500
        assert words in answer.content.decode()

    @pytest.mark.django_db
    def test_a_wrong_address_can_be_searched_from(self, client):
        page = html.fromstring(client.get("/no/such/").content)
        assert page.cssselect('form[role="search"]')[0].get("action") == "/search/"


def test_a_broken_template_still_leaves_a_readable_page(monkeypatch):
    def broken(_name):
        raise TemplateDoesNotExist("500.html")

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
