"""Django's own lists and forms say what to do, and show nothing that only a programmer understands."""

import pytest

from accounts.models import User
from intake.models import Team

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
    assert "Nobody can read a password here" in text
    assert "argon2" not in text
    assert "salt" not in text
