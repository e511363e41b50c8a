"""A lead sets up a new colleague on one page; who leaves is switched off and stays in the list."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from accounts.models import User
from intake.models import Membership
from tests.people import member

pytestmark = pytest.mark.django_db
PAGE = "/admin/intake/centre/colleagues/"


@pytest.fixture
def sent(riverside):
    """What the form sends for Cleo at Riverside."""
    return {"name": "Cleo Park", "email": "Cleo@Example.org", "role": "triage", "centre": riverside.pk, "language": "en", "time_zone": ""}


def adds(client, by, sent, **changes):
    client.force_login(by)
    return client.post(PAGE, {**sent, **changes}, follow=True)


def test_luisa_adds_cleo_who_signs_in_by_the_link(client, luisa, sent, riverside):
    page = adds(client, luisa, sent)
    assert "Cleo Park gets a mail with a link" in page.content.decode()
    cleo = User.objects.get(username="cleo@example.org")
    assert (cleo.is_staff, cleo.is_superuser, cleo.has_usable_password(), cleo.time_zone) == (True, False, False, "America/New_York")
    assert Membership.objects.get(user=cleo).role == "triage"
    [letter] = mail.outbox
    assert letter.to == ["cleo@example.org"]
    [address] = re.findall(r"http://127\.0\.0\.1:8000(/admin/password/\S+)", letter.body)
    browser = Client()
    form = browser.get(address, follow=True).redirect_chain[-1][0]
    browser.post(form, {"new_password1": "a quite long pass", "new_password2": "a quite long pass"})
    assert browser.post("/admin/login/", {"username": "cleo@example.org", "password": "a quite long pass"}).status_code == 302
    assert browser.get("/admin/intake/inquiry/").status_code == 200


def test_the_mail_is_in_the_language_that_luisa_chose(client, luisa, sent):
    adds(client, luisa, sent, language="es")
    assert mail.outbox[0].subject == "Su cuenta"


def test_another_zone_may_be_chosen_and_those_of_the_country_come_first(client, luisa, sent):
    adds(client, luisa, sent, time_zone="Pacific/Honolulu")
    assert User.objects.get(username="cleo@example.org").time_zone == "Pacific/Honolulu"
    page = client.get(PAGE).content.decode()
    assert page.index("that of the center") < page.index("New York") < page.index("Honolulu") < page.index("Africa/Abidjan")


def test_a_lead_adds_nobody_elsewhere_and_gives_no_role_of_the_whole_site(client, luisa, sent, harbor):
    for changes in ({"centre": harbor.pk}, {"role": "editor"}, {"role": "auditor", "centre": ""}):
        assert adds(client, luisa, sent, **changes).status_code == 422
    assert not User.objects.filter(username="cleo@example.org").exists()
    assert mail.outbox == []


def test_olga_adds_an_editor_without_a_center(client, olga, sent):
    olga.time_zone = "America/Chicago"
    olga.save()
    adds(client, olga, sent, role="editor", centre="")
    cleo = User.objects.get(username="cleo@example.org")
    assert cleo.time_zone == "America/Chicago"
    assert list(cleo.groups.all()) == [Group.objects.get(name="editor")]
    assert not cleo.memberships.exists()


def test_who_answers_needs_a_center(client, olga, sent):
    assert "Choose the center at which they answer." in adds(client, olga, sent, centre="").content.decode()


def test_an_address_that_is_known_is_refused_with_what_to_do(client, luisa, sent, riverside):
    adds(client, luisa, sent)
    assert "A lead adds them on the page “Members”" in adds(client, luisa, sent).content.decode()
    User.objects.filter(username="cleo@example.org").update(is_active=False)
    assert "it is switched off. The operator" in adds(client, luisa, sent).content.decode()


def test_the_link_is_sent_again_to_a_colleague_of_ones_own(client, luisa, sent, noor):
    adds(client, luisa, sent)
    cleo = User.objects.get(username="cleo@example.org")
    client.post(PAGE, {"again": cleo.pk})
    assert len(mail.outbox) == 2
    assert client.post(PAGE, {"again": noor.pk}).status_code == 404


def test_a_mail_that_can_not_be_sent_says_so_and_keeps_the_account(client, luisa, sent, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    page = adds(client, luisa, sent).content.decode()
    assert "the mail could not be sent" in page
    assert "Send the link again" in page


def test_olga_switches_ben_off_and_he_stays_in_the_list(client, olga, ben, luisa):
    client.force_login(olga)
    page = client.post("/admin/accounts/user/", {"action": "switch_off", "_selected_action": [ben.pk]}, follow=True).content.decode()
    assert "Ben Okafor is switched off" in page
    ben.refresh_from_db()
    assert not ben.is_active
    client.force_login(luisa)
    row = re.search(r"Ben Okafor.*?</tr>", client.get(PAGE).content.decode(), re.S).group()
    assert "switched off" in row


def test_but_not_the_last_who_can_be_told_and_not_herself(client, olga, riverside, inquiry):
    rosa = member("rosa", "Rosa Lind", riverside, "lead", email="rosa@example.org")
    client.force_login(olga)
    page = client.post("/admin/accounts/user/", {"action": "switch_off", "_selected_action": [rosa.pk, olga.pk]}, follow=True)
    assert "nobody there could be told of danger" in page.content.decode()
    assert User.objects.filter(pk__in=[rosa.pk, olga.pk], is_active=True).count() == 2


def test_olga_meets_no_form_but_the_one_for_a_new_colleague(client, olga):
    client.force_login(olga)
    assert client.get("/admin/accounts/user/add/").headers["Location"] == PAGE
    sent = {
        "username": "vic",
        "password1": "a long enough pass",
        "password2": "a long enough pass",
        "is_staff": "on",
        "usable_password": "true",
    }
    assert client.post("/admin/accounts/user/add/", sent).headers["Location"] == PAGE
    assert not User.objects.filter(username="vic").exists()
    assert "/admin/accounts/user/add/" not in client.get("/admin/accounts/user/").content.decode()


def test_a_corrected_address_is_no_longer_called_refused(client, olga, ben):
    User.objects.filter(pk=ben.pk).update(email="old@example.org", email_refused_at="2026-11-25T12:00Z")
    client.force_login(olga)
    form = {
        "username": "ben",
        "display_name": "Ben Okafor",
        "email": "new@example.org",
        "time_zone": "UTC",
        "is_active": "on",
        "is_staff": "on",
    }
    assert client.post(f"/admin/accounts/user/{ben.pk}/change/", form).status_code == 302
    ben.refresh_from_db()
    assert ben.email_refused_at is None


@pytest.mark.parametrize("wrong", ["9" * 4400, "9" * 30, "²", "nobody"])
def test_what_is_no_number_of_a_row_makes_no_page_of_luisa_fail(client, luisa, wrong):
    client.force_login(luisa)
    assert client.post("/admin/intake/centre/colleagues/", {"again": wrong}).status_code == 404
    assert client.get("/admin/intake/inquiry/rota/", {"centre": wrong}).status_code == 404
    assert client.post("/admin/intake/centre/openings/", {"centre": wrong, "level": "detox", "state": "today"}).status_code == 303
