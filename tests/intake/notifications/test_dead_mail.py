"""A mail server that is away is noticed at once, tried often, and takes all that waited when it is back."""

import dataclasses
import datetime as dt
import secrets
import signal

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from intake.management.commands.send_notifications import Command
from intake.models import Notification
from intake.notifications import outbox, staff_text
from intake.notifications.channels import staff_email
from intake.submission import receive
from recovery_site.management.commands.housekeeping import Command as Housekeeping
from tests.intake.notifications.alarm_night import reachable

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def luisa_is_told(luisa):
    return reachable(luisa)


@pytest.fixture
def three(luisa_is_told, riverside, inquiry_data):
    """Three ordinary requests, of which Luisa is to be told."""
    return [receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry for _number in range(3)]


def waiting():
    return Notification.objects.filter(state="pending", channel="staff_email")


def test_the_first_mail_that_fails_is_in_the_log_and_no_other(three, settings, smtp_server, caplog):
    settings.EMAIL_PORT = 1
    outbox.send_all_due()
    lines = [record.getMessage() for record in caplog.records if "Sending fails" in record.getMessage()]
    assert lines == ["Sending fails, and is tried again: staff_email (ConnectionRefusedError). `manage.py doctor` says more."]


def test_all_that_waited_leaves_when_the_server_takes_one(three, settings, smtp_server, caplog):
    now = timezone.now()
    settings.EMAIL_PORT = 1
    for hours in range(6):
        outbox.send_all_due(now + hours * dt.timedelta(hours=1))
    assert waiting().count() == 3
    later = now + dt.timedelta(hours=6, minutes=5)
    waiting().update(next_attempt_at=later + dt.timedelta(minutes=50))
    one = waiting().first()
    Notification.objects.filter(pk=one.pk).update(next_attempt_at=later)
    settings.EMAIL_PORT = smtp_server.port
    outbox.send_all_due(later)
    assert smtp_server.recipients == ["luisa@example.org"] * 3
    assert "Sending works again: staff_email" in caplog.text


def test_one_address_that_is_refused_for_now_is_not_tried_more_often_because_others_are_taken(three, settings, smtp_server):
    smtp_server.refuse_with = "451 try later"
    outbox.send_all_due()
    smtp_server.refuse_with = ""
    one = waiting().first()
    Notification.objects.filter(pk=one.pk).update(next_attempt_at=timezone.now())
    outbox.send_all_due()
    assert len(smtp_server.recipients) == 1


@pytest.mark.usefixtures("luisa_is_told", "smtp_server")
@pytest.mark.parametrize(("message", "minutes"), [("I want to die tonight", 5), ("How do I begin?", 60)])
def test_nothing_waits_longer_than(inquiry_data, settings, message, minutes):
    settings.EMAIL_PORT = 1
    data = dataclasses.replace(inquiry_data, message=message)
    receive.receive(data, form_token=secrets.token_bytes(16))
    now = timezone.now()
    for hours in range(8):
        moment = now + hours * dt.timedelta(hours=1)
        outbox.send_all_due(moment)
        assert waiting().exists()
        assert max(row.next_attempt_at for row in waiting()) <= moment + minutes * MINUTE


def test_what_is_danger_is_tried_for_a_day(luisa_is_told):
    waits = list(outbox.RETRY_DANGER_AFTER_MINUTES)
    whole = sum(waits) + (outbox.MOST_TRIES_OF_DANGER - len(waits)) * waits[-1]
    assert whole >= 24 * 60
    waits = list(outbox.RETRY_AFTER_MINUTES)
    assert sum(waits) + (outbox.MOST_TRIES - len(waits)) * waits[-1] >= 23 * 60


def test_a_server_that_hangs_costs_one_try_and_then_others_go_first(three, monkeypatch):
    tries = []

    def hangs(self, notification, now):
        tries.append(notification.pk)
        raise TimeoutError

    monkeypatch.setattr(staff_email.StaffEmail, "send", hangs)
    outbox.send_all_due()
    assert len(tries) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_stopped_while_a_server_hangs_gives_back_the_rest_at_once(three, monkeypatch):
    """SIGTERM comes while the first mail waits for its server: before that mail is done, another worker has the other two."""
    command = Command()
    outbox.send_due(should_stop=lambda: True)  # one row a recipient
    waiting().update(next_attempt_at=timezone.now(), attempts=0)
    due_meanwhile = []

    def hangs(self, notification, now):
        if not due_meanwhile:
            command._stop(signal.SIGTERM, None)
            command.giving_back.join()
            due_meanwhile.append(outbox.due(timezone.now()).count())

    monkeypatch.setattr(staff_email.StaffEmail, "send", hangs)
    held = waiting().count()
    outbox.send_due(should_stop=lambda: command.is_stopping)
    assert due_meanwhile == [held - 1]
    assert outbox.due(timezone.now()).count() == held - 1, "and they stay due"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_stopped_before_it_begins_to_send_holds_nothing(three, monkeypatch, smtp_server):
    """SIGTERM comes while it makes one row a recipient of the rows that it has claimed."""
    command, load = Command(), outbox._load

    def stopped_meanwhile(claimed):
        command._stop(signal.SIGTERM, None)
        command.giving_back.join()
        return load(claimed)

    monkeypatch.setattr(outbox, "_load", stopped_meanwhile)
    outbox.send_due(should_stop=lambda: command.is_stopping)
    assert smtp_server.recipients == []
    assert outbox.due(timezone.now()).count() == waiting().count() == 3


# --- Danger goes by the second mail server ---


@pytest.fixture
def second_server(settings, smtp_server):
    """The second server works (`smtp_server`), and nothing answers at the first."""
    settings.SECOND_EMAIL = {"EMAIL_BACKEND": settings.EMAIL_BACKEND, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": smtp_server.port}
    settings.EMAIL_PORT = 1
    staff_text._said.clear()
    return smtp_server


def receive_words(inquiry_data, message):
    return receive.receive(dataclasses.replace(inquiry_data, message=message), form_token=secrets.token_bytes(16)).inquiry


def test_danger_is_mailed_by_the_second_server_when_the_first_is_away(luisa_is_told, inquiry_data, second_server, caplog):
    receive_words(inquiry_data, "I want to die tonight")
    outbox.send_all_due()
    assert second_server.recipients == ["luisa@example.org"]
    assert outbox.oldest_urgent(timezone.now() + MINUTE) is None, "she was told: pages go on promising"
    assert caplog.text.count("those of danger leave by EMAIL_URL_2") == 1


def test_what_is_not_danger_waits_for_the_first_server(luisa_is_told, inquiry_data, second_server):
    receive_words(inquiry_data, "How do I begin?")
    outbox.send_all_due()
    receive_words(inquiry_data, "I want to die tonight")
    outbox.send_all_due()
    assert len(second_server.recipients) == 1
    assert waiting().get().last_error == "ConnectionRefusedError", "and the second server's answer says nothing about the first"


@pytest.mark.django_db(transaction=True)
def test_when_both_refuse_it_is_tried_again(luisa_is_told, inquiry_data, second_server):
    second_server.refuse_with = "451 later"
    receive_words(inquiry_data, "I want to die tonight")
    outbox.send_all_due()
    row = waiting().filter(kind="danger").get()
    assert row.last_error == "ConnectionRefusedError"
    assert row.next_attempt_at <= timezone.now() + MINUTE


def test_a_worker_that_is_killed_keeps_danger_for_a_minute_at_most():
    assert outbox.LEASE <= MINUTE


# --- A database that doesn't answer for a while ends nothing ---


class Locked:
    """Lets each statement fail as SQLite does when another process writes for longer than the timeout."""

    def __init__(self):
        self.is_on = True

    def __call__(self, execute, sql, params, many, context):
        if self.is_on:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_is_survived_by_the_worker_and_said_once(three, monkeypatch, caplog, smtp_server):
    command, locked, rounds_done = Command(), Locked(), []

    def next_round(seconds):
        rounds_done.append(seconds)
        locked.is_on = len(rounds_done) < 3
        command.is_stopping = not locked.is_on and not Notification.objects.filter(state="pending").exists()

    monkeypatch.setattr("intake.management.commands.send_notifications.time.sleep", next_round)
    monkeypatch.setattr("intake.management.commands.send_notifications.close_old_connections", lambda: None)
    monkeypatch.setattr("intake.management.commands.send_notifications.signal.signal", lambda *arguments: None)
    with connection.execute_wrapper(locked):
        command.handle(once=False, interval=0.5)
    assert len(smtp_server.recipients) == 3
    assert caplog.text.count("failed (OperationalError), and is tried again") == 1
    assert caplog.text.count("works again") == 1


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_is_survived_by_housekeeping_and_said_once(three, caplog):
    command, locked = Housekeeping(), Locked()
    command.only = None
    with connection.execute_wrapper(locked):
        assert [command.once() for _round in range(3)] == [False, False, False]
        locked.is_on = False
        assert command.once()
    assert caplog.text.count("Housekeeping: failed (OperationalError)") == 1
    assert "Traceback" not in caplog.text
    assert "Housekeeping: works again." in caplog.text
