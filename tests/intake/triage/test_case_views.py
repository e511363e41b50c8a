"""The views of the queue: filters, counts, live rows and bulk actions."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from intake import triage
from intake.admin import queue_views
from intake.models import Centre, Inquiry, Membership, QueueRank
from intake.queue import queue

pytestmark = pytest.mark.django_db
QUEUE = "/admin/intake/inquiry/"
HOUR = dt.timedelta(hours=1)


def listed(user, slug, **filters):
    return queue.page(user, queue.VIEWS[slug], filters=filters).rows


def test_each_view_contains_its_cases(arrives, amara, ben):
    now = timezone.now()
    own_case = arrives(claimed_by=amara, state="open", answer_by=now + HOUR)
    late = arrives(claimed_by=ben, answer_by=now - HOUR)
    free = arrives(answer_by=now + HOUR)
    waiting = arrives(claimed_by=ben, state="waiting", first_response_at=now)
    closed = arrives(state="closed", outcome="informed", closed_at=now, claimed_by=ben)
    spam = arrives(state="closed", outcome="spam", closed_at=now)
    assert listed(amara, "mine") == [own_case]
    assert listed(amara, "overdue") == [late]
    assert listed(amara, "unclaimed") == [free]
    assert listed(amara, "waiting") == [waiting]
    assert listed(amara, "closed") == [closed]
    assert listed(amara, "spam") == [spam]
    assert queue.counts(amara) == {"next": 3, "mine": 1, "unclaimed": 1, "overdue": 1, "waiting": 1, "automatic": 0}


def test_watched_cases_are_a_separate_view(arrives, amara, ben):
    assert listed(amara, "watched") == []
    watched, _other = arrives(claimed_by=ben), arrives()
    triage.watch(watched, by=amara)
    assert listed(amara, "watched") == [watched]
    assert listed(ben, "watched") == []
    triage.unwatch(watched, by=amara)
    assert listed(amara, "watched") == []


def test_amara_has_a_view_of_each_centre_she_works_at(arrives, amara, harbor, client):
    client.force_login(amara)
    arrives()
    assert "All centers" not in client.get(QUEUE).content.decode()
    Membership.objects.create(user=amara, centre=harbor, role="triage")
    page = client.get(f"{QUEUE}?view=unclaimed&centre={harbor.pk}").content.decode()
    assert f'<a href="?view=unclaimed&amp;centre={harbor.pk}" aria-current="page">Harbor</a>' in page
    assert "Nobody is waiting for you right now." in page
    # The tabs keep the chosen centre.
    assert f'href="?view=mine&amp;centre={harbor.pk}"' in page


def test_closed_cases_come_latest_first_on_every_page(arrives, amara):
    now = timezone.now()
    cases = [arrives(state="closed", outcome="informed", closed_at=now - HOUR * number) for number in range(5)]
    view = queue.VIEWS["closed"]
    first = queue.page(amara, view, size=3)
    assert first.rows == cases[:3]
    assert queue.page(amara, view, after=first.next, size=3).rows == cases[3:]


def test_a_large_count_is_shown_as_more_than(arrives, amara, client, monkeypatch):
    monkeypatch.setattr(queue, "COUNT_UP_TO", 2)
    for _case in range(3):
        arrives()
    client.force_login(amara)
    assert '<span class="count">1+</span>' in client.get(QUEUE).content.decode()


def test_the_counts_are_two_queries_over_open_and_held_cases_alone(arrives, amara):
    arrives(state="closed")
    arrives()
    queue.counts(amara)
    with CaptureQueriesContext(connection) as captured:
        assert queue.counts(amara)["next"] == 1
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        for query, index in zip(captured.captured_queries, ("inquiry_open", "inquiry_held"), strict=True):
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query["sql"])
            assert index in "".join(str(row[-1]) for row in cursor.fetchall())


def test_every_view_is_a_range_of_ranks():
    """Lists and counts read each view as one range of ranks."""
    for view in queue.VIEWS.values():
        order = list(QueueRank)
        first = order.index(view.ranks[0])
        assert list(view.ranks) == order[first : first + len(view.ranks)]


def test_filters_narrow_the_list(arrives, amara, client):
    urgent, spanish = arrives(priority=2), arrives(language="es")
    assert listed(amara, "next", priority="2") == [urgent]
    client.force_login(amara)
    page = client.get(QUEUE + "?view=next&language=es&priority=nonsense").content.decode()
    assert spanish.reference in page
    assert urgent.reference not in page


def test_rows_that_have_not_changed_are_not_sent_again(arrives, amara, ben, client, django_assert_num_queries):
    case = arrives()
    client.force_login(amara)
    first = client.get(QUEUE + "rows/")
    assert case.reference in first.content.decode()
    again = client.get(QUEUE + "rows/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    triage.claim(case, by=ben)
    changed = client.get(QUEUE + "rows/", headers={"If-None-Match": first["ETag"]})
    assert "Ben Okafor" in changed.content.decode()


def test_an_unchanged_refresh_renders_no_rows(arrives, amara, client, monkeypatch):
    arrives()
    client.force_login(amara)
    tag = client.get(QUEUE + "rows/")["ETag"]
    monkeypatch.setattr(queue_views, "render_to_string", lambda *_arguments: pytest.fail("rows were written out"))
    assert client.get(QUEUE + "rows/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "change",
    [
        lambda case, ben: Inquiry.objects.filter(pk=case.pk).update(has_unread_message=True),
        lambda case, ben: Inquiry.objects.filter(pk=case.pk).update(may_leave_voicemail=False, contact_way="phone"),
        lambda case, ben: User.objects.filter(pk=ben.pk).update(display_name="Benjamin Okafor"),
        lambda case, ben: Centre.objects.filter(pk=case.centre_id).update(name="Riverside North"),
    ],
)
def test_every_visible_change_of_a_row_is_sent(change, arrives, amara, ben, client):
    case = arrives(claimed_by=ben)
    client.force_login(amara)
    tag = client.get(QUEUE + "rows/")["ETag"]
    change(case, ben)
    assert client.get(QUEUE + "rows/", headers={"If-None-Match": tag}).status_code == 200


def ticked(*cases):
    return [f"{case.reference}:{case.version}" for case in cases]


def test_several_cases_are_taken_at_once_and_the_refused_one_is_named(arrives, amara, ben, client):
    one, two, taken = arrives(), arrives(), arrives()
    triage.claim(taken, by=ben)
    client.force_login(amara)
    page = client.post(QUEUE + "bulk/", {"step": "claim", "case": ticked(one, two, taken)}, follow=True).content.decode()
    assert "2 cases done." in page
    assert f"{taken.reference}: Ben Okafor has already taken this case." in page
    assert set(Inquiry.objects.filter(claimed_by=amara)) == {one, two}


def test_closing_several_cases_follows_the_rules_of_closing_one(arrives, amara, client):
    fine, unread, changed = arrives(), arrives(has_unread_message=True), arrives()
    stale = ticked(fine, unread, changed)
    triage.claim(changed, by=amara)
    client.force_login(amara)
    client.post(QUEUE + "bulk/?view=mine", {"step": "close", "outcome": "declined", "case": stale})
    assert list(Inquiry.objects.filter(state="closed")) == [fine]
    assert fine.events.filter(kind="closed", actor=amara).exists()


def test_cases_of_another_centre_are_left_alone(arrives, noor, client):
    case = arrives()
    client.force_login(noor)
    client.post(QUEUE + "bulk/", {"step": "spam", "case": ticked(case)})
    case.refresh_from_db()
    assert case.state == "new"


def test_a_bulk_action_must_be_chosen(arrives, amara, client):
    case = arrives()
    client.force_login(amara)
    page = client.post(QUEUE + "bulk/", {"case": ticked(case)}, follow=True).content.decode()
    assert "Choose what to do with the ticked cases." in page
    page = client.post(QUEUE + "bulk/", {"step": "assign", "case": ticked(case)}, follow=True).content.decode()
    assert "Choose the colleague" in page


@pytest.fixture
def everywhere(arrives, amara, harbor):
    """Amara works at three centres. Return a case of each, in the order of the queue: that of the second centre is due first."""
    hill = Centre.objects.create(name="Hill", slug="hill")
    for centre in (harbor, hill):
        Membership.objects.create(user=amara, centre=centre)
    now = timezone.now()
    late = arrives(centre=hill, answer_by=now + HOUR * 3)
    return [arrives(centre=harbor, answer_by=now + HOUR), arrives(answer_by=now + HOUR * 2), late]


def test_a_member_of_several_centres_sees_all_in_one_order(everywhere, amara, noor):
    assert listed(amara, "next") == everywhere
    assert listed(amara, "unclaimed") == everywhere
    assert queue.counts(amara)["next"] == 3
    assert listed(amara, "next", centre=everywhere[2].centre_id) == [everywhere[2]]
    assert listed(noor, "next") == everywhere[:1]
    assert listed(noor, "next", centre=everywhere[1].centre_id) == []
    first = queue.page(amara, size=1)
    assert queue.page(amara, after=first.next).rows == everywhere[1:]


def test_amaras_own_cases_of_all_centres_are_in_one_view(everywhere, amara):
    Inquiry.objects.update(claimed_by=amara)
    assert listed(amara, "mine") == everywhere
