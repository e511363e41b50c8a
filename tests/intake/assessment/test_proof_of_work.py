"""The proof of work: required under attack, bound to one form, valid for a while, and never a reason to refuse a form."""

import base64
import datetime as dt
import hashlib
import html
import json
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from intake.assessment import proof_of_work, rate_limits
from intake.models import Event, Inquiry, Notification
from intake.scheduling import clock
from intake.submission import form_tokens
from tests.intake.pages import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def attack(settings, monkeypatch):
    settings.PROOF_OF_WORK = "always"
    monkeypatch.setattr(proof_of_work, "MAX_NUMBER", 50)


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


def sum_of(page):
    return json.loads(html.unescape(re.search(r'data-proof="([^"]*)"', page.content.decode()).group(1)))


def solution(asked, **changed):
    """Solve a challenge as ALTCHA's widgets do."""
    digests = (hashlib.sha256(f"{asked['salt']}{number}".encode()).hexdigest() for number in range(asked["maxnumber"] + 1))
    number = next(place for place, digest in enumerate(digests) if digest == asked["challenge"])
    answer = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    return base64.b64encode(json.dumps(answer | changed).encode()).decode()


def filled(page, **answers):
    return {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", "message": "stays here", **answers}


def is_held():
    return Inquiry.objects.get().is_held


# --- When it is asked for ---------------------------------------------------------------------------------------


def test_no_proof_is_required_without_an_attack(riverside, visitor):
    page = visitor.get("/contact/")
    assert "altcha" not in page.content.decode()
    assert visitor.post("/contact/", filled(page)).status_code == 303
    assert not is_held()


def test_very_many_forms_of_many_networks_require_it_for_a_while(riverside, visitor, settings, monkeypatch):
    settings.PROOF_OF_WORK_FROM = 3
    for number in range(3):
        visitor.post("/contact/", filled(visitor.get("/contact/")), REMOTE_ADDR=f"198.51.{number}.9")
    cache.clear()
    assert "data-proof" in visitor.get("/contact/").content.decode()
    later = timezone.now() + dt.timedelta(minutes=25)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "data-proof" in visitor.get("/contact/").content.decode()


def test_one_network_alone_does_not_require_it(riverside, visitor, settings):
    settings.PROOF_OF_WORK_FROM = rate_limits.CONTACT.address + 1
    for _number in range(rate_limits.CONTACT.address + 5):
        visitor.post("/contact/", filled(visitor.get("/contact/")))
    cache.clear()
    assert "data-proof" not in visitor.get("/contact/").content.decode()


# --- With a solution --------------------------------------------------------------------------------------------


def test_a_form_with_a_solution_reaches_staff_like_any_other(riverside, visitor, attack):
    page = visitor.get("/contact/")
    assert visitor.post("/contact/", filled(page, altcha=solution(sum_of(page)))).status_code == 303
    assert not is_held()
    assert Notification.objects.count() == 1


def test_a_solution_is_kept_when_the_form_is_shown_again(riverside, visitor, attack):
    page = visitor.get("/contact/")
    answer = solution(sum_of(page))
    for change in ({"go": "steps"}, {"for_whom": ""}, {"go": "language"}):
        page = visitor.post("/contact/", filled(page, altcha=answer) | change)
        assert html.unescape(hidden(page, "altcha")) == answer
    assert visitor.post("/contact/", filled(page, altcha=answer)).status_code == 303
    assert not is_held()


def test_a_solution_is_valid_for_one_form_only(riverside, visitor, attack):
    page = visitor.get("/contact/")
    answer = solution(sum_of(page))
    visitor.post("/contact/", filled(page, altcha=answer))
    again = visitor.post("/contact/", filled(page, altcha=answer, message="stays here"))
    assert again.status_code == 303  # the same form is the same inquiry
    assert Inquiry.objects.count() == 1
    visitor.post("/contact/", filled(visitor.get("/contact/"), altcha=answer))
    assert Inquiry.objects.order_by("received_at").last().is_held


def test_a_solution_expires(riverside, visitor, attack, monkeypatch):
    page = visitor.get("/contact/")
    answer = solution(sum_of(page))
    nonce = form_tokens.read(hidden(page, "token")).nonce
    assert proof_of_work.is_solved(answer, nonce)
    later = proof_of_work.time.time() + proof_of_work.LIFE_SECONDS + clock.SKEW.total_seconds() + 60
    monkeypatch.setattr(proof_of_work.time, "time", lambda: later)
    assert not proof_of_work.is_solved(answer, nonce)


@pytest.mark.parametrize(
    "changed",
    [{"number": 51}, {"number": "x"}, {"number": 1e400}, {"salt": "00?expires=99999999999&"}, {"signature": "é"}, {"challenge": "0" * 64}],
)
def test_a_modified_challenge_is_not_solved(riverside, visitor, attack, changed):
    page = visitor.get("/contact/")
    nonce = form_tokens.read(hidden(page, "token")).nonce
    answer = solution(sum_of(page), **changed)
    # Only the salt, the number and the signature are used; a wrong copy of the challenge has no effect.
    assert proof_of_work.is_solved(answer, nonce) == ("challenge" in changed)


def test_the_expiry_in_the_salt_can_not_be_changed(riverside, visitor, attack):
    challenge = sum_of(visitor.get("/contact/"))
    nonce = bytes.fromhex(challenge["salt"].split("?")[0])
    whole = json.loads(base64.b64decode(solution(challenge)))
    # Moving digits of the number into the salt gives the same hash but another expiry.
    digits = str(whole["number"])
    moved = whole | {"salt": whole["salt"] + digits[:-1], "number": int(digits[-1])}
    assert not proof_of_work.is_solved(base64.b64encode(json.dumps(moved).encode()).decode(), nonce) or len(digits) == 1


@pytest.mark.parametrize("answer", ["", "x", "é", "e30=", "W10=", base64.b64encode(b'"\xff"').decode(), "A" * 100_000])
def test_a_malformed_solution_is_refused(answer):
    assert not proof_of_work.is_solved(answer, b"n" * 16)


# --- Without a solution -----------------------------------------------------------------------------------------


def test_without_javascript_the_visitor_is_asked_once_more_and_then_promised_an_answer(riverside, visitor, attack):
    page = visitor.get("/contact/")
    assert "We may then ask you to press Send once more." in page.content.decode()
    asked = visitor.post("/contact/", filled(page, altcha=""))
    assert asked.status_code == 422
    assert "press Send again" in asked.content.decode()
    assert is_held()
    assert Event.objects.get(kind="received").data["spam"] == ["too_fast", "no_proof"]
    assert visitor.post("/contact/", filled(asked, again="1", altcha="")).status_code == 303
    assert not is_held()
    assert "We have your request" in visitor.get("/contact/sent/").content.decode()
    assert Notification.objects.filter(kind="new_inquiry").count() == 1


def test_a_form_opened_before_the_attack_is_kept_and_asked_for_once_more_with_a_challenge(riverside, visitor, settings, monkeypatch):
    page = visitor.get("/contact/")
    settings.PROOF_OF_WORK = "always"
    monkeypatch.setattr(proof_of_work, "MAX_NUMBER", 50)
    again = visitor.post("/contact/", filled(page))
    assert again.status_code == 422
    assert "stays here" in again.content.decode()
    assert hidden(again, "token") == hidden(page, "token")
    assert visitor.post("/contact/", filled(again, again="1", altcha=solution(sum_of(again)))).status_code == 303
    assert not is_held()


@pytest.mark.parametrize("answers", [{"danger_now": "yes"}, {"message": "he overdosed"}])
@pytest.mark.parametrize("altcha", [{}, {"altcha": ""}])
def test_a_form_about_danger_needs_no_solution(riverside, visitor, attack, answers, altcha):
    assert visitor.post("/contact/", filled(visitor.get("/contact/"), **answers, **altcha)).status_code == 303
    assert Inquiry.objects.get().state == "new"
    assert set(Notification.objects.values_list("kind", flat=True)) == {"new_inquiry", "danger"}
