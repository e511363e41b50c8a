"""The demo centre and its staff."""

import re

import pytest
from django.core.management import call_command

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, EDITOR, has_role
from intake import demo
from intake.crypto import keyring
from intake.models import Centre, Membership

pytestmark = pytest.mark.django_db


def test_the_demo_centre_can_take_inquiries():
    demo.set_up()

    centre = Centre.objects.get(is_default=True)
    assert centre in Centre.objects.accepting()
    assert keyring.active_key(centre) is not None
    assert {hours.weekday for hours in centre.opening_hours.all()} == set(range(7))


def test_each_demo_person_has_the_printed_role(capsys):
    call_command("setup_demo")

    printed = capsys.readouterr().out
    for person in demo.PEOPLE:
        assert re.search(rf"^  {person.username} +[a-z0-9-]{{17}} +{re.escape(person.purpose)}$", printed, re.M)
    people = {user.username: user for user in User.objects.all()}
    assert has_role(people["demo-editor"], EDITOR)
    assert has_role(people["demo-reviewer"], CLINICAL_REVIEWER)
    assert people["demo-lead"].memberships.get().role == Membership.Role.LEAD
    assert people["demo-triage"].memberships.get().role == Membership.Role.TRIAGE
    assert [name for name, user in people.items() if user.is_superuser] == ["demo-operator"]


def test_the_printed_password_signs_in(client, capsys):
    call_command("setup_demo")
    [password] = re.findall(r"^  demo-triage +(\S+)", capsys.readouterr().out, re.M)

    assert client.login(username="demo-triage", password=password)


def test_every_demo_person_is_marked_as_fictional():
    demo.set_up()

    assert all("(demo)" in user.shown_name and user.email.endswith("@example.org") for user in User.objects.all())


def test_a_site_in_use_is_not_changed(capsys):
    User.objects.create_user("maria", password="a real person's password")

    call_command("setup_demo")

    assert "nothing was made" in capsys.readouterr().out
    assert list(User.objects.values_list("username", flat=True)) == ["maria"]
    assert not Centre.objects.exists()
