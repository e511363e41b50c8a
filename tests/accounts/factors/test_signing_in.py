"""Signing in with a second step, and what somebody without a second factor still reaches."""

import datetime as dt
import logging
import time

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.factors import held, limits, sealing
from accounts.resets import verbs
from intake.models import Event
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, STEP, OWN = "/admin/login/", "/admin/sign-in/second-step/", "/admin/sign-in/"


def code(seed=SEED, steps=0):
    """Return what the app shows now, or some half minutes later."""
    return held.code_at(seed, int(time.time()) // 30 + steps)


def signs_in(client, name, to=""):
    return client.post(LOGIN + (f"?next={to}" if to else ""), {"username": name, "password": PASSWORD, "next": to})


@pytest.fixture
def luisas_app(luisa):
    """Luisa has an authenticator app."""
    held.add_app(luisa, SEED)
    return luisa


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_without_a_factor_the_password_signs_in_and_leads_to_the_page_that_was_asked_for(client, amara):
    assert signs_in(client, "amara", "/admin/intake/inquiry/").headers["Location"] == "/admin/intake/inquiry/"
    [event] = Event.objects.filter(kind="signed_in")
    assert (event.actor, event.data) == (amara, {"way": "password"})


def test_luisas_password_alone_opens_nothing(client, luisas_app):
    assert signs_in(client, "luisa").headers["Location"] == STEP
    assert not is_signed_in(client)
    assert client.get("/admin/intake/inquiry/").status_code == 302
    assert not Event.objects.filter(kind="signed_in").exists()


def test_luisa_writes_the_code_of_her_app_and_is_on_the_page_she_asked_for(client, luisas_app):
    signs_in(client, "luisa", "/admin/intake/inquiry/")
    answer = client.post(STEP, {"code": code()})
    assert answer.headers["Location"] == "/admin/intake/inquiry/"
    assert is_signed_in(client)
    assert Event.objects.get(kind="signed_in").data == {"way": "totp"}


def test_a_code_works_once(client, luisas_app):
    used = code()
    signs_in(client, "luisa")
    client.post(STEP, {"code": used})
    client.logout()
    signs_in(client, "luisa")
    assert client.post(STEP, {"code": used}).status_code == 422
    assert client.post(STEP, {"code": code(steps=1)}).status_code == 302


def test_a_recovery_code_works_once(client, luisas_app):
    kept = held.unused_codes(luisas_app)[3]
    signs_in(client, "luisa")
    answer = client.post(STEP, {"code": f"{kept[:4]} {kept[4:]}"}, follow=True)
    assert "9 are left" in answer.content.decode()
    assert Event.objects.get(kind="signed_in").data == {"way": "recovery"}
    client.logout()
    signs_in(client, "luisa")
    assert client.post(STEP, {"code": kept}).status_code == 422


def test_guesses_of_the_code_end_and_luisa_is_told(client, luisas_app, django_capture_on_commit_callbacks):
    luisas_app.email = "luisa@example.org"
    luisas_app.save()
    signs_in(client, "luisa")
    for guess in range(limits.MOST):
        assert client.post(STEP, {"code": f"{guess:06}"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(STEP, {"code": code()})
        client.post(STEP, {"code": code()})
    assert "Wait 15 minutes" in answer.content.decode()
    assert not is_signed_in(client)
    assert [message.subject for message in mail.outbox] == ["Wrong codes at your sign-in"]
    assert Event.objects.filter(kind="sign_in_failed", actor=None, data__user=luisas_app.pk, data__why="code").count() == limits.MOST


def test_the_second_step_has_to_follow_within_ten_minutes(client, luisas_app, moving):
    signs_in(client, "luisa")
    moving.shift(601)
    assert client.post(STEP, {"code": code()}).headers["Location"] == LOGIN
    assert not is_signed_in(client)


def test_nobody_comes_to_the_second_step_without_a_password(client, luisas_app):
    assert client.get(STEP).headers["Location"] == LOGIN


def test_the_page_after_signing_in_is_never_on_another_site(client, luisas_app):
    signs_in(client, "luisa", "https://evil.example/")
    assert client.post(STEP, {"code": code()}).headers["Location"] == "/admin/"


def test_a_copy_of_the_database_has_no_seed_and_no_code_in_clear(client, luisas_app):
    client.force_login(luisas_app)
    held.remove(held.factors(luisas_app).get(), by=luisas_app)
    page = client.get("/admin/sign-in/app/").content.decode()
    seed = sealing.unseal(client.session["app_seed"])
    assert seed[:4] in page
    client.post("/admin/sign-in/app/", {"code": code(seed)})
    client.get("/admin/sign-in/app/")  # another seed waits in the session
    secrets = [seed, sealing.unseal(client.session["app_seed"]), *held.unused_codes(luisas_app)]
    stored = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += [str(value) for row in cursor.fetchall() for value in row]
    stored += [str(dict(client.session))]
    dump = "\n".join(stored)
    assert len(secrets) == 12
    assert [secret for secret in secrets if secret in dump] == []


def test_a_seed_that_can_not_be_opened_lets_nobody_in(client, luisas_app, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    signs_in(client, "luisa")
    for guess in ("", "000000", code()):
        assert client.post(STEP, {"code": guess}).status_code == 422


def test_after_a_key_was_replaced_the_app_still_works(client, luisas_app, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    signs_in(client, "luisa")
    assert client.post(STEP, {"code": code()}).status_code == 302


# --- Who has none ----------------------------------------------------------------------------------------------------


def test_amara_has_a_week_and_each_page_says_until_when(client, amara, required, moving):
    signs_in(client, "amara")
    page = client.get("/admin/intake/inquiry/").content.decode()
    assert "Add a passkey by Dec. 2, 2026" in page
    moving.shift(dt.timedelta(days=6))
    client.force_login(amara)
    assert client.get("/admin/intake/inquiry/").status_code == 200


def test_after_the_week_amara_reaches_only_the_pages_where_she_adds_a_factor(client, amara, inquiry, required, moving):
    signs_in(client, "amara")
    client.get("/admin/")
    moving.shift(dt.timedelta(days=7, seconds=1))
    client.force_login(amara)
    for address in ("/admin/", "/admin/intake/inquiry/", f"/admin/intake/inquiry/{inquiry.reference}/", "/styleguide/", "/admin/nowhere/"):
        assert client.get(address).headers["Location"] == OWN, address
    assert client.post(f"/admin/intake/inquiry/{inquiry.reference}/claim/", {}).headers["Location"] == OWN
    assert "keeps others out" in client.get(OWN).content.decode()
    assert client.get("/admin/sign-in/app/").status_code == 200
    client.post("/admin/sign-in/app/", {"code": code(sealing.unseal(client.session["app_seed"]))})
    assert client.get("/admin/intake/inquiry/").status_code == 200
    moving.shift(dt.timedelta(days=40))
    client.force_login(amara)
    assert "Add a passkey by" not in client.get("/admin/intake/inquiry/").content.decode()


def test_the_week_of_an_old_account_begins_with_its_first_page_after_the_upgrade(client, amara, required, moving):
    moving.shift(dt.timedelta(days=300))
    client.force_login(amara)
    assert client.get("/admin/").status_code == 200
    amara.refresh_from_db()
    assert amara.factor_due_at - dt.timedelta(days=307) == amara.date_joined.replace(microsecond=amara.factor_due_at.microsecond)


def test_nobody_gets_more_than_a_week(client, amara, required, settings):
    settings.SECOND_FACTOR_DAYS = 30
    client.force_login(amara)
    assert "Add a passkey by Dec. 2, 2026" in client.get("/admin/").content.decode()


def test_the_requirement_costs_one_query_in_a_session(client, amara, settings):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/password_change/done/")
        return len(asked)

    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(amara)
    client.get("/admin/password_change/done/")
    without = queries()
    settings.REQUIRE_SECOND_FACTOR = True
    client.get("/admin/password_change/done/")
    assert queries() == without


def test_the_index_of_a_site_without_the_requirement_says_so_and_how_to_try(client, amara):
    client.force_login(amara)
    page = client.get("/admin/").content.decode()
    assert "REQUIRE_SECOND_FACTOR is off" in page
    assert f'href="{OWN}"' in page


# --- One's own -------------------------------------------------------------------------------------------------------


def test_the_only_factor_stays_while_one_is_required(client, luisas_app, required):
    client.force_login(luisas_app)
    row = held.factors(luisas_app).get()
    answer = client.post(f"/admin/sign-in/{row.pk}/remove/", follow=True)
    assert "Add another first" in answer.content.decode()
    assert held.has_one(luisas_app)


def test_luisa_gets_a_mail_when_her_app_is_added_and_when_it_is_removed(client, luisa, django_capture_on_commit_callbacks):
    luisa.email = "luisa@example.org"
    luisa.save()
    client.force_login(luisa)
    client.get("/admin/sign-in/app/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/sign-in/app/", {"code": code(sealing.unseal(client.session["app_seed"]))})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/sign-in/{held.factors(luisa).get().pk}/remove/")
    assert [message.subject for message in mail.outbox] == ["An authenticator app was added", "The authenticator app was removed"]
    assert "If this was not you" in mail.outbox[0].body
    assert not held.of(luisa).exists()
    assert [(event.kind, event.data["factor"]) for event in Event.objects.filter(kind__startswith="factor")] == [
        ("factor_added", "totp"),
        ("factor_removed", "totp"),
    ]


def test_nobody_touches_the_factors_of_another(client, luisas_app, amara):
    client.force_login(amara)
    row = held.factors(luisas_app).get()
    assert client.post(f"/admin/sign-in/{row.pk}/remove/").status_code == 404
    assert client.get("/admin/sign-in/recovery-codes/", follow=True).redirect_chain[-1][0] == OWN


def test_recovery_codes_are_shown_only_after_a_fresh_proof(client, luisas_app, moving):
    client.force_login(luisas_app)
    moving.shift(301)
    assert client.get("/admin/sign-in/recovery-codes/").headers["Location"] == "/admin/sign-in/confirm/"
    assert client.post("/admin/sign-in/confirm/", {"password": PASSWORD}).status_code == 422  # not enough: she has an app
    assert client.post("/admin/sign-in/confirm/", {"code": code()}).headers["Location"] == "/admin/sign-in/recovery-codes/"
    page = client.get("/admin/sign-in/recovery-codes/")
    assert "no-store" in page.headers["Cache-Control"]
    assert all(f"{each[:4]} {each[4:]}" in page.content.decode() for each in held.unused_codes(luisas_app))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": null}}',
        "0" * 30000,
    ],
)
def test_an_answer_that_no_browser_would_send_signs_nobody_in(client, luisas_app, answer):
    client.get("/admin/sign-in/passkey/")
    assert client.post("/admin/sign-in/passkey/", {"credential": answer}).headers["Location"] == LOGIN
    assert not is_signed_in(client)


# --- A lost phone ----------------------------------------------------------------------------------------------------


@pytest.fixture
def amara_lost_her_phone(amara):
    amara.email = "amara@example.org"
    amara.save()
    held.add_app(amara, SEED)
    return amara


def link():
    [line] = [line for line in mail.outbox[-1].body.splitlines() if "/sign-in/again/" in line]
    return line[line.index("/admin/") :]


@pytest.mark.usefixtures("required")
def test_luisa_lets_amara_start_again_and_the_password_alone_opens_nothing_before(
    client, luisa, amara_lost_her_phone, moving, django_capture_on_commit_callbacks
):
    amara = amara_lost_her_phone
    hers = type(client)()
    signs_in(hers, "amara")
    hers.post(STEP, {"code": code()})
    assert hers.get("/admin/").status_code == 200
    held.add_app(luisa, SEED)
    client.force_login(luisa)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/sign-in/colleagues/{amara.pk}/lost/")
    assert not held.of(amara).exists()
    assert hers.get("/admin/").status_code == 302
    [event] = Event.objects.filter(kind="factor_removed")
    assert (event.actor, event.data) == (luisa, {"user": amara.pk, "factor": "totp", "why": "lost"})

    assert "Open the link in the mail" in signs_in(hers, "amara").content.decode()
    mine, again = link(), type(client)()
    assert again.get(mine).status_code == 200
    assert not is_signed_in(again)
    assert again.post(mine).headers["Location"] == LOGIN
    assert "no longer works" in again.get(mine).content.decode()
    assert signs_in(again, "amara").status_code == 302
    assert "Add a passkey by Nov. 26, 2026" in again.get("/admin/").content.decode()
    moving.shift(dt.timedelta(days=1, seconds=1))
    again.force_login(amara)
    assert again.get("/admin/").headers["Location"] == OWN


def test_only_leads_of_their_centre_and_the_operator_reset_factors(client, amara_lost_her_phone, ben, luisa, olga):
    amara = amara_lost_her_phone
    address = f"/admin/sign-in/colleagues/{amara.pk}/lost/"
    for person, status in ((ben, 404), (amara, 404), (luisa, 200), (olga, 200)):
        client.force_login(person)
        assert client.get(address).status_code == status, person
    assert not verbs.may_reset(luisa, olga)


def test_the_lead_of_another_centre_resets_nobody_here(client, amara_lost_her_phone, open_harbor):
    client.force_login(get_user_model().objects.get(username="hana"))
    assert client.get(f"/admin/sign-in/colleagues/{amara_lost_her_phone.pk}/lost/").status_code == 404


def test_the_operator_alone_gets_a_link_in_a_shell(client, olga, capsys):
    held.add_app(olga, SEED)
    call_command("reset_factors", "olga")
    [line] = [line for line in capsys.readouterr().out.splitlines() if "/again/" in line]
    assert signs_in(client, "olga").status_code == 200
    client.post(line[line.index("/admin/") :])
    assert signs_in(client, "olga").status_code == 302


def test_the_link_ends_after_a_day(client, olga, capsys, moving):
    held.add_app(olga, SEED)
    call_command("reset_factors", "olga")
    [line] = [line for line in capsys.readouterr().out.splitlines() if "/again/" in line]
    moving.shift(dt.timedelta(hours=25))
    assert client.post(line[line.index("/admin/") :]).status_code == 200
    assert signs_in(client, "olga").status_code == 200


# --- The library -----------------------------------------------------------------------------------------------------


def views(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns)
        else:
            yield pattern.callback


def test_no_log_tells_which_passkey_was_used():
    assert not logging.getLogger("fido2.server").isEnabledFor(logging.INFO)


def test_no_page_of_the_library_is_reachable(client, amara):
    assert [view for view in views(get_resolver().url_patterns) if view.__module__.startswith("allauth")] == []
    client.force_login(amara)
    addresses = (
        "accounts/",
        "accounts/login/",
        "accounts/signup/",
        "accounts/email/",
        "admin/account/",
        "admin/mfa/",
        "admin/sign-in/signup/",
    )
    for address in addresses:
        assert client.get(f"/{address}").status_code == 404, address


def test_olga_finds_no_rows_of_the_library_in_the_admin(client, olga):
    client.force_login(olga)
    for address in ("/admin/mfa/authenticator/", "/admin/account/emailaddress/"):
        assert client.get(address).status_code == 404
