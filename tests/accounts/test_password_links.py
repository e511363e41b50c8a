"""Links to choose a password: for a new colleague, and for whoever forgot theirs."""

import datetime as dt
import re
from threading import Thread

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import SignInTries, User
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
