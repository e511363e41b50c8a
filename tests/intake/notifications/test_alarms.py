"""Danger rings staff until one of them has it: the nearest first, then the leads, then the operators."""

import datetime as dt
import re
import urllib.parse

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from intake import triage
from intake.models import Alarm, Event, Inquiry, Notification, OnCallShift, Recusal
from intake.notifications import alarms, outbox
from intake.retention import erasure
from tests.intake.notifications.alarm_night import MINUTE, WORDS, events, link, page_of, reachable, typed, work
from tests.intake.pages import hidden
from tests.support import housekeeping

pytestmark = pytest.mark.django_db


# --- Whom it rings ---


def test_at_night_ben_who_is_on_call_is_told_then_luisa_who_leads_then_olga_who_operates(night, ben_on_call, luisa_leads, olga_operates):
    typed()
    assert work(night) == ["ben"]
    assert work(night, 4) == []
    assert work(night, 1) == ["ben", "luisa"]
    assert work(night) == []
    assert work(night, 5) == ["ben", "luisa", "olga"]
    assert work(night, 5) == ["ben", "luisa", "olga"]
    assert [event["to"] for event in events(Event.Kind.RUNG)][:2] == [[ben_on_call.pk], [ben_on_call.pk, luisa_leads.pk]]


def test_with_nobody_on_duty_luisa_is_told_at_once(night, luisa_leads, olga_operates):
    typed()
    assert work(night) == ["luisa"]


def test_with_nobody_at_the_centre_olga_is_told_at_once_and_what_she_can_do(night, riverside, olga_operates):
    typed()
    assert work(night) == ["olga"]
    assert "Call somebody who works there" in mail.outbox[0].body


def test_by_day_everyone_who_is_awake_is_told_and_once_only(amara, ben, luisa):
    for person in (amara, ben, luisa):
        reachable(person)
    luisa.memberships.update(notify=False)
    inquiry = typed().inquiry
    assert work() == ["amara", "ben"]
    assert {message.subject for message in mail.outbox} == {f"Someone may be in danger: {inquiry.reference}"}


def test_who_sleeps_hears_of_the_new_inquiry_in_the_morning(night, amara, ben_on_call):
    reachable(amara)
    amara.memberships.update(quiet_from=dt.time(21), quiet_until=dt.time(7))
    amara.time_zone = "America/New_York"
    amara.save()
    inquiry = typed().inquiry
    assert work(night) == ["ben"]
    triage.acknowledge(inquiry, by=ben_on_call)
    assert work(night, 8 * 60) == ["amara"]
    assert mail.outbox[0].subject == "New inquiry, priority 1"


def test_who_stepped_back_is_not_rung(night, ben_on_call, luisa_leads):
    inquiry = typed("Hello").inquiry
    Recusal.objects.create(inquiry=inquiry, user=ben_on_call, made_at=timezone.now())
    alarms.cry(inquiry)
    assert work(night) == ["luisa"]


def test_an_ordinary_inquiry_rings_nobody(night, ben_on_call):
    typed("Mornings are best for me")
    assert not Alarm.objects.exists()
    work(night)
    assert [message.subject for message in mail.outbox] == ["New inquiry, priority 3"]


def test_the_mail_says_where_and_not_what(night, ben_on_call):
    inquiry = typed().inquiry
    work(night)
    assert mail.outbox[0].body == (
        f"Words in {inquiry.reference} say that someone may be in danger. Please look at the case now.\n\n"
        f"Say that you have it, without signing in:\nhttp://127.0.0.1:8000{link()}\n\n"
        f"http://127.0.0.1:8000/admin/intake/inquiry/{inquiry.reference}/\n\n"
        "Please do not answer this e-mail. Nobody reads the answers.\n"
    )


def test_ben_who_gave_only_a_phone_number_gets_a_text(night, ben_on_call, gateway):
    ben_on_call.email, ben_on_call.phone = "", "(212) 555-0199"
    ben_on_call.save()
    inquiry = typed().inquiry
    assert work(night) == []
    [(_headers, body)] = gateway.seen
    form = urllib.parse.parse_qs(body.decode())
    assert form["To"] == ["+12125550199"]
    path = re.search(r"/alarm/\S+/", form["Body"][0]).group()
    assert form["Body"] == [f"Someone may be in danger: {inquiry.reference}. I have it: http://127.0.0.1:8000{path}"]
    assert "Thank you" in Client().post(path).content.decode()
    assert Alarm.objects.get().acknowledged_by == ben_on_call


def test_without_a_gateway_a_phone_number_is_no_way_to_tell_ben(night, ben_on_call, luisa_leads):
    ben_on_call.email, ben_on_call.phone = "", "212 555 0199"
    ben_on_call.save()
    typed()
    assert work(night) == ["luisa"]


def test_a_phone_number_of_staff_is_checked_when_it_is_typed(admin_client, ben):
    address = f"/admin/accounts/user/{ben.pk}/change/"
    page = admin_client.post(address, {"username": "ben", "phone": "555", "time_zone": "UTC", "display_name": "Ben"})
    assert "area code" in page.content.decode()


# --- One alarm of a case ---


def test_thirty_messages_are_one_alarm_with_a_count(night, ben_on_call, luisa_leads):
    received = typed("Hello")
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    for number in range(30):
        page = visitor.get("/mailbox/open/")
        fields = {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token")}
        assert visitor.post("/mailbox/open/", {**fields, "text": f"{WORDS} {number}"}).status_code == 303
    alarm = Alarm.objects.get()
    assert (alarm.cries, alarm.rings) == (30, 1)
    work(night)
    assert [message.to for message in mail.outbox if "danger" in message.subject] == [["ben@example.org"]]
    assert "Danger was written of 30 times" in page_of(ben_on_call, received.inquiry)


def test_danger_after_somebody_had_it_rings_again(night, ben_on_call):
    inquiry = typed().inquiry
    triage.acknowledge(inquiry, by=ben_on_call)
    alarms.cry(inquiry)
    assert Alarm.objects.count() == 2
    assert work(night) == ["ben"]


@pytest.mark.parametrize("step", ["claim", "reply", "resolve_danger"])
def test_whoever_works_on_the_case_has_it(night, ben_on_call, luisa_leads, step):
    inquiry = typed().inquiry
    work(night)
    reply, outcome = {"text": "I am calling you", "version": 1}, {"outcome": "not_danger", "version": 1}
    more = {"claim": {}, "reply": reply, "resolve_danger": outcome}[step]
    getattr(triage, step)(inquiry, by=ben_on_call, **more)
    assert work(night, 5) == []
    alarm = Alarm.objects.get()
    assert (alarm.acknowledged_by, alarm.via) == (ben_on_call, "case")


def test_an_opened_case_rings_on(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    page_of(ben_on_call, inquiry)
    assert work(night, 5) == ["ben", "luisa"]


def test_a_withdrawn_case_rings_no_more(night, ben_on_call):
    erasure.withdraw(typed().inquiry)
    work(night)
    assert work(night, 5) == []
    assert Alarm.objects.get().via == "closed"


@pytest.mark.parametrize("already", ["rings", "taken", "tried"])
def test_a_case_in_danger_that_is_handed_over_rings_where_it_comes_to(night, ben_on_call, harbor, noor, already):
    """However it stood before: that Ben had it tells nobody at the Harbor, and its alarm begins with whoever is nearest there."""
    inquiry = typed().inquiry
    OnCallShift.objects.update(centre=inquiry.centre)
    work(night)
    if already == "taken":
        triage.acknowledge(inquiry, by=ben_on_call)
    elif already == "tried":
        triage.log_attempt(inquiry, by=ben_on_call, version=1, way="phone", outcome="no_answer")
    reachable(noor)
    harbor.always_open = True
    harbor.save()
    triage.hand_over(inquiry, by=ben_on_call, to=harbor, version=Inquiry.objects.get().version)
    assert work(night) == ["noor"]
    assert "someone may be in danger" in mail.outbox[0].subject.lower()
    assert "/alarm/" in mail.outbox[0].body
    Client().post(link())
    assert work(night, 5) == []


def test_a_case_that_left_danger_is_handed_over_like_any_other(night, ben_on_call, harbor, noor):
    inquiry = typed().inquiry
    OnCallShift.objects.update(centre=inquiry.centre)
    work(night)
    triage.resolve_danger(inquiry, by=ben_on_call, version=1, outcome="reached_safe")
    reachable(noor)
    harbor.always_open = True
    harbor.save()
    work(night, 6)
    triage.hand_over(inquiry, by=ben_on_call, to=harbor, version=Inquiry.objects.get().version)
    assert work(night) == ["noor"]
    assert mail.outbox[0].subject.startswith("New inquiry")


# --- Whatever breaks ---


def test_a_worker_that_dies_while_it_rings_has_done_nothing_yet(night, ben_on_call, luisa_leads, monkeypatch):
    typed()
    work(night)
    night.shift(5 * MINUTE)
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "enqueue", lambda *_args, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            alarms.ring_due(timezone.now())
    assert Alarm.objects.get().rings == 1
    assert len(events(Event.Kind.RUNG)) == 1
    assert work(night) == ["ben", "luisa"]


def test_what_a_dead_worker_held_is_sent_when_its_lease_is_over(night, ben_on_call):
    typed()
    assert outbox.send_due(should_stop=lambda: True)
    Notification.objects.filter(recipient=ben_on_call).update(state="pending", sent_at=None, next_attempt_at=timezone.now() + outbox.LEASE)
    assert work(night) == []
    assert work(night, 1) == ["ben"]


def test_where_no_worker_runs_housekeeping_rings(night, ben_on_call, luisa_leads):
    typed()
    housekeeping.run(timezone.now())
    mail.outbox.clear()
    night.shift(5 * MINUTE)
    housekeeping.run(timezone.now())
    assert sorted(message.to[0] for message in mail.outbox) == ["ben@example.org", "luisa@example.org"]


def test_a_mail_server_that_comes_back_brings_one_mail_and_not_all_that_it_missed(night, ben_on_call, monkeypatch):
    typed()
    with monkeypatch.context() as broken:
        broken.setattr("intake.notifications.staff_text.send_mail", lambda *_args: (_ for _ in ()).throw(OSError))
        for _ring in range(6):
            work(night, 5)
    assert work(night, 5) == ["ben"]
