"""The number of queries of staff pages doesn't depend on the number of cases or centres."""

import datetime as dt
import secrets

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.sessions import limits
from intake.cases import blind_index
from intake.models import Centre, Inquiry, Membership, QueueRank
from intake.queue import queue
from intake.submission import receive

pytestmark = pytest.mark.django_db
HERE = "/admin/intake/inquiry/"
HOUR = dt.timedelta(hours=1)

GET = {
    **{f"the view {slug}": f"?view={slug}" for slug in queue.VIEWS},
    **{f"the filter {name}": f"?{name}={value}" for name, value in zip(queue.FILTERS, ("3", "self", "en", "phone"), strict=True)},
    "the rows alone": "rows/",
    "a case": "{reference}/",
    "the dashboard": "dashboard/?period=90",
    "the board": "board/",
}
POST = {"find by reference": "{reference}", "find by phone": "212-555-0143"}


@pytest.fixture
def more(riverside, harbor, inquiry_data, amara):
    """Add a case in each section of the queue at both centres, half of them claimed, and one that is reopened."""

    def make():
        now = timezone.now()
        answered = {"first_response_at": now - HOUR, "claimed_by": amara}
        columns = {
            QueueRank.DANGER: {"priority": 1},
            QueueRank.PROMISED: {"claimed_by": amara, "answer_by": now - HOUR},
            QueueRank.WAITING_FOR_US: {"state": "open", **answered},
            QueueRank.FOLLOW_UP: {"state": "waiting", "next_action_at": now, **answered},
            QueueRank.WAITING_FOR_THEM: {"state": "waiting", "next_action_at": None, **answered},
            QueueRank.CLOSED: {"state": "closed", "outcome": "informed", "closed_at": now, **answered},
            QueueRank.SPAM: {"state": "closed", "outcome": "spam", "closed_at": now, **answered},
        }
        for centre in (riverside, harbor):
            for rank in QueueRank:
                case = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
                blind_index.index(case, inquiry_data.payload())
                Inquiry.objects.filter(pk=case.pk).update(centre=centre, received_at=now - 24 * HOUR, **columns[rank])

    return make


@pytest.fixture
def lead(luisa, amara, harbor):
    """A lead of both centres who owns a case in each list."""
    Membership.objects.create(user=luisa, centre=harbor, role="lead")
    return luisa


def queries_of(client, name):
    # Don't use the cached report of the previous page.
    cache.clear()
    case = Inquiry.objects.filter(centre__slug="riverside", queue_rank=QueueRank.DANGER).order_by("pk").first()
    with CaptureQueriesContext(connection) as captured:
        if name in POST:
            answer = client.post(f"{HERE}find/", {"q": POST[name].format(reference=case.reference)})
        else:
            answer = client.get(HERE + GET[name].format(reference=case.reference))
    assert answer.status_code in (200, 303)
    return [query["sql"] for query in captured.captured_queries]


def test_the_number_of_queries_does_not_depend_on_the_number_of_cases(more, lead, client, monkeypatch):
    monkeypatch.setattr(limits, "WRITE_EVERY", limits.WRITE_EVERY * 60)  # the session is written once a while, whatever the page
    more()
    Inquiry.objects.filter(queue_rank__gt=1).update(claimed_by=lead)
    client.force_login(lead)
    few = {}
    for name in [*GET, *POST]:
        queries_of(client, name)  # what is remembered for a while is remembered now
        few[name] = queries_of(client, name)
    for _round in range(2):
        more()
    many = {name: queries_of(client, name) for name in few}
    grown = {name: sorted(set(many[name]) - set(few[name])) for name in few if len(few[name]) != len(many[name])}
    assert grown == {}


def test_the_number_of_queries_does_not_depend_on_the_number_of_centres(more, lead, client):
    more()
    client.force_login(lead)
    few = queries_of(client, "the view next")
    for number in range(4):
        Membership.objects.create(user=lead, centre=Centre.objects.create(name=f"C{number}", slug=f"c{number}"), role="lead")
    assert len(few) == len(queries_of(client, "the view next"))
