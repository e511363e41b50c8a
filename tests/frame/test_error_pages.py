"""Error pages help people on, and the one for our own mistakes stands when all else fell."""

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.test import RequestFactory

from recovery_site import errors


@pytest.mark.django_db
def test_a_wrong_address_gets_a_page_with_ways_on(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "You did nothing wrong" in answer.content.decode()
    assert "noindex" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_a_page_for_a_fault_needs_no_context_and_no_database(name):
    page = render_to_string(name)
    assert 'href="tel:911"' in page


@pytest.mark.parametrize("name", ["403.html", "404.html", "429.html"])
def test_a_page_for_a_refusal_keeps_the_helplines(name, rf):
    page = render_to_string(name, request=rf.get("/"))
    assert 'href="tel:911"' in page


def test_a_broken_template_still_leaves_a_readable_page(monkeypatch):
    def broken(_name):
        raise TemplateDoesNotExist("500.html")

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
