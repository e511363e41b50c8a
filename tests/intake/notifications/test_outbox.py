"""Staff are told that something waits: by real mail, with nothing about the person, until it went out."""

import dataclasses
import datetime as dt
import re
import secrets

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from intake.models import Delivery, Event, Inquiry, Membership
from intake.notifications import outbox
from intake.submission import receive
from tests.support import housekeeping

# The worker closes its connection when it is done, which no test's own transaction survives.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(riverside):
    """Works at Riverside and wants to be told."""
    person = User.objects.create_user("alice", "alice@example.org", is_staff=True, time_zone="America/Chicago")
    Membership.objects.create(user=person, centre=riverside)
    return person


@pytest.fixture
def received(alice, said):
    inquiry = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
    Inquiry.objects.update(reference="K7M2-9QXD", answer_by=dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC))
    return inquiry


def work():
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)


def test_the_whole_mail(received, smtp_server):
    work()
    mail = smtp_server.messages[0]
    assert (mail["To"], mail["From"], mail["Subject"]) == ("alice@example.org", "noreply@example.org", "New inquiry, priority 3")
    assert mail["Reply-To"] is None
    assert mail.get_content().replace("\r\n", "\n") == (
        "A new inquiry is waiting: K7M2-9QXD, priority 3.\n\n"
        "Answer by Mon 23 Nov 09:30 CST.\n\n"
        "http://127.0.0.1:8000/admin/intake/inquiry/K7M2-9QXD/\n\n"
        "Please do not answer this e-mail. Nobody reads the answers.\n"
    )
    allowed = {"content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id", "auto-submitted"}
    assert {name.lower() for name, _value in mail.items()} - {"x-peer", "x-mailfrom", "x-rcptto"} == allowed
    assert Delivery.objects.exclude(state="sent").count() == 0
    assert Event.objects.get(kind=Event.Kind.NOTIFIED).data == {
        "by": "system",
        "to": Delivery.objects.get(recipient=received.centre.memberships.get().user).recipient_id,
        "what": "new_inquiry",
    }


def test_the_link_leads_to_the_case(received, alice, smtp_server, client):
    work()
    link = re.search(r"http://127.0.0.1:8000(\S+)", smtp_server.messages[0].get_content()).group(1)
    client.force_login(alice)
    assert client.get(link).status_code == 200


def test_only_people_of_the_centre_who_want_it_are_told(received, riverside, smtp_server):
    for name, changes in {"bob": {"notify": False}, "carol": {"is_active": False}, "dan": {"email": ""}}.items():
        person = User.objects.create_user(name, changes.get("email", f"{name}@example.org"), is_staff=True)
        person.is_active = changes.get("is_active", True)
        person.save()
        Membership.objects.create(user=person, centre=riverside, notify=changes.get("notify", True))
    User.objects.create_user("elsewhere", "elsewhere@example.org", is_staff=True)
    work()
    assert smtp_server.recipients == ["alice@example.org"]


def test_a_task_holds_an_id_and_nothing_else(received):
    task = DBTaskResult.objects.get()
    assert task.args_kwargs == {"args": [str(Delivery.objects.get().pk)], "kwargs": {}}


def test_a_mail_server_that_refuses_is_tried_again_until_it_takes_it(received, smtp_server):
    smtp_server.refuse_with = "451 try later"
    work()
    waiting = Delivery.objects.get(recipient__isnull=False)
    assert (waiting.state, waiting.attempts, waiting.last_error) == ("pending", 1, "SMTPDataError")
    assert not Event.objects.filter(kind=Event.Kind.NOTIFIED).exists()
    smtp_server.refuse_with = ""
    housekeeping.run(timezone.now())
    assert smtp_server.messages == []  # not due yet
    housekeeping.run(timezone.now() + dt.timedelta(minutes=2))
    assert smtp_server.recipients == ["alice@example.org"]
    assert Delivery.objects.get(pk=waiting.pk).state == "sent"


def test_without_a_mail_server_it_is_given_up_in_the_end_and_shows(received, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = timezone.now()
    for _ in range(15):
        now += dt.timedelta(hours=9)
        housekeeping.run(now)
    dead = Delivery.objects.get(recipient__isnull=False, kind="new_inquiry")
    assert (dead.state, dead.attempts, dead.last_error) == ("dead", 11, "ConnectionRefusedError")


def test_what_a_dead_worker_held_is_taken_up_again(received, smtp_server):
    work()
    mine = Delivery.objects.get(recipient__isnull=False)
    # As a worker leaves it that was killed between taking it and sending it.
    Delivery.objects.filter(pk=mine.pk).update(state="pending", attempts=1, next_attempt_at=timezone.now() + outbox.LEASE, sent_at=None)
    smtp_server.messages.clear()
    housekeeping.run(timezone.now())
    assert smtp_server.messages == []
    housekeeping.run(timezone.now() + outbox.LEASE)
    assert len(smtp_server.messages) == 1


def test_a_lost_task_loses_nothing(received, smtp_server):
    DBTaskResult.objects.all().delete()
    housekeeping.run(timezone.now())
    housekeeping.run(timezone.now())
    assert smtp_server.recipients == ["alice@example.org"]


def test_two_workers_send_it_once(received, smtp_server):
    first = Delivery.objects.get()
    assert outbox.deliver(str(first.pk)) is True
    assert outbox.deliver(str(first.pk)) is False


@pytest.mark.parametrize("by", ["worker", "housekeeping"])
def test_who_is_in_danger_is_told_of_before_all_that_came_earlier(received, said, smtp_server, by):
    receive.receive(dataclasses.replace(said, danger_now=True), form_token=secrets.token_bytes(16))
    if by == "housekeeping":
        DBTaskResult.objects.all().delete()
        housekeeping.run(timezone.now())
        DBTaskResult.objects.all().delete()
        housekeeping.run(timezone.now())
    else:
        work()
    assert [mail["Subject"] for mail in smtp_server.messages] == ["New inquiry, priority 1", "New inquiry, priority 3"]


def test_the_rows_of_tasks_that_are_over_do_not_pile_up(received, said, smtp_server):
    work()
    # A worker that was killed leaves its task running for ever.
    killed = DBTaskResult.objects.first()
    DBTaskResult.objects.filter(pk=killed.pk).update(status="RUNNING", finished_at=None)
    tomorrow = timezone.now() + outbox.KEEP_TASKS
    receive.receive(said, form_token=secrets.token_bytes(16))
    assert outbox.forget_tasks(tomorrow - dt.timedelta(hours=1)) == {"tasks_forgotten": 0}
    assert outbox.forget_tasks(tomorrow) == {"tasks_forgotten": 2}
    assert DBTaskResult.objects.get().status == "READY"
    work()
    assert len(smtp_server.messages) == 2
