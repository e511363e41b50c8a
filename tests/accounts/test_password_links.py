"""Links to choose a password: for a new colleague, and for whoever forgot theirs."""

import datetime as dt
import re
from threading import Thread

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import password_links
from accounts.models import Session, SignInTries, User
from intake.models import Event
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db
FORGOTTEN = "/admin/password/forgotten/"
NEW = "quite another long pass"


@pytest.fixture(autouse=True)
def at_once(monkeypatch, settings):
    """Mails are sent before the answer, so that a test can read them."""
    monkeypatch.setattr(Thread, "start", Thread.run)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def edith(db):
    return person("edith", "Edith Moreau")


def asks(client, email="edith@example.org"):
    return client.post(FORGOTTEN, {"email": email}, follow=True)


def link():
    [address] = re.findall(r"http://127\.0\.0\.1:8000(/admin/password/\S+)", mail.outbox[-1].body)
    return address


def chooses(client, address, password=NEW):
    page = client.get(address, follow=True)
    form = page.redirect_chain[-1][0] if page.redirect_chain else address
    return client.post(form, {"new_password1": password, "new_password2": password}, follow=True)


def signs_in(password, username="edith"):
    return Client().post("/admin/login/", {"username": username, "password": password}).status_code == 302


def test_the_sign_in_page_leads_to_it(client, edith):
    assert f'href="{FORGOTTEN}"' in client.get("/admin/login/").content.decode()


def test_edith_chooses_a_new_password_by_the_link_once(client, edith):
    assert "a link is on its way" in asks(client).content.decode()
    address = link()
    assert "Your password is set" in chooses(client, address).content.decode()
    assert (signs_in(PASSWORD), signs_in(NEW)) == (False, True)
    again = Client().get(address, follow=True).content.decode()
    assert "This link no longer works" in again


def test_the_link_and_its_page_say_nothing_of_edith(client, edith):
    asks(client)
    page = client.get(link(), follow=True)
    everything = page.content.decode() + str(page.redirect_chain)
    assert "Choose a password" in everything
    for word in ("edith", "moreau"):
        assert word not in everything.lower()
        assert word not in link().lower()
    # The token is not in the address of the page, from which another page could learn it.
    assert page.redirect_chain[-1][0].endswith("/set-password/")


def test_it_ends_after_a_day(client, edith):
    asks(client)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, minutes=1)):
        assert "This link no longer works" in client.get(link(), follow=True).content.decode()
    assert "for 24 hours" in mail.outbox[0].body


def test_signing_in_ends_it_too(client, edith):
    asks(client)
    assert signs_in(PASSWORD)
    assert "This link no longer works" in client.get(link(), follow=True).content.decode()


def test_a_password_that_is_too_short_is_refused_with_the_reason(client, edith):
    asks(client)
    assert "at least 12 characters" in chooses(client, link(), "short").content.decode()


def test_the_answer_tells_nobody_who_works_here(client, edith):
    User.objects.create_user("gone", email="gone@example.org", password=PASSWORD, is_staff=True, is_active=False)
    pages = {
        re.sub(r'value="[^"]+"', "", asks(Client(), email).content.decode())
        for email in ("edith@example.org", "no@example.org", "gone@example.org")
    }
    nonces = {re.sub(r'nonce="[^"]*"', "", page) for page in pages}
    assert len(nonces) == 1
    assert [message.to for message in mail.outbox] == [["edith@example.org"]]


def test_capital_letters_in_the_address_do_not_matter(client, edith):
    asks(client, "Edith@Example.org ")
    assert mail.outbox[0].to == ["edith@example.org"]


def test_one_address_gets_three_mails_an_hour(client, edith):
    for _try in range(5):
        assert "a link is on its way" in asks(client).content.decode()
    assert len(mail.outbox) == 3


def test_one_network_may_ask_twenty_times_an_hour(client, edith):
    for number in range(20):
        asks(client, f"{number}@example.org")
    assert "Too many tries" in asks(client).content.decode()
    assert mail.outbox == []
    assert not any(b"example" in bytes(key) for key in SignInTries.objects.values_list("key", flat=True))


def test_a_mail_server_that_is_away_is_logged_without_the_address(client, edith, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    assert "a link is on its way" in asks(client).content.decode()
    assert "could not be mailed: " in caplog.text
    assert "edith" not in caplog.text


def test_the_mail_is_in_her_language(client, edith):
    User.objects.update(language="es")
    asks(client)
    assert "Elija una contraseña nueva" in mail.outbox[0].subject


# --- When a link ends ------------------------------------------------------------------------------------------------


def no_longer_works(address) -> bool:
    return "This link no longer works" in Client().get(address, follow=True).content.decode()


def test_only_the_newest_link_works(client, edith):
    asks(client)
    older = link()
    asks(client)
    assert no_longer_works(older)
    assert "Your password is set" in chooses(client, link()).content.decode()


def test_a_link_of_the_release_before_works_until_another_is_sent(client, edith):
    from django.contrib.auth.tokens import default_token_generator
    from django.utils.http import urlsafe_base64_encode

    older = f"/admin/password/{urlsafe_base64_encode(str(edith.pk).encode())}/{default_token_generator.make_token(edith)}/"
    assert not no_longer_works(older)
    asks(client)
    assert no_longer_works(older)


def test_who_is_switched_off_chooses_no_password_and_the_link_stays_dead(client, edith, olga):
    asks(client)
    address = link()
    browser = Client()
    browser.force_login(olga)
    browser.post("/admin/accounts/user/", {"action": "switch_off", "_selected_action": [edith.pk]})
    assert no_longer_works(address)
    User.objects.update(is_active=True)
    assert no_longer_works(address)


def test_a_page_that_was_opened_before_edith_was_switched_off_sets_no_password(client, edith):
    asks(client)
    form = client.get(link(), follow=True).redirect_chain[-1][0]
    User.objects.filter(pk=edith.pk).update(is_active=False)
    assert "This link no longer works" in client.post(form, {"new_password1": NEW, "new_password2": NEW}).content.decode()
    edith.refresh_from_db()
    assert edith.check_password(PASSWORD)


def test_choosing_a_password_ends_ediths_sessions_and_is_recorded(client, edith):
    thief = Client()
    thief.post("/admin/login/", {"username": "edith", "password": PASSWORD})
    asks(client)
    chooses(client, link())
    assert thief.get("/admin/").status_code == 302
    assert not Session.objects.filter(user=edith).exists()
    events = Event.objects.filter(kind__in=["password_link_sent", "password_chosen", "session_ended"]).order_by("id")
    assert [(event.kind, event.data.get("user")) for event in events] == [
        ("password_link_sent", edith.pk),
        ("password_chosen", edith.pk),
        ("session_ended", edith.pk),
    ]


def test_olga_sets_no_password_for_edith_and_her_session_goes_on(edith, olga):
    ediths, browser = Client(), Client()
    ediths.post("/admin/login/", {"username": "edith", "password": PASSWORD})
    browser.force_login(olga)
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert browser.post(f"/admin/accounts/user/{edith.pk}/password/", form).status_code == 302
    edith.refresh_from_db()
    assert edith.check_password(PASSWORD)
    assert ediths.get("/admin/").status_code == 200
    assert not Event.objects.filter(kind="password_chosen").exists()


def test_the_invitation_says_who_sent_it_and_of_which_site(edith, settings):
    settings.SITE_NAME = "Riverside Recovery"
    assert password_links.invite(edith, by=person("olga", "Olga Berg", is_superuser=True))
    assert "Olga Berg invites you to the staff pages of Riverside Recovery." in mail.outbox[-1].body
