"""Who has not proved who they are for five minutes is asked before exports with names and the like, and loses nothing they typed."""

import pytest

from accounts.factors import held, limits
from accounts.models import User
from intake.models import Event, ExportRecord
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
EXPORT, CONFIRM = "/admin/intake/inquiry/export/", "/admin/sign-in/confirm/"
WITH_NAMES = {"first": "2026-11-01", "last": "2026-11-25", "file_format": "csv", "reason": "reporting", "with_identity": "on"}


@pytest.fixture
def reason():
    return ExportRecord.Reason.values[0]


@pytest.fixture
def at_work(client, luisa):
    """Luisa, who signed in at eight and clicks on."""
    client.force_login(luisa)
    return client


def exports(client, reason, **fields):
    return client.post(EXPORT, {**WITH_NAMES, "reason": reason, **fields})


def test_luisa_exports_names_just_after_signing_in(at_work, inquiry, reason):
    answer = exports(at_work, reason)
    assert answer.status_code == 200
    assert "text/csv" in answer.headers["Content-Type"]


def test_after_five_minutes_luisa_confirms_and_finds_the_form_as_she_filled_it_in(at_work, inquiry, reason, moving):
    moving.shift(301)
    answer = exports(at_work, reason, last="2026-11-20")
    assert answer.headers["Location"] == CONFIRM
    assert not ExportRecord.objects.exists()
    answer = at_work.post(CONFIRM, {"password": PASSWORD})
    assert answer.headers["Location"] == EXPORT
    page = at_work.get(EXPORT).content.decode()
    assert 'value="2026-11-20"' in page
    assert "checked" in page
    assert "text/csv" in exports(at_work, reason).headers["Content-Type"]
    [event] = Event.objects.filter(kind="confirmed_identity")
    assert (event.actor.username, event.data) == ("luisa", {"way": "password"})


def test_an_export_without_names_asks_for_nothing(at_work, inquiry, reason, moving):
    moving.shift(301)
    assert at_work.post(EXPORT, {**WITH_NAMES, "reason": reason, "with_identity": ""}).status_code == 200


def test_a_wrong_password_confirms_nothing_and_guesses_end(at_work, moving):
    moving.shift(301)
    at_work.get("/admin/password_change/")
    for _guess in range(limits.MOST):
        assert at_work.post(CONFIRM, {"password": "a guess"}).status_code == 422
    answer = at_work.post(CONFIRM, {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Wait 15 minutes" in answer.content.decode()
    moving.shift(15 * 60)
    assert at_work.post(CONFIRM, {"password": PASSWORD}).status_code == 303


def test_forty_guesses_of_the_old_password_meet_the_limit(at_work, luisa):
    new = {"new_password1": "another long phrase", "new_password2": "another long phrase"}
    for _guess in range(40):
        at_work.post("/admin/password_change/", {"old_password": "a guess", **new})
    answer = at_work.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert "Wait 15 minutes" in answer.content.decode()
    assert User.objects.get(pk=luisa.pk).check_password(PASSWORD)


def test_a_new_password_that_waited_too_long_is_not_kept_anywhere(at_work, moving):
    moving.shift(301)
    new = {"old_password": PASSWORD, "new_password1": "another long phrase", "new_password2": "another long phrase"}
    at_work.post("/admin/password_change/", new)
    assert "another long phrase" not in str(dict(at_work.session))
    assert at_work.post(CONFIRM, {"password": PASSWORD}).headers["Location"] == "/admin/password_change/"


def test_contact_details_are_asked_for_again_after_ten_quiet_minutes(client, amara, inquiry, moving):
    client.force_login(amara)
    contact = f"/admin/intake/inquiry/{inquiry.reference}/contact/"
    moving.shift(9 * 60)
    assert client.get("/admin/").status_code == 200
    moving.shift(9 * 60)
    assert "confirm" not in client.post(contact).headers["Location"]
    moving.shift(10 * 60)
    assert client.post(contact, {"note-text": "She asked for Tuesday"}).headers["Location"] == CONFIRM
    page = client.post(CONFIRM, {"password": PASSWORD}).content.decode()
    assert f'action="{contact}"' in page
    assert 'name="note-text" value="She asked for Tuesday"' in page
    assert "confirm" not in client.post(contact).headers["Location"]


def test_what_waits_for_the_confirmation_is_sealed_in_the_session(client, amara, inquiry, moving):
    client.force_login(amara)
    moving.shift(10 * 60)
    client.post(f"/admin/intake/inquiry/{inquiry.reference}/contact/", {"note-text": "She asked for Tuesday"})
    assert "Tuesday" not in str(dict(client.session))


def test_amara_who_has_a_passkey_and_no_app_is_asked_for_no_digits_of_an_app(client, amara, inquiry, moving):
    held.add_passkey(amara, "my phone", {})
    client.force_login(amara)
    moving.shift(10 * 60)
    contact = f"/admin/intake/inquiry/{inquiry.reference}/contact/"
    assert client.post(contact).headers["Location"] == CONFIRM
    page = client.get(CONFIRM).content.decode()
    assert "Or use a recovery code" in page
    assert "six digits" not in page
    assert "whoever is on call" in page
    assert "Take another of your recovery codes" in client.post(CONFIRM, {"code": "00000000"}).content.decode()
    answer = client.post(CONFIRM, {"code": held.unused_codes(amara)[0]}).content.decode()
    assert f'action="{contact}"' in answer
