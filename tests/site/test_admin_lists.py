"""Django's own lists and forms say what to do, and show nothing that only a programmer understands."""

import datetime as dt

import pytest
from lxml import html

from accounts.models import User
from intake.models import Notification, Team

pytestmark = pytest.mark.django_db


def page(client, person, path):
    client.force_login(person)
    return client.get(path).content.decode()


def test_an_empty_list_tells_olga_what_to_do(client, olga):
    text = page(client, olga, "/admin/intake/team/")
    assert "Nothing is here yet." in text
    assert "every inquiry goes to all members" in text
    assert "Add the first team" in text


def test_a_search_without_a_match_leads_back_to_the_list(client, olga):
    assert "Show the whole list" in page(client, olga, "/admin/accounts/user/?q=nobodyatall")


def test_history_is_offered_only_where_there_is_one(client, olga, riverside, luisa):
    team = Team.objects.create(centre=riverside, name="Families")
    change = f"/admin/intake/team/{team.pk}/change/"
    assert "historylink" not in page(client, olga, change)
    client.post(change, {"centre": riverside.pk, "name": "Families and friends", "members": [luisa.pk]})
    assert "historylink" in page(client, olga, change)


def test_the_page_of_an_account_shows_no_parameters_of_its_password(client, olga):
    text = page(client, olga, f"/admin/accounts/user/{User.objects.get(username='olga').pk}/change/")
    assert "Nobody sets or reads a password of somebody else" in text
    assert "../password/" not in text
    assert "argon2" not in text
    assert "salt" not in text


def test_a_page_is_headed_by_what_stands_on_it(client, olga, riverside):
    headings = {
        "/admin/intake/centre/": ["Centers"],
        "/admin/intake/centre/add/": ["Add center"],
        f"/admin/intake/centre/{riverside.pk}/change/": ["Riverside"],
        "/admin/articles/guide/": ["Guides"],
    }
    for path, heading in headings.items():
        shown = html.fromstring(page(client, olga, path))
        assert [one.text_content().strip() for one in shown.cssselect("h1")] == heading
        assert heading[0] in shown.findtext(".//title")


def test_signing_out_leaves_nobodys_name_on_the_screen(client, luisa):
    client.force_login(luisa)
    assert "On call now" in client.get("/admin/").content.decode()
    left = client.post("/admin/logout/").content.decode()
    assert "You are signed out on this device." in left
    assert "On call now" not in left


def test_the_outbox_names_no_next_try_for_what_was_sent(client, olga, arrives):
    case, columns = arrives(), {"kind": "new", "channel": "mail", "priority": 3}
    Notification.objects.create(inquiry=case, state="sent", next_attempt_at=dt.datetime(2026, 11, 3, 17, tzinfo=dt.UTC), **columns)
    Notification.objects.create(inquiry=case, state="pending", next_attempt_at=dt.datetime(2026, 11, 5, 17, tzinfo=dt.UTC), **columns)
    text = page(client, olga, "/admin/intake/notification/")
    assert "Nov. 5, 2026" in text
    assert "Nov. 3, 2026" not in text
