"""What all pages have in common: helplines, the exit, and nothing from other hosts."""

import re

import pytest
from django.test import override_settings
from lxml import html

PAGES = ["/", "/safety/", "/helplines/", "/es/", "/es/safety/", "/no-such-page/"]


@pytest.fixture(params=PAGES)
def page(client, request):
    answer = client.get(request.param)
    tree = html.fromstring(answer.content)
    tree.answer_path = request.param
    return answer, tree


@pytest.mark.django_db
class TestEveryPage:
    def test_emergency_numbers_can_be_called(self, page):
        _, tree = page
        numbers = [link.get("href") for link in tree.cssselect("nav.crisis a")]
        assert numbers[:4] == ["tel:911", "tel:988", "tel:+18006624357", "tel:+18002221222"]

    def test_the_exit_is_a_link_and_the_second_tab_stop(self, page):
        _, tree = page
        stops = tree.cssselect("a[href]")
        assert stops[0].get("href") == "#main"
        assert stops[1].get("href").endswith("/leave/")
        for link in tree.cssselect("[data-leave]"):
            assert link.get("rel") == "nofollow noreferrer"

    def test_the_skip_link_leads_to_the_text(self, page):
        _, tree = page
        assert tree.get_element_by_id("main").tag == "main"

    def test_one_heading_names_the_page(self, page):
        _, tree = page
        assert len(tree.cssselect("h1")) == 1

    def test_no_cookie_and_no_referrer(self, page):
        answer, _ = page
        assert not answer.cookies
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Cookie" not in answer.headers.get("Vary", "")

    def test_nothing_is_loaded_from_another_host_and_nothing_is_inline(self, page):
        answer, tree = page
        for element in tree.cssselect("script, link[rel=stylesheet], link[rel=icon], img"):
            assert (element.get("src") or element.get("href")).startswith("/static/")
        assert not tree.cssselect("[style], style, [onclick]")
        assert "data:" not in answer.headers["Content-Security-Policy"]

    def test_the_language_switch_leads_to_the_same_page(self, page):
        answer, tree = page
        [link] = tree.cssselect("nav.nav a[hreflang]")
        here = re.sub(r"^/es(?=/)", "", tree.answer_path)
        if answer.status_code == 200:
            assert link.get("href") == (here if tree.answer_path.startswith("/es/") else f"/es{here}")

    def test_the_page_declares_its_language(self, page):
        _, tree = page
        assert tree.get("lang") == ("es" if tree.answer_path.startswith("/es/") else "en")


@pytest.mark.django_db
@override_settings(COUNTRY="GB")
def test_another_country_gets_its_own_numbers(client):
    tree = html.fromstring(client.get("/").content)
    assert [link.get("href") for link in tree.cssselect("nav.crisis a")][:3] == ["tel:999", "tel:111", "tel:116123"]


@pytest.mark.django_db
def test_only_the_page_that_is_open_is_marked_in_the_menu(client):
    for address in ("/guides/", "/search/", "/", "/guides/", "/no-such-page/", "/es/guides/"):
        marked = [link.get("href") for link in html.fromstring(client.get(address).content).cssselect(".nav [aria-current]")]
        assert marked == ([] if address in ("/", "/no-such-page/") else [address])
