"""Sessions: what the database knows of them, when they end, and who ends them."""

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session as DjangoSession
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import Session
from accounts.sessions.store import SessionStore
from intake.models import Event
from recovery_site.periodic import jobs
from tests.people import PASSWORD, member

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 27, 12, 0, tzinfo=dt.UTC)
PAGE = "/admin/sessions/"


def signs_in(user, **headers) -> Client:
    browser = Client(headers=headers)
    assert browser.post("/admin/login/", {"username": user.username, "password": PASSWORD}).status_code == 302
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get("/admin/password_change/done/").status_code == 200


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- What the database knows -----------------------------------------------------------------------------------------


def test_who_reads_the_database_can_not_take_part_in_amaras_session(amara):
    browser = signs_in(amara)
    assert is_signed_in(browser)
    for key in Session.objects.values_list("session_key", flat=True):
        thief = Client()
        thief.cookies["staff"] = key
        assert not is_signed_in(thief)
    assert not DjangoSession.objects.exists()


def test_what_a_session_holds_opens_with_the_cookie_alone(amara):
    """Django keeps the token of a link to choose a password in the session, and a second factor's secret while it is set up."""
    browser = signs_in(amara)
    session = browser.session
    session["token"] = "of-a-link"
    session.save()
    [row] = Session.objects.all()
    assert SessionStore().decode(row.session_data) == {}
    assert SessionStore(row.session_key).decode(row.session_data) == {}
    assert SessionStore(browser.cookies["staff"].value)["token"] == "of-a-link"


def test_sessions_of_the_release_before_open_nothing_and_are_removed(amara):
    from django.contrib.sessions.backends.db import SessionStore as DjangoStore

    browser = signs_in(amara)
    old = DjangoStore()
    old.update(dict(browser.session.items()))
    old.create()
    other = Client()
    other.cookies["staff"] = old.session_key
    assert not is_signed_in(other)
    assert jobs()["remove sessions that have ended"](timezone.now()) == {"sessions_forgotten": 1}
    assert not DjangoSession.objects.exists()
    assert is_signed_in(browser)


def test_rows_of_sessions_that_ended_are_removed(amara):
    signs_in(amara)
    assert sessions.ending.forget_ended(timezone.now()) == {"sessions_forgotten": 0}
    assert sessions.ending.forget_ended(timezone.now() + dt.timedelta(hours=25)) == {"sessions_forgotten": 1}


# --- When they end ---------------------------------------------------------------------------------------------------


def test_after_twelve_hours_amara_signs_in_again_however_much_she_worked(amara):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = signs_in(amara)
        for _quarter in range(12 * 4 - 1):
            clock.shift(dt.timedelta(minutes=15))
            assert is_signed_in(browser)
        clock.shift(dt.timedelta(minutes=15))
        answer = browser.get("/admin/", follow=True)
    assert "you signed in 12 hours ago" in answer.content.decode()
    assert Event.objects.filter(kind="session_ended").values_list("data__why", flat=True).get() == "longest"


def test_the_style_guide_ends_with_the_session_as_well(amara):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = signs_in(amara)
        clock.shift(dt.timedelta(minutes=31))
        assert browser.get("/styleguide/").status_code == 302


def test_the_page_learns_how_long_it_has_and_why(amara):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = signs_in(amara)
        assert browser.get("/admin/still-here/").json() == {"seconds": 30 * 60, "whatever_happens": False}
        for _quarter in range(47):
            clock.shift(dt.timedelta(minutes=15))
            browser.get("/admin/password_change/done/")
        clock.shift(dt.timedelta(minutes=12))
        assert browser.get("/admin/still-here/").json() == {"seconds": 180, "whatever_happens": True}


def test_what_amara_typed_is_kept_when_her_shift_ends(amara, inquiry):
    page = f"/admin/intake/inquiry/{inquiry.reference}/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = signs_in(amara)
        [form] = re.findall(r'name="note-draft" value="([^"]+)"', browser.get(page).content.decode())
        for _quarter in range(47):
            clock.shift(dt.timedelta(minutes=15))
            browser.get("/admin/still-here/")
        clock.shift(dt.timedelta(minutes=20))
        answer = browser.post(f"{page}note/", {"note-draft": form, "note-text": "plum"}, headers={"Referer": f"http://testserver{page}"})
        assert answer.status_code == 302
        assert "plum" not in answer["Location"]
        assert browser.post("/admin/login/", {"username": "amara", "password": PASSWORD}).status_code == 302
        assert "plum" in browser.get(page).content.decode()


@pytest.mark.parametrize("minutes", ["4", "31", "0"])
def test_an_idle_time_that_is_too_long_or_short_is_refused(minutes):
    words = settings_of({"STAFF_IDLE_MINUTES": minutes}, "STAFF_IDLE_MINUTES")
    assert f"STAFF_IDLE_MINUTES is {minutes}; set it to a number from 5 to 30." in words


# --- Cookies ---------------------------------------------------------------------------------------------------------


def settings_of(environment: dict[str, str], *names: str) -> str:
    """Return what a new process prints of the settings, or its error."""
    code = f"import tests.settings as s; print(*[getattr(s, name) for name in {names!r}])"
    variables = {name: value for name, value in os.environ.items() if name != "DATA_DIR"}
    variables.update(environment)
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=variables, check=False)
    return ran.stdout + ran.stderr


COOKIES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "KNOWN_BROWSER_COOKIE_NAME")


def test_over_https_the_names_of_all_cookies_bind_them_to_this_host():
    words = settings_of({"SITE_URL": "https://help.example.org"}, *COOKIES, "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert words.split() == ["__Host-staff", "__Host-csrftoken", "__Host-browser", "True", "True"]


def test_over_http_where_browsers_refuse_such_names_they_are_plain():
    assert settings_of({"SITE_URL": "http://127.0.0.1:8000"}, *COOKIES).split() == ["staff", "csrftoken", "browser"]


def test_each_cookie_that_signing_in_sets_is_kept_from_scripts_and_other_sites(amara, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = Client()
    browser.get("/admin/login/", secure=True)
    browser.post("/admin/login/", {"username": "amara", "password": PASSWORD}, secure=True)
    assert sorted(browser.cookies) == ["browser", "csrftoken", "staff"]
    for cookie in browser.cookies.values():
        assert (cookie["path"], cookie["domain"], bool(cookie["secure"]), bool(cookie["httponly"])) == ("/", "", True, True)
        assert cookie["samesite"] in ("Lax", "Strict")


@pytest.mark.parametrize("wrong", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_signing_in_with_a_page_that_is_refused_leads_to_the_front_page(amara, wrong):
    answer = Client().post(f"/admin/login/?next={wrong}", {"username": "amara", "password": PASSWORD, "next": wrong})
    assert answer["Location"] == "/admin/"


# --- The list, and ending --------------------------------------------------------------------------------------------


def test_amara_sees_where_she_is_signed_in_and_ends_what_she_left_open(amara):
    phone, desk = signs_in(amara, sec_ch_ua_mobile="?1", user_agent="Secret Phone 9"), signs_in(amara, sec_ch_ua_mobile="?0")
    page = desk.get(PAGE)
    assert [text(page).count(word) for word in ("phone", "computer", "this one", "password")][:3] == [1, 1, 1]
    assert "Secret" not in page.content.decode()
    assert "127.0.0.1" not in page.content.decode()
    [digest] = re.findall(r'name="end" value="(\w+)"', page.content.decode())
    assert "1 session was ended" in text(desk.post(PAGE, {"end": digest}, follow=True))
    assert (is_signed_in(phone), is_signed_in(desk)) == (False, True)
    assert Event.objects.filter(kind="session_ended", actor=amara, data__user=amara.pk).count() == 1


def test_a_browser_that_does_not_say_what_it_is_is_not_known(amara):
    assert "not known" in text(signs_in(amara).get(PAGE))


def test_amara_ends_all_others_and_stays_signed_in(amara):
    others = [signs_in(amara) for _browser in range(3)]
    desk = signs_in(amara)
    assert "3 sessions were ended" in text(desk.post(PAGE, {"others": ""}, follow=True))
    assert is_signed_in(desk)
    assert not any(map(is_signed_in, others))


def test_amara_can_not_end_bens_session_by_its_digest(amara, ben):
    bens = signs_in(ben)
    row = Session.objects.get(user=ben)
    signs_in(amara).post(PAGE, {"end": row.session_key})
    assert is_signed_in(bens)


def test_when_a_session_was_used_is_stored_to_a_quarter_of_an_hour(amara):
    with time_machine.travel(NOON + dt.timedelta(minutes=14), tick=False) as clock:
        browser = signs_in(amara)
        assert Session.objects.get(user=amara).used_at == NOON
        clock.shift(dt.timedelta(minutes=10))
        browser.get("/admin/")
        assert Session.objects.get(user=amara).used_at == NOON + dt.timedelta(minutes=15)


def test_luisa_ends_amaras_sessions_and_noor_can_not(luisa, amara, noor):
    amaras = signs_in(amara)
    page = f"{PAGE}{amara.pk}/"
    assert signs_in(noor).get(page).status_code == 404
    assert signs_in(noor).post(page).status_code == 404
    assert is_signed_in(amaras)
    leads = signs_in(luisa)
    assert page in leads.get("/admin/intake/centre/colleagues/").content.decode()
    assert "Where Amara Diallo is signed in" in text(leads.get(page))
    assert "1 session was ended" in text(leads.post(page, follow=True))
    assert not is_signed_in(amaras)


def test_luisa_proves_who_she_is_before_she_sees_amaras_sessions(luisa, amara):
    with time_machine.travel(NOON, tick=False) as clock:
        leads, amaras = signs_in(luisa), signs_in(amara)
        clock.shift(dt.timedelta(minutes=6))
        assert leads.post(f"{PAGE}{amara.pk}/")["Location"] == "/admin/sign-in/confirm/"
        assert is_signed_in(amaras)
        leads.post("/admin/sign-in/confirm/", {"password": PASSWORD})
        leads.post(f"{PAGE}{amara.pk}/")
        assert not is_signed_in(amaras)


def test_a_colleague_who_leads_nobody_sees_no_sessions_of_others(amara, ben):
    assert signs_in(amara).get(f"{PAGE}{ben.pk}/").status_code == 404


def test_olga_ends_anybodys_sessions(olga, noor):
    noors = signs_in(noor)
    operator = signs_in(olga)
    assert f"{PAGE}{noor.pk}/" in operator.get(f"/admin/accounts/user/{noor.pk}/change/").content.decode()
    operator.post(f"{PAGE}{noor.pk}/")
    assert not is_signed_in(noors)


def test_a_new_password_ends_the_other_sessions(amara):
    other, desk = signs_in(amara), signs_in(amara)
    new = "quite another long pass"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert desk.post("/admin/password_change/", form).status_code == 302
    assert (is_signed_in(desk), is_signed_in(other)) == (True, False)
    assert Session.objects.filter(user=amara).count() == 1
    assert Event.objects.filter(kind="password_chosen", actor=amara).count() == 1


def test_switching_ben_off_or_changing_what_he_may_do_ends_his_sessions(olga, ben):
    bens, operator = signs_in(ben), signs_in(olga)
    form = {"username": "ben", "display_name": "Ben", "email": "", "time_zone": "UTC", "is_active": "on", "is_staff": "on"}
    assert operator.post(f"/admin/accounts/user/{ben.pk}/change/", {**form, "operator": "on"}).status_code == 302
    assert not is_signed_in(bens)
    bens = signs_in(ben)
    operator.post("/admin/accounts/user/", {"action": "switch_off", "_selected_action": [ben.pk]})
    assert not Session.objects.filter(user=ben).exists()
    assert not is_signed_in(bens)


def test_a_session_that_was_ended_is_not_written_again(amara):
    browser = signs_in(amara)
    store = SessionStore(browser.cookies["staff"].value)
    assert store["way"] == "password"
    sessions.end_all(amara, by="system")
    store["late"] = True
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.filter(user=amara).exists()


# --- The record ------------------------------------------------------------------------------------------------------


def kinds() -> list[str]:
    """What was recorded beside cases, without the key that came with the centre."""
    return list(beside_cases().values_list("kind", flat=True))


def beside_cases():
    return Event.objects.filter(inquiry=None).exclude(kind="key_created").order_by("id")


def test_signing_in_and_out_is_recorded(amara):
    browser = signs_in(amara)
    browser.post("/admin/logout/")
    assert kinds() == ["signed_in", "signed_out"]
    assert [event.actor for event in beside_cases()] == [amara, amara]
    assert Event.objects.get(kind="signed_in").data == {"way": "password"}


def test_a_failed_sign_in_names_the_account_but_no_name_that_was_typed(amara):
    for name in ("amara", "Zzyzx-my-password"):
        Client().post("/admin/login/", {"username": name, "password": "wrong"})
    first, second = Event.objects.filter(kind="sign_in_failed").order_by("id")
    assert (first.data, first.actor) == ({"by": "anybody", "user": amara.pk}, None)
    assert second.data == {"by": "anybody"}


def test_a_flood_of_made_up_names_does_not_fill_the_record(db):
    for number in range(60):
        Client(REMOTE_ADDR=f"192.0.{number}.1").post("/admin/login/", {"username": f"x{number}", "password": "wrong"})
    assert Event.objects.filter(kind="sign_in_failed").count() == 20


# --- A sign-in from a new place --------------------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch):
    """Mails are sent before the answer, so that a test can read them."""
    from threading import Thread

    monkeypatch.setattr(Thread, "start", Thread.run)


def from_place(user, address) -> None:
    assert Client(REMOTE_ADDR=address).post("/admin/login/", {"username": user.username, "password": PASSWORD}).status_code == 302


def test_cleo_is_told_of_a_sign_in_from_a_place_that_is_new(at_once, riverside, mailoutbox):
    cleo = member("cleo", "Cleo Park", riverside, "triage", email="cleo@example.org", time_zone="America/New_York")
    with time_machine.travel(NOON, tick=False):
        from_place(cleo, "203.0.113.7")
        from_place(cleo, "203.0.113.99")
        assert mailoutbox == []  # her first sign-in, and one from the same network
        from_place(cleo, "198.51.100.9")
        from_place(cleo, "198.51.100.9")
    [letter] = mailoutbox
    assert letter.to == ["cleo@example.org"]
    assert "http://127.0.0.1:8000/admin/sessions/" in letter.body
    assert re.search(r"7:00\s*a\.m\. EST", letter.body)
    assert "198.51" not in letter.body + str(letter.extra_headers) + letter.subject


def test_after_sixty_days_away_a_place_is_new_again(at_once, riverside, mailoutbox):
    cleo = member("cleo", "Cleo Park", riverside, "triage", email="cleo@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        from_place(cleo, "203.0.113.7")
        clock.shift(dt.timedelta(days=61))
        from_place(cleo, "203.0.113.7")
    assert len(mailoutbox) == 1


def test_a_mail_server_that_is_away_keeps_nobody_out(at_once, riverside, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    cleo = member("cleo", "Cleo Park", riverside, "triage", email="cleo@example.org")
    from_place(cleo, "203.0.113.7")
    from_place(cleo, "198.51.100.9")
    assert "new place could not be sent: " in caplog.text
    assert "cleo" not in caplog.text
