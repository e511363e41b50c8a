"""What a row of the queue says of its case, and the first words on demand."""

import dataclasses
import datetime as dt
import secrets

import pytest
from django.utils import timezone

from intake import triage
from intake.admin.rows import rows, with_topics
from intake.models import Event, Inquiry, KeyWrap
from intake.queue import queue
from intake.submission import receive

pytestmark = pytest.mark.django_db
QUEUE = "/admin/intake/inquiry/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def asks(riverside, inquiry_data):
    """Receive an inquiry with these changes of its form, from a guide if one is named."""

    def receives(guide="", **changes):
        data = dataclasses.replace(inquiry_data, **changes)
        return receive.receive(data, form_token=secrets.token_bytes(16), guide_slug=guide).inquiry

    return receives


def shown(user):
    return with_topics(rows(queue.page(user).rows), user)


def test_amara_sees_what_each_case_is_about_but_none_of_its_words(asks, amara, client, django_assert_num_queries):
    asks(substances=["alcohol", "unsure"], guide="the-first-day")
    client.force_login(amara)
    for address in (QUEUE, "/admin/", QUEUE + "rows/"):
        page = client.get(address).content.decode()
        assert "alcohol, “the first day”" in page
        assert "zzyzxword" not in page
    [row] = shown(amara)
    assert row.about == ["alcohol", "“the first day”"]
    many = [asks(substances=["opioids"]) for _more in range(4)]
    with django_assert_num_queries(1):
        assert [row.about for row in with_topics(rows(many), amara)] == [["opioids"]] * 4


def test_the_rows_appear_though_a_case_can_not_be_opened_here(asks, amara):
    asks(substances=["alcohol"])
    KeyWrap.objects.all().delete()
    [row] = shown(amara)
    assert row.about == []


def test_the_same_due_time_is_said_once(arrives, amara):
    now = timezone.now()
    for _case in range(3):
        arrives(answer_by=now + 14 * HOUR)
    arrives(answer_by=now + 30 * HOUR)
    assert [row.due_again for row in rows(queue.page(amara).rows, now)] == [False, True, True, False]


def test_a_part_of_the_queue_that_says_it_all_has_no_due_time(arrives, amara):
    now = timezone.now()
    waits = arrives(state="waiting", first_response_at=now, next_action_at=None)
    closed = arrives(state="closed", outcome="informed", closed_at=dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC))
    assert [row.due for row in rows([waits, closed], now)] == ["", "4 Mar 2026"]


def test_the_queue_says_what_a_follow_up_is_for(arrives, amara, client):
    case = arrives()
    triage.reply(case, text="Hello", by=amara, version=case.version)
    case.refresh_from_db()
    client.force_login(amara)
    sent = {"follow_up-version": case.version, "follow_up-when": "soon", "follow_up-reason": "papers"}
    assert client.post(f"{QUEUE}{case.reference}/follow-up/", sent).status_code == 303
    page = client.get(QUEUE + "?view=waiting").content.decode()
    assert "hour" in page
    assert ": insurance or papers" in page
    case.refresh_from_db()
    triage.log_attempt(case, by=amara, version=case.version, way="phone", outcome="no_answer", next_action_at=timezone.now() + HOUR)
    case.refresh_from_db()
    assert case.follow_up_reason == ""


def test_the_first_words_are_shown_on_demand_and_recorded_as_an_opening(arrives, amara, client):
    case = arrives(has_unread_message=True)
    client.force_login(amara)
    alone = client.post(f"{QUEUE}{case.reference}/first-words/", headers={"X-Fragment": "1"})
    assert alone.content.decode().startswith('<q class="first-words" tabindex="-1">I want to stop and zzyzxword')
    assert "no-store" in alone["Cache-Control"]
    assert case.events.filter(kind=Event.Kind.OPENED, actor=amara).count() == 1
    page = client.post(f"{QUEUE}{case.reference}/first-words/").content.decode()
    assert "zzyzxword" in page
    assert "Back to the queue" in page
    # Reading them is not reading the messages.
    assert Inquiry.objects.get().has_unread_message


def test_the_first_words_of_another_centres_case_are_not_shown(arrives, noor, client):
    case = arrives()
    client.force_login(noor)
    assert client.post(f"{QUEUE}{case.reference}/first-words/").status_code == 404
    assert not case.events.filter(kind=Event.Kind.OPENED).exists()


def test_only_the_beginning_of_a_long_message_is_shown(asks, amara):
    case = asks(message="word " * 200)
    assert len(triage.first_words(case, by=amara)) == 160
