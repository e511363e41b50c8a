"""Addresses of a site that was moved here lead to its guides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Guide, OldAddress
from articles.workflow import publishing

pytestmark = pytest.mark.django_db

OLD = "/2019/05/the-first-days/"


@pytest.fixture
def moved(published):
    """A live guide that was at OLD on another site."""
    OldAddress.objects.create(path=OldAddress.normal(OLD), guide=published)
    return published


@pytest.mark.parametrize("path", [OLD, OLD.rstrip("/"), OLD.upper(), f"{OLD}?utm_source=x"])
def test_a_reader_at_the_old_address_is_led_to_the_guide(client, moved, path):
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (301, f"/guides/{moved.slug}/")
    assert not response.cookies


def test_a_spanish_guide_is_found_at_its_spanish_address(client, moved):
    OldAddress.objects.create(path=OldAddress.normal("/es/dejar/"), guide=moved)
    assert client.get("/es/dejar/").headers["Location"] == f"/guides/{moved.slug}/"


def test_a_draft_stays_unknown(client, draft):
    OldAddress.objects.create(path=OldAddress.normal(OLD), guide=draft)
    assert client.get(OLD).status_code == 404


def test_a_guide_that_was_taken_off_the_site_says_so_at_its_own_address(client, moved, edith):
    publishing.archive(moved, by=edith, reason=Guide.Gone.OUTDATED)
    assert client.get(OLD, follow=True).status_code == 410


def test_an_address_that_was_never_there_is_looked_up_once(client, moved):
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/2019/05/another/").status_code == 404
    assert len([query for query in queries if "oldaddress" in query["sql"]]) == 1


def test_forms_are_not_led_on(client, moved):
    assert client.post(OLD, {"x": "y"}).status_code == 404
