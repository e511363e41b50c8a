"""Whose turn it is after a case."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.queue import next_case, queue

pytestmark = pytest.mark.django_db
QUEUE = "/admin/intake/inquiry/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def waiting(arrives):
    """Three cases in the order of the queue."""
    now = timezone.now()
    return [arrives(answer_by=now + HOUR * n) for n in (1, 2, 3)]


def reference(answer):
    return answer.headers["Location"].split("/")[-2]


def test_next_case_leads_through_the_queue_and_ends_there(waiting, amara, client):
    first, second, third = waiting
    client.force_login(amara)
    client.get(f"{QUEUE}{first.reference}/")
    assert reference(client.get(f"{QUEUE}{first.reference}/next/")) == second.reference
    client.get(f"{QUEUE}{second.reference}/")
    # Neither is done, but Amara went past both.
    assert reference(client.get(f"{QUEUE}{second.reference}/next/")) == third.reference
    client.get(f"{QUEUE}{third.reference}/")
    end = client.get(f"{QUEUE}{third.reference}/next/", follow=True)
    assert "Nobody else is waiting for you right now." in end.content.decode()


def test_a_case_that_amara_passed_comes_back_later(waiting, amara):
    first, second, third = waiting
    now = timezone.now()
    triage.open_case(second, by=amara, with_contact=False)
    assert next_case.after(first, amara, now) == third
    later = timezone.now() + next_case.PASSED + dt.timedelta(seconds=1)
    assert next_case.after(first, amara, later) == second


def test_what_a_colleague_has_is_left_to_them_but_for_unread_danger(waiting, amara, ben, arrives):
    first, second, third = waiting
    triage.claim(second, by=ben)
    assert next_case.after(first, amara, timezone.now()) == third
    danger = arrives(priority=1, claimed_by=ben, state="open", has_unread_message=True)
    assert next_case.after(first, amara, timezone.now()) == danger


def test_the_next_case_is_found_behind_a_whole_page_of_colleagues_cases(waiting, amara, ben, monkeypatch):
    first, second, third = waiting
    triage.claim(second, by=ben)
    monkeypatch.setattr(queue.page, "__kwdefaults__", {**queue.page.__kwdefaults__, "size": 1})
    assert next_case.after(first, amara, timezone.now()) == third


def test_log_and_next_leads_on_and_log_back_to_the_queue_leads_back(waiting, amara, client):
    first, second, _third = waiting
    client.force_login(amara)
    form = {"attempt-version": first.version, "attempt-way": "phone", "attempt-outcome": "no_answer"}
    answer = client.post(f"{QUEUE}{first.reference}/attempt/", {**form, "then": "next"})
    assert answer.headers["Location"] == f"{QUEUE}{second.reference}/#top"
    form["attempt-version"] = second.version
    answer = client.post(f"{QUEUE}{second.reference}/attempt/", {**form, "then": "queue"})
    assert answer.headers["Location"] == f"{QUEUE}#top"
    assert {first.attempts.count(), second.attempts.count()} == {1}


def test_close_and_next(waiting, amara, client):
    first, second, _third = waiting
    client.force_login(amara)
    form = {"close-version": first.version, "close-outcome": "declined", "then": "next"}
    assert client.post(f"{QUEUE}{first.reference}/close/", form).headers["Location"] == f"{QUEUE}{second.reference}/#top"
    first.refresh_from_db()
    assert first.state == "closed"


@pytest.mark.parametrize(
    ("step", "form", "anchor"),
    [
        ("attempt", {"way": "phone", "outcome": "no_answer"}, "attempt-title"),
        ("reply", {"text": "Hello"}, "reply-title"),
        ("note", {"text": "Called"}, "note-title"),
        ("claim", {}, "case-steps"),
    ],
)
def test_after_a_step_the_page_stays_where_amara_was(step, form, anchor, waiting, amara, client):  # noqa: PLR0917 (parameters and people)
    case = waiting[0]
    client.force_login(amara)
    sent = {f"{step}-{name}": value for name, value in {"version": case.version, **form}.items()}
    assert client.post(f"{QUEUE}{case.reference}/{step}/", sent).headers["Location"] == f"{QUEUE}{case.reference}/#{anchor}"
