"""Staff are told that something waits: by real mail, with nothing about the person, until it went out."""

import dataclasses
import datetime as dt
import re
import secrets
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from intake.models import Announcement, Event, Inquiry, Membership, Notification
from intake.notifications import channels, outbox, staff_text
from intake.notifications.kinds import Audience, Kind
from intake.retention import erasure
from intake.submission import receive
from tests.support import housekeeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(riverside):
    """Works at Riverside and wants to be told."""
    person = User.objects.create_user("alice", "alice@example.org", is_staff=True, time_zone="America/Chicago")
    Membership.objects.create(user=person, centre=riverside)
    return person


@pytest.fixture
def received(alice, inquiry_data):
    inquiry = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
    Inquiry.objects.update(reference="K7M2-9QXD", answer_by=dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC))
    # That the centre got a key was told before.
    keys = Event.objects.filter(kind=Event.Kind.KEY_CREATED)
    Announcement.objects.bulk_create([Announcement(event=event, made_at=event.at, sent_at=event.at) for event in keys])
    return inquiry


def work():
    """Run the worker until nothing is due."""
    call_command("send_notifications", once=True)


def test_the_whole_mail(received, smtp_server):
    work()
    mail = smtp_server.messages[0]
    assert (mail["To"], mail["From"], mail["Subject"]) == ("alice@example.org", "noreply@example.org", "New inquiry, priority 3")
    assert mail["Reply-To"] is None
    assert mail.get_content().replace("\r\n", "\n") == (
        "A new inquiry is waiting: K7M2-9QXD, priority 3.\n\n"
        "Answer by Mon 23 Nov 9:30 a.m. CST.\n\n"
        "http://127.0.0.1:8000/admin/intake/inquiry/K7M2-9QXD/\n\n"
        "Please do not answer this e-mail. Nobody reads the answers.\n"
    )
    allowed = {"content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "date", "message-id", "auto-submitted"}
    assert {name.lower() for name, _value in mail.items()} - {"x-peer", "x-mailfrom", "x-rcptto"} == allowed
    assert Notification.objects.exclude(state="sent").count() == 0
    assert Event.objects.get(kind=Event.Kind.NOTIFIED).data == {
        "by": "system",
        "to": Notification.objects.get(recipient=received.centre.memberships.get().user).recipient_id,
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


def test_a_row_of_the_outbox_holds_ids_and_codes_and_nothing_of_what_was_typed(received):
    row = Notification.objects.values().get()
    assert {name: value for name, value in row.items() if isinstance(value, str)} == {
        "kind": "new_inquiry",
        "channel": "all",
        "state": "pending",
        "last_error": "",
    }
    assert not re.search("Quillon|zzyzxword|5550143", repr(row))


def test_a_mail_server_that_refuses_is_tried_again_until_it_takes_it(received, smtp_server):
    smtp_server.refuse_with = "451 try later"
    work()
    waiting = Notification.objects.get(recipient__isnull=False)
    assert (waiting.state, waiting.attempts, waiting.last_error) == ("pending", 1, "SMTPDataError")
    assert not Event.objects.filter(kind=Event.Kind.NOTIFIED).exists()
    smtp_server.refuse_with = ""
    housekeeping.run(timezone.now())
    assert smtp_server.messages == []  # not due yet
    housekeeping.run(timezone.now() + dt.timedelta(minutes=2))
    assert smtp_server.recipients == ["alice@example.org"]
    assert Notification.objects.get(pk=waiting.pk).state == "sent"


def test_without_a_mail_server_it_is_given_up_in_the_end_and_shows(received, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = timezone.now()
    for _ in range(outbox.MOST_TRIES + 1):
        now += dt.timedelta(hours=1)
        outbox.send_all_due(now)
    dead = Notification.objects.get(recipient__isnull=False, kind="new_inquiry")
    assert (dead.state, dead.attempts, dead.last_error) == ("dead", outbox.MOST_TRIES + 1, "ConnectionRefusedError")


def test_what_a_dead_worker_held_is_taken_up_again(received, smtp_server):
    work()
    mine = Notification.objects.get(recipient__isnull=False)
    # As a worker leaves it that was killed between taking it and sending it.
    Notification.objects.filter(pk=mine.pk).update(state="pending", attempts=1, next_attempt_at=timezone.now() + outbox.LEASE, sent_at=None)
    smtp_server.messages.clear()
    housekeeping.run(timezone.now())
    assert smtp_server.messages == []
    housekeeping.run(timezone.now() + outbox.LEASE)
    assert len(smtp_server.messages) == 1


def test_where_no_worker_runs_housekeeping_sends(received, smtp_server):
    housekeeping.run(timezone.now())
    assert smtp_server.recipients == ["alice@example.org"]


def test_what_one_worker_holds_no_other_sends(received, smtp_server, monkeypatch):
    others = []
    send = staff_text.send_mail

    def while_another_looks(*arguments, **named):
        others.append(outbox.send_due())
        send(*arguments, **named)

    monkeypatch.setattr(staff_text, "send_mail", while_another_looks)
    work()
    assert others == [0]
    assert smtp_server.recipients == ["alice@example.org"]


def test_a_worker_that_is_stopped_gives_back_what_has_not_begun(received, inquiry_data, smtp_server):
    receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    outbox.send_due(should_stop=lambda: bool(smtp_server.messages))
    assert len(smtp_server.messages) == 1
    outbox.send_due()
    assert len(smtp_server.messages) == 2
    assert set(Notification.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_the_inquiry_and_the_people_are_loaded_once_for_a_batch(
    received, inquiry_data, monkeypatch, mailoutbox, django_assert_max_num_queries
):
    """Besides what each inquiry needs by itself: its recipients, and the event for each person."""
    monkeypatch.setattr(outbox.time, "monotonic", lambda: 0.0)  # a busy machine needs more batches
    for _number in range(9):
        receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    with django_assert_max_num_queries(24 + 10 * 6) as queries:
        work()
    assert len(mailoutbox) == 10
    loads = [query["sql"] for query in queries if re.match(r'SELECT .* FROM "intake_inquiry" WHERE "intake_inquiry"."id" ', query["sql"])]
    assert len(loads) <= 1


def test_an_erased_inquiry_is_told_of_no_more(received, smtp_server):
    erasure.erase_content(received, timezone.now(), by="system")
    work()
    assert smtp_server.messages == []


def test_a_kind_that_nobody_knows_is_an_error_and_never_sent_as_another(received, smtp_server):
    with pytest.raises(ValueError, match="visitor_wrot"):
        outbox.enqueue("visitor_wrot", inquiry=received)
    Notification.objects.update(kind="visitor_wrot")
    work()
    assert smtp_server.messages == []
    assert list(Notification.objects.values_list("state", "last_error")) == [("pending", "ValueError")]


def test_a_channel_that_nobody_knows_is_an_error(received, smtp_server):
    with pytest.raises(channels.UnknownChannel):
        outbox.enqueue(Kind.DANGER, inquiry=received, channel="pigeon")
    Notification.objects.update(channel="pigeon")
    work()
    assert list(Notification.objects.values_list("state", "last_error")) == [("pending", "UnknownChannel")]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.spec.audience is not Audience.VISITOR])
def test_each_kind_for_staff_has_words_of_its_own(kind, received):
    subject, body = staff_text.subject_and_body(received, kind, ZoneInfo("America/New_York"))
    assert str(kind.spec.subject) % {"reference": received.reference, "priority": 3} == subject
    assert f"http://127.0.0.1:8000{kind.spec.page or '/admin/intake/inquiry/'}" in body
    assert [other for other in Kind if other is not kind and other.spec.subject == kind.spec.subject] == []


def test_a_kind_for_the_visitor_is_never_put_into_words_for_staff(received):
    with pytest.raises(ValueError, match="not for staff"):
        staff_text.subject_and_body(received, Kind.ANSWER_WAITING, ZoneInfo("America/New_York"))


@pytest.mark.parametrize("by", ["worker", "housekeeping"])
def test_who_is_in_danger_is_told_of_before_all_that_came_earlier(received, inquiry_data, smtp_server, by):
    urgent = receive.receive(dataclasses.replace(inquiry_data, danger_now=True), form_token=secrets.token_bytes(16)).inquiry
    if by == "housekeeping":
        housekeeping.run(timezone.now())
    else:
        work()
    assert [mail["Subject"] for mail in smtp_server.messages] == [
        f"Someone may be in danger: {urgent.reference}",
        "New inquiry, priority 3",
    ]
