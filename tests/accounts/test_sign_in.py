"""Signing in: password guesses are limited without locking anybody out, and idle staff are signed out."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sign_in
from accounts.models import SignInTries, User
from intake.models import Event

pytestmark = pytest.mark.django_db
RIGHT = "a long enough pass"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
NOON = dt.datetime(2026, 11, 27, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = NOON

    monkeypatch.setattr(timezone, "now", lambda: Clock.now)
    return Clock


@pytest.fixture(autouse=True)
def ada(clock, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_user("ada", password=RIGHT, is_staff=True)


def tries(password=RIGHT, username="ada", place=HOME):
    """Try to sign in with a new browser. Return whether it succeeded."""
    answer = Client(REMOTE_ADDR=place).post("/admin/login/", {"username": username, "password": password})
    assert answer.status_code in (200, 302)
    return answer.status_code == 302


def guess(times, **where):
    for number in range(times):
        assert not tries(f"guess {number}", **where)


def test_after_five_wrong_passwords_even_the_right_one_is_refused_for_fifteen_minutes(clock):
    guess(5)
    assert not tries()
    clock.now += dt.timedelta(minutes=15)
    assert tries()


def test_the_page_says_how_long_to_wait(client):
    guess(5, place="127.0.0.1")
    page = client.post("/admin/login/", {"username": "ada", "password": RIGHT}).content.decode()
    assert "Wait 15 minutes" in page


def test_four_wrong_passwords_are_forgotten_after_the_right_one():
    guess(4)
    assert tries()
    guess(4)
    assert tries()


def test_guesses_from_unknown_networks_do_not_lock_out_a_known_one():
    assert tries()
    for number in range(60):
        tries(f"guess {number}", place=f"192.0.{number}.1")
    assert tries()
    # The account's limit applies to networks that she never signed in from.
    assert not tries(place=ELSEWHERE)


def test_one_network_can_not_try_a_password_on_all_accounts():
    for number in range(30):
        assert not tries(username=f"name{number}")
    assert not tries()
    assert tries(place=ELSEWHERE)


def signed_in_before(place=HOME):
    """Return a browser that Ada signed in with, at a place."""
    browser = Client(REMOTE_ADDR=place)
    assert browser.post("/admin/login/", {"username": "ada", "password": RIGHT}).status_code == 302
    return browser


def gets_in(browser, place):
    browser.post("/admin/logout/")
    return browser.post("/admin/login/", {"username": "ada", "password": RIGHT}, REMOTE_ADDR=place).status_code == 302


def test_thirty_made_up_names_from_the_next_desk_do_not_lock_ada_out():
    signed_in_before()
    for number in range(31):
        tries("wrong", username=f"x{number}", place="203.0.113.200")
    assert tries()
    assert not tries("wrong")


def test_guesses_of_a_neighbour_at_her_own_account_do_not_lock_adas_own_browser_out():
    browser = signed_in_before()
    guess(30, place="203.0.113.200")
    assert gets_in(browser, HOME)


def test_ada_takes_her_own_browser_to_a_place_that_somebody_has_used_up():
    browser = signed_in_before()
    for number in range(31):
        tries("wrong", username=f"x{number}", place=ELSEWHERE)
    for number in range(60):
        tries(f"guess {number}", place=f"192.0.{number}.1")
    assert not tries(place=ELSEWHERE)
    assert gets_in(browser, ELSEWHERE)


def test_a_cookie_that_somebody_made_up_is_worth_nothing():
    signed_in_before()
    for number in range(60):
        tries(f"guess {number}", place=f"192.0.{number}.1")
    browser = Client(REMOTE_ADDR=ELSEWHERE)
    browser.cookies["browser"] = "0" * 32
    assert not gets_in(browser, ELSEWHERE)


def test_a_browser_that_is_known_for_one_account_is_not_known_for_another():
    browser = signed_in_before()
    User.objects.create_user("eve", password=RIGHT, is_staff=True)
    for number in range(60):
        tries(f"guess {number}", username="eve", place=f"192.0.{number}.1")
    browser.post("/admin/logout/")
    answer = browser.post("/admin/login/", {"username": "eve", "password": RIGHT}, REMOTE_ADDR=ELSEWHERE)
    assert answer.status_code == 200


def test_a_guesser_with_all_the_networks_of_the_world_gets_a_hundred_guesses_an_hour(clock, monkeypatch):
    """From 60 networks and from the one that Ada works in, each as often as it is let."""
    looked_at = []
    check = User.check_password
    signed_in_before()
    monkeypatch.setattr(User, "check_password", lambda user, password: looked_at.append(password) or check(user, password))
    for _window in range(4):
        for number in range(6):
            for network in range(60):
                tries(f"guess {number}", place=f"192.0.{network}.1")
            tries(f"guess {number}", place=HOME)
        clock.now += dt.timedelta(minutes=15)
    assert len(looked_at) == 4 * (20 + 5)


def test_wrong_old_passwords_of_a_signed_in_browser_meet_a_limit(desk, clock):
    new = {"new_password1": "quite another long pass", "new_password2": "quite another long pass"}
    for number in range(40):
        page = desk.post("/admin/password_change/", {"old_password": f"guess {number}", **new}).content.decode()
    assert "Wait 15 minutes" in page
    assert "Wait 15 minutes" in desk.post("/admin/password_change/", {"old_password": RIGHT, **new}).content.decode()
    assert Event.objects.filter(kind="sign_in_failed", data__why="confirming").count() == 10
    clock.now += dt.timedelta(minutes=15)
    assert desk.post("/admin/password_change/", {"old_password": RIGHT, **new})["Location"] == "/admin/sign-in/confirm/"
    assert desk.post("/admin/sign-in/confirm/", {"password": RIGHT}).status_code == 303
    assert desk.post("/admin/password_change/", {"old_password": RIGHT, **new}).status_code == 302


def test_capitals_and_spaces_do_not_evade_the_limit():
    for name in ("ada", "ADA", " ada", "Ada ", "aDa"):
        assert not tries("wrong", username=name)
    assert not tries()


def test_no_name_or_address_is_stored_and_old_counts_are_deleted():
    guess(2)
    for row in SignInTries.objects.all():
        assert b"ada" not in bytes(row.key)
        assert len(bytes(row.key)) == 16
    assert sign_in.forget_expired(NOON + dt.timedelta(minutes=20)) == {"sign_in_tries_forgotten": 3}
    assert not SignInTries.objects.exists()


# --- Idle staff ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    client.post("/admin/login/", {"username": "ada", "password": RIGHT})
    return client


def test_half_an_hour_without_a_click_signs_out_and_says_so(desk, clock):
    clock.now += dt.timedelta(minutes=29)
    assert desk.get("/admin/").status_code == 200
    clock.now += dt.timedelta(minutes=31)
    answer = desk.get("/admin/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/admin/login/")
    assert "because nothing happened for a while" in answer.content.decode()
    assert desk.get("/admin/").status_code == 302


def test_background_requests_do_not_keep_anybody_signed_in(desk, clock):
    for _minute in range(31):
        clock.now += dt.timedelta(minutes=1)
        answer = desk.get("/admin/", headers={"X-Background": "1"})
    assert answer.status_code == 302


def test_clicks_keep_staff_signed_in_without_saving_the_session_each_time(desk, clock):
    for _click in range(8):
        clock.now += dt.timedelta(minutes=5)
        assert desk.get("/admin/password_change/done/").status_code == 200
    clock.now += dt.timedelta(seconds=30)
    with CaptureQueriesContext(connection) as asked:
        desk.get("/admin/password_change/done/")
    assert not [query["sql"] for query in asked if not query["sql"].startswith("SELECT")]
