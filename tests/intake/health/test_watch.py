"""While a part of the site is silent, visitors are promised nothing, and leads and operators are told by those who are left."""

import dataclasses
import datetime as dt
import json
import logging

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from intake.health import rounds, state, telling
from intake.models import Heartbeat, Notification
from intake.notifications import heartbeats, outbox
from intake.notifications.channels import webhook
from intake.notifications.kinds import Kind
from intake.submission import receive
from recovery_site.doctor.mail import ways
from tests.intake.notifications.alarm_night import reachable
from tests.intake.submission.test_bad_weather import Refusing

pytestmark = pytest.mark.django_db
UNREACHED = 'aria-label="We can\'t reach anyone here now"'
Part = Heartbeat.Part
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def luisa_leads(luisa):
    return reachable(luisa)


@pytest.fixture
def olga_operates(olga):
    return reachable(olga)


def silence(part: str, minutes: int) -> None:
    """Let one part have been at work so long ago, and the others now."""
    now = timezone.now()
    for each in heartbeats.LIMITS:
        at = now - minutes * MINUTE if each == part else now
        Heartbeat.objects.update_or_create(part=each, defaults={"at": at})


def contact_page(prefix: str = "") -> str:
    return Client().get(f"{prefix}/contact/").content.decode()


@pytest.mark.parametrize(("part", "minutes"), [("worker", 6), ("housekeeping", 11), ("mail", 11)])
def test_who_reads_the_form_while_a_part_is_silent_is_told_to_call(luisa_leads, part, minutes):
    silence(part, minutes)
    page = contact_page()
    aside = page.split(UNREACHED, 1)[1].split("</aside>")[0]
    assert 'href="tel:911"' in aside
    assert "call now" in aside
    assert "will answer by" not in page
    assert "can't promise a time" in page or "can&#x27;t promise a time" in page
    assert "No podemos avisar a nadie" in contact_page("/es")


def test_a_restart_of_some_minutes_changes_nothing_for_visitors(luisa_leads):
    silence("worker", 4)
    page = contact_page()
    assert UNREACHED not in page
    assert "will answer by" in page


def test_the_promise_is_back_when_the_worker_is(luisa_leads):
    silence("worker", 30)
    assert UNREACHED in contact_page()
    rounds.of_worker(timezone.now())
    from django.core.cache import cache

    cache.clear()  # the page looks again after some seconds
    assert "will answer by" in contact_page()


def test_a_site_on_ones_own_machine_whose_worker_never_ran_greets_nobody_with_an_alarm(luisa_leads):
    assert UNREACHED not in contact_page()
    assert state.look(timezone.now()).codes == ("never_ran",)


def test_a_site_that_people_reach_promises_no_time_before_anything_ran(luisa_leads, settings):
    settings.HTTPS = True
    page = contact_page()
    assert UNREACHED in page
    assert "will answer by" not in page
    assert state.look(timezone.now()).promises_nothing
    rounds.of_worker(timezone.now())
    from django.core.cache import cache

    cache.clear()  # the page looks again after some seconds
    assert "will answer by" in contact_page(), "the first sign of life ends it"


def test_a_worker_that_was_never_started_is_missed_all_the_same(luisa_leads):
    rounds.of_housekeeping(timezone.now())
    assert heartbeats.silent(timezone.now() + 6 * MINUTE) == [Part.WORKER]


def test_luisa_and_olga_get_a_mail_from_housekeeping_when_the_worker_is_silent(luisa_leads, olga_operates, caplog):
    silence("worker", 6)
    now = timezone.now()
    telling.watch(now, by=Part.HOUSEKEEPING)
    assert sorted(address for message in mail.outbox for address in message.to) == ["luisa@example.org", "olga@example.org"]
    assert mail.outbox[0].subject == "The site needs you"
    assert "The worker is silent: nobody is told of new requests in time." in mail.outbox[0].body
    assert "look into the queue yourself" in mail.outbox[0].body
    assert "Silent since" in caplog.text
    telling.watch(now + 5 * MINUTE, by=Part.HOUSEKEEPING)
    assert len(mail.outbox) == 2, "told once"
    telling.watch(now + dt.timedelta(hours=13), by=Part.HOUSEKEEPING)
    assert len(mail.outbox) > 2, "and again after half a day"


def test_the_worker_watches_housekeeping(luisa_leads):
    silence("housekeeping", 11)
    rounds.of_worker(timezone.now())
    assert "Housekeeping is silent" in mail.outbox[0].body


def test_nobody_watches_itself(luisa_leads):
    silence("worker", 6)
    telling.watch(timezone.now(), by=Part.WORKER)
    assert mail.outbox == []


def test_a_dead_mail_server_leaves_the_second_one_and_the_webhook(luisa_leads, smtp_server, receiver, settings, riverside):
    settings.EMAIL_PORT = 1  # nothing answers there
    second = {"EMAIL_BACKEND": settings.EMAIL_BACKEND, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": smtp_server.port}
    settings.SECOND_EMAIL = second
    assert list(ways()) == ["EMAIL_URL", "EMAIL_URL_2"]
    endpoint = webhook.WebhookEndpoint.objects.create(name="Pager", url=receiver.url, danger_only=True)
    webhook.new_secret(endpoint)
    silence("mail", 11)
    telling.watch(timezone.now(), by=Part.WORKER)
    assert smtp_server.recipients == ["luisa@example.org"]
    posted = json.loads(receiver.seen[0][1])
    assert (posted["type"], posted["data"]) == ("site.trouble", {"issue": "mail_stuck"})


def test_when_nobody_could_be_told_it_is_tried_again(luisa_leads, smtp_server, settings):
    settings.EMAIL_PORT = 1
    silence("worker", 6)
    telling.watch(timezone.now(), by=Part.HOUSEKEEPING)
    settings.EMAIL_PORT = smtp_server.port
    telling.watch(timezone.now() + MINUTE, by=Part.HOUSEKEEPING)
    assert smtp_server.recipients == ["luisa@example.org"]


def test_mail_is_stuck_when_nobody_could_be_told_of_danger(luisa_leads, inquiry_data, smtp_server, settings):
    settings.EMAIL_PORT = 1
    data = dataclasses.replace(inquiry_data, message="I want to die tonight")
    receive.receive(data, form_token=b"a" * 32)
    now = timezone.now()
    outbox.send_all_due(now)
    assert outbox.oldest_urgent(now + MINUTE) is not None
    rounds.beat_of_mail(now + 11 * MINUTE)
    assert heartbeats.silent(now + 11 * MINUTE) == [Part.MAIL]
    settings.EMAIL_PORT = smtp_server.port
    outbox.send_all_due(now + 11 * MINUTE)
    assert smtp_server.recipients
    assert outbox.oldest_urgent(now + 12 * MINUTE) is None


def test_luisa_is_told_by_the_second_server_that_the_first_takes_no_mail_of_ordinary_requests(
    luisa_leads, inquiry_data, smtp_server, settings
):
    settings.SECOND_EMAIL = {"EMAIL_BACKEND": settings.EMAIL_BACKEND, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": smtp_server.port}
    settings.EMAIL_PORT = 1
    receive.receive(inquiry_data, form_token=b"a" * 32)
    now = timezone.now()
    outbox.send_all_due(now)
    # The server refuses every mail by an answer of its own, which doesn't say that it is away.
    Notification.objects.filter(state="pending").update(last_error="SMTPRecipientsRefused")
    rounds.beat_of_mail(now + 11 * MINUTE)
    telling.watch(now + 11 * MINUTE, by=Part.HOUSEKEEPING)
    assert "Messages to staff don’t leave as they should." in smtp_server.messages[-1].get_content()


def refused_three_times(data, luisa, olga, *, priority, happened_ago):
    """Tell Luisa of a request, and fail three times to tell Olga of it or of what happened `happened_ago` before; return the moment."""
    received = receive.receive(data, form_token=b"b" * 32)
    now = timezone.now()
    outbox.send_all_due(now)
    told = Notification.objects.filter(inquiry=received.inquiry, recipient=luisa).first()
    assert told.state == "sent"
    Notification.objects.create(
        inquiry=received.inquiry, kind=told.kind, channel=told.channel, recipient=olga, priority=priority, attempts=3,
        happened_at=told.happened_at if happened_ago is None else now - happened_ago, next_attempt_at=now,
    )  # fmt: skip
    return now


def test_one_full_mailbox_withdraws_no_promise(luisa_leads, olga_operates, inquiry_data):
    data = dataclasses.replace(inquiry_data, message="I want to die tonight")
    now = refused_three_times(data, luisa_leads, olga_operates, priority=1, happened_ago=MINUTE)
    assert outbox.oldest_urgent(now + MINUTE) is None


def test_one_full_mailbox_is_not_the_mail_server(luisa_leads, olga_operates, inquiry_data):
    now = refused_three_times(inquiry_data, luisa_leads, olga_operates, priority=3, happened_ago=None)
    assert outbox.oldest_held_up(now + MINUTE) is None


def test_a_beat_is_written_at_most_once_a_minute(django_assert_num_queries):
    now = timezone.now()
    assert heartbeats.beat(Part.WORKER, now)
    with django_assert_num_queries(0):
        assert not heartbeats.beat(Part.WORKER, now + dt.timedelta(seconds=59))
    with django_assert_num_queries(1):
        assert heartbeats.beat(Part.WORKER, now + MINUTE)


def test_the_switch_of_somebody_else_is_asked_for_only_while_everything_is_at_work(luisa_leads, receiver, settings):
    settings.HEARTBEAT_URL = receiver.url
    silence("", 0)
    assert telling.ping_switch(timezone.now()) == {"heartbeat_sent": 1}
    silence("worker", 6)
    assert telling.ping_switch(timezone.now()) == {}
    settings.WEBHOOKS_INSIDE = []
    silence("", 0)
    assert telling.ping_switch(timezone.now()) == {}, "not into our own network, and not without https"


def test_each_hour_olga_hears_what_is_new_and_nothing_twice(olga_operates, monkeypatch):
    from django.core.checks import Error

    found = [Error("The disk is full.", hint="Free some space.", id="doctor.E031")]
    monkeypatch.setattr("recovery_site.doctor.diagnosis.diagnose", lambda **options: found)
    now = timezone.now()
    assert rounds.examine(now)
    assert not rounds.examine(now + 30 * MINUTE)
    assert len(mail.outbox) == 1
    assert "manage.py doctor" in mail.outbox[0].body
    assert "queue" not in mail.outbox[0].body
    assert rounds.examine(now + 61 * MINUTE)
    assert len(mail.outbox) == 1
    assert "doctor.E031" in state.look(now + 62 * MINUTE).codes


@pytest.mark.parametrize(
    ("code", "is_asked_for"),
    [("backups.E002", True), ("doctor.E033", True), ("intake.E030", False), ("intake.E031", False), ("doctor.E031", False)],
)
def test_what_can_wait_for_days_does_not_stop_the_switch_which_then_still_tells_of_real_death(receiver, settings, code, is_asked_for):
    settings.HEARTBEAT_URL = receiver.url
    silence("", 0)
    Heartbeat.objects.create(part=Part.DOCTOR, at=timezone.now(), codes=[f"{code}#0a1b2c3d"])
    assert state.look(timezone.now()).codes == (code,)
    assert telling.ping_switch(timezone.now()) == ({"heartbeat_sent": 1} if is_asked_for else {})


def found_by_the_doctor(monkeypatch, *errors):
    """Let the doctor find these: (id, words)."""
    from django.core.checks import Error

    found = [Error(words, hint="Mend it.", id=code) for code, words in errors]
    monkeypatch.setattr("recovery_site.doctor.diagnosis.diagnose", lambda **options: found)


HOUR = 61 * MINUTE
A_KEY = ("intake.E030", "The private key of Riverside (key 1) isn't here.")
ANOTHER_KEY = ("intake.E030", "The private key of Harbor (key 2) isn't here.")


def test_what_the_doctor_found_while_no_mail_left_is_told_the_next_time(olga_operates, monkeypatch, smtp_server):
    found_by_the_doctor(monkeypatch, A_KEY)
    now = timezone.now()
    smtp_server.refuse_with = "421 later"
    rounds.examine(now)
    assert not smtp_server.recipients
    smtp_server.refuse_with = ""
    rounds.examine(now + HOUR)
    rounds.examine(now + 2 * HOUR)
    assert smtp_server.recipients == ["olga@example.org"]


def test_the_key_of_a_second_center_is_told_though_the_first_one_was(olga_operates, monkeypatch):
    now = timezone.now()
    found_by_the_doctor(monkeypatch, A_KEY)
    rounds.examine(now)
    found_by_the_doctor(monkeypatch, A_KEY, ANOTHER_KEY)
    rounds.examine(now + HOUR)
    assert len(mail.outbox) == 2
    assert "Harbor" in mail.outbox[1].body
    assert "Mend it." in mail.outbox[1].body
    assert state.look(now + HOUR).codes.count("intake.E030") == 1, "a monitor sees ids alone"


def test_a_figure_that_changed_is_nothing_new(olga_operates, monkeypatch):
    now = timezone.now()
    for hour, free in enumerate((400, 390, 380)):
        found_by_the_doctor(monkeypatch, ("doctor.E031", f"The disk of /var is almost full: {free} MB are free."))
        rounds.examine(now + hour * HOUR)
    assert len(mail.outbox) == 1


def test_what_lasts_is_told_each_day_in_one_mail(olga_operates, monkeypatch):
    now = timezone.now()
    found_by_the_doctor(monkeypatch, A_KEY, ("doctor.E033", "The last backup of the data is 40 hours old."))
    for hour in range(30):
        rounds.examine(now + hour * HOUR)
    assert len(mail.outbox) == 2
    assert "Riverside" in mail.outbox[1].body
    assert "backup" in mail.outbox[1].body
    found_by_the_doctor(monkeypatch)
    rounds.examine(now + 31 * HOUR)
    found_by_the_doctor(monkeypatch, A_KEY)
    rounds.examine(now + 32 * HOUR)
    assert len(mail.outbox) == 3, "what came back is new"


def test_luisa_is_told_where_no_operator_has_an_address(luisa_leads, olga, monkeypatch):
    olga.email = ""
    olga.save()
    found_by_the_doctor(monkeypatch, A_KEY)
    rounds.examine(timezone.now())
    assert [letter.to for letter in mail.outbox] == [["luisa@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_locked_the_doctor_says_nothing_that_is_not_so(monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr("recovery_site.doctor.diagnosis.diagnose", lambda **options: asked.append(1) or [])
    now = timezone.now()
    with connection.execute_wrapper(Refusing("database is locked")), pytest.raises(OperationalError):
        rounds.examine(now)
    assert asked == []
    with connection.execute_wrapper(Refusing("database or disk is full")), pytest.raises(OperationalError):
        rounds.examine(now)
    assert asked == [1], "of a full disk it says what to do"
    assert rounds.examine(now)


def test_luisa_and_olga_see_a_line_on_each_page_and_amara_does_not(luisa_leads, olga_operates, amara):
    silence("worker", 6)
    state._cached.clear()
    for person, sees, words in (
        (luisa_leads, True, "Call the person who runs the site."),
        (olga_operates, True, "manage.py doctor"),
        (amara, False, ""),
    ):
        client = Client()
        client.force_login(person)
        page = client.get("/admin/").content.decode()
        assert ("health-head" in page) is sees
        assert words in page


def test_while_all_is_well_the_line_costs_nothing(luisa_leads, rf, django_assert_num_queries):
    from intake.admin.health import health_head

    silence("", 0)
    state._cached.clear()
    request = rf.get("/admin/")
    request.user = luisa_leads
    assert health_head(request) is None
    with django_assert_num_queries(0):
        assert health_head(request) is None


def test_housekeeping_by_hand_is_a_sign_of_life(db):
    call_command("housekeeping", only="forget who had a case open")
    assert not Heartbeat.objects.exists(), "one job is no sign that all others are done"
    call_command("housekeeping", verbosity=0)
    assert Heartbeat.objects.filter(part=Part.HOUSEKEEPING).exists()


def test_the_mail_tells_nothing_of_anybody(luisa_leads, inquiry, caplog):
    caplog.set_level(logging.INFO)
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry)
    silence("worker", 6)
    telling.watch(timezone.now(), by=Part.HOUSEKEEPING)
    written = mail.outbox[0].body + caplog.text
    assert "zzyzxword" not in written
    assert inquiry.reference not in written
