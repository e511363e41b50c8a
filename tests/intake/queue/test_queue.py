"""The queue: order, paging, what a row shows."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.models import Inquiry
from intake.queue import queue

pytestmark = pytest.mark.django_db
QUEUE = "/admin/intake/inquiry/"
HOUR = dt.timedelta(hours=1)


def test_danger_comes_first_then_promises_then_ours_then_what_is_due(arrives, amara):
    now = timezone.now()
    answered = {"first_response_at": now - HOUR}
    due = arrives(state="waiting", next_action_at=now - HOUR, **answered)
    ours = arrives(state="open", next_action_at=None, **answered)
    promised_later = arrives(answer_by=now + HOUR)
    promised = arrives(answer_by=now)
    danger = arrives(priority=1, answer_by=now + HOUR)
    arrives(state="waiting", next_action_at=now + HOUR, **answered)
    arrives(state="waiting", next_action_at=None, **answered)
    arrives(state="closed")
    assert queue.page(amara).rows == [danger, promised, promised_later, ours, due]


def test_what_the_visitor_wrote_brings_a_waiting_case_back(arrives, amara):
    case = arrives(state="waiting", next_action_at=None, first_response_at=timezone.now())
    assert queue.page(amara).rows == []
    Inquiry.objects.filter(pk=case.pk).update(has_unread_message=True)
    assert queue.page(amara).rows == [case]


def test_pages_show_every_case_once_whatever_ends_a_page(arrives, amara):
    now = timezone.now()
    expected = [arrives(answer_by=now + HOUR * (number // 2)) for number in range(7)]
    seen, after = [], None
    for _page in range(4):
        page = queue.page(amara, after=after, size=2)
        seen += page.rows
        after = page.next and queue.Place.from_token(page.next.token())
    assert after is None
    assert sorted(seen, key=lambda row: row.pk) == sorted(expected, key=lambda row: row.pk)
    assert [row.answer_by for row in seen] == sorted(row.answer_by for row in expected)


def test_a_page_that_ends_in_one_part_goes_on_in_the_next(arrives, amara):
    now = timezone.now()
    answered = {"first_response_at": now - HOUR, "state": "open"}
    expected = [arrives(priority=1), arrives(answer_by=now), arrives(answer_by=now + HOUR), arrives(answer_by=now - HOUR, **answered)]
    seen, after = [], None
    for _page in expected:
        page = queue.page(amara, after=after, size=1)
        seen += page.rows
        after = page.next
    assert seen == expected
    assert after is None


def test_closed_cases_are_paged_from_the_latest_on(arrives, amara):
    now = timezone.now()
    expected = [arrives(state="closed", outcome="informed", closed_at=now - HOUR * ago) for ago in range(3)]
    first = queue.page(amara, queue.VIEWS["closed"], size=2)
    assert first.rows == expected[:2]
    assert queue.page(amara, queue.VIEWS["closed"], after=first.next, size=2).rows == expected[2:]


def test_a_forged_place_is_the_top_of_the_queue(arrives, amara):
    assert queue.Place.from_token("2:now") is None


def test_cases_of_other_centres_are_not_in_it(arrives, noor):
    arrives()
    assert queue.page(noor).rows == []


def test_a_row_says_what_sorts_it_and_names_nobody(arrives, amara, client):
    case = arrives(priority=1, priority_reasons=["danger_now"], may_leave_voicemail=False)
    client.force_login(amara)
    page = client.get(QUEUE).content.decode()
    for words in (case.reference, "danger now", "someone is in danger now", "no voicemail", "for themself", "English", "nobody yet"):
        assert words in page
    for word in ("Quillon", "5550143", "zzyzxword", "example.org"):
        assert word not in page


def test_the_number_of_queries_does_not_grow_with_the_queue(arrives, amara, client, django_assert_num_queries):
    client.force_login(amara)
    arrives()
    with django_assert_num_queries(15):
        client.get(QUEUE)
    for _more in range(5):
        arrives()
    with django_assert_num_queries(15):
        client.get(QUEUE)


def test_the_queue_is_the_first_page_after_sign_in(arrives, amara, client):
    case = arrives()
    answer = client.post(reverse("admin:login"), {"username": "amara", "password": "a long enough pass", "next": "/admin/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/"
    assert "Who is next" in answer.content.decode()
    assert case.reference in answer.content.decode()


def test_people_without_a_centre_have_no_queue(arrives, edith, olga, client):
    case = arrives()
    for person in (edith, olga):
        client.force_login(person)
        assert case.reference not in client.get("/admin/").content.decode()
        assert client.get(QUEUE).status_code == 403
