"""Somebody says “I have it”: by the link in a message, without signing in, or on the case."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from intake import triage
from intake.cases import events, history
from intake.models import Alarm, AlarmLink, Event, Notification, Recusal
from intake.notifications import alarms
from tests.intake.notifications.alarm_night import MINUTE, link, page_of, typed, work
from tests.support import housekeeping

pytestmark = pytest.mark.django_db


def test_ben_says_it_from_another_phone_without_signing_in(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    work(night)
    phone = Client(enforce_csrf_checks=True)
    page = phone.get(link())
    assert page.status_code == 200
    assert not phone.cookies
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert inquiry.reference not in page.content.decode()
    assert "Riverside" not in page.content.decode()
    assert Alarm.objects.get().acknowledged_at is None  # a program that looks at links presses nothing
    night.shift(3 * MINUTE)
    thanks = phone.post(link())
    assert 'href="http://127.0.0.1:8000/admin/"' in thanks.content.decode()
    assert inquiry.reference not in thanks.content.decode()
    assert work(night, 5) == []
    event = Event.objects.get(kind=Event.Kind.ACKNOWLEDGED)
    assert event.actor == ben_on_call
    assert event.data == {"via": "link", "seconds": 180, "rings": 1, "cries": 1}
    assert history.what(event) == "“I have it”: after 3 minutes, by the link in a message"


def test_luisa_is_told_kindly_that_ben_was_first(night, ben_on_call, luisa_leads):
    typed()
    work(night)
    bens = link()
    work(night, 5)
    luisas = link(next(message for message in mail.outbox if message.to == ["luisa@example.org"]))
    Client().post(bens)
    assert "Somebody else was first" in Client().post(luisas).content.decode()
    assert "Thank you" in Client().post(bens).content.decode()
    assert Event.objects.filter(kind=Event.Kind.ACKNOWLEDGED).count() == 1


def test_a_link_works_for_its_alarm_only(night, ben_on_call):
    inquiry = typed().inquiry
    work(night)
    Client().post(link())
    alarms.cry(inquiry)
    answer = Client().post(link())
    assert alarms.open_alarm(inquiry) is not None
    assert "use the newest message" in answer.content.decode()  # "thank you" would be taken for "it has stopped"


@pytest.mark.parametrize("why", ["expired", "left", "stepped back", "unknown"])
def test_a_link_that_works_no_more_says_so_and_changes_nothing(night, ben_on_call, why):
    inquiry = typed().inquiry
    work(night)
    path = link()
    if why == "expired":
        night.shift(13 * 60 * MINUTE)
        housekeeping.run(timezone.now())
    elif why == "left":
        type(ben_on_call).objects.filter(pk=ben_on_call.pk).update(is_active=False)
    elif why == "stepped back":
        Recusal.objects.create(inquiry=inquiry, user=ben_on_call, made_at=timezone.now())
    else:
        path = "/alarm/AAAAAAAAAAAAAAAAAAAAAA/"
    page = Client().post(path)
    assert page.status_code == 410
    assert "no longer works" in page.content.decode()
    assert Alarm.objects.get().acknowledged_at is None


def test_another_site_cannot_press_the_button(night, ben_on_call):
    typed()
    work(night)
    assert Client().post(link(), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert Alarm.objects.get().acknowledged_at is None


def test_no_row_holds_the_token(night, ben_on_call):
    typed()
    work(night)
    token = link().split("/")[2]
    assert token.encode() not in bytes(AlarmLink.objects.get().token_hash)
    assert token not in repr(list(Notification.objects.values())) + repr(list(Event.objects.values()))


def test_on_the_case_luisa_sees_who_was_told_and_says_it_there(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    assert "Sent once. Told: Ben Okafor." in page_of(luisa_leads, inquiry)
    client = Client()
    client.force_login(luisa_leads)
    address = f"/admin/intake/inquiry/{inquiry.reference}/"
    assert client.post(f"{address}have-it/").status_code == 303
    assert "nobody has it yet" not in client.get(address).content.decode()
    client.force_login(ben_on_call)
    late = client.post(f"{address}have-it/")
    assert late.status_code == 409
    assert "Luisa Ferreira has it already." in late.content.decode()


def test_the_front_page_shows_the_open_alarms_of_ones_own_centre(night, ben_on_call, noor):
    inquiry = typed().inquiry
    client = Client()
    client.force_login(ben_on_call)
    assert inquiry.reference in client.get("/admin/").content.decode()
    client.force_login(noor)
    assert inquiry.reference not in client.get("/admin/").content.decode()


def test_ben_who_falls_asleep_over_i_have_it_is_rung_again_and_luisa_with_him(night, ben_on_call, luisa_leads):
    typed()
    work(night)
    Client().post(link())
    assert work(night, 14) == []
    housekeeping.run(timezone.now())
    assert work(night) == []
    night.shift(MINUTE)
    housekeeping.run(timezone.now())
    assert sorted(message.to[0] for message in mail.outbox) == ["ben@example.org", "luisa@example.org"]
    again = Event.objects.filter(kind=Event.Kind.RUNG).last()
    assert "nobody had opened the case since" in history.what(again)
    assert "use the newest message" not in Client().post(link()).content.decode()
    assert Alarm.objects.filter(acknowledged_at=None).count() == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_ben_who_opened_the_case_is_left_in_peace_to_talk(night, ben_on_call, luisa_leads, when):
    inquiry = typed().inquiry
    work(night)
    for step in (page_of, lambda *_: Client().post(link())) if when == "before" else (lambda *_: Client().post(link()), page_of):
        step(ben_on_call, inquiry)
    night.shift(40 * MINUTE)
    assert alarms.ring_again(timezone.now()) == {"unopened_cases_rung_again": 0}


def test_nor_is_luisa_who_said_it_on_the_case(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    triage.acknowledge(inquiry, by=luisa_leads)
    night.shift(40 * MINUTE)
    assert alarms.ring_again(timezone.now()) == {"unopened_cases_rung_again": 0}


def test_a_search_or_an_export_is_no_look_at_the_case(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    work(night)
    Client().post(link())
    for kind in (Event.Kind.FOUND, Event.Kind.EXPORTED):
        events.record(inquiry, kind, by=luisa_leads)
    night.shift(40 * MINUTE)
    assert alarms.ring_again(timezone.now()) == {"unopened_cases_rung_again": 1}


def test_a_case_that_left_danger_is_not_rung_again(night, ben_on_call):
    inquiry = typed().inquiry
    work(night)
    Client().post(link())
    type(inquiry).objects.update(danger_resolved_at=timezone.now())
    night.shift(40 * MINUTE)
    assert alarms.ring_again(timezone.now()) == {"unopened_cases_rung_again": 0}


def test_whoever_looks_sees_at_once_that_ben_works_on_it(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    page = page_of(ben_on_call, inquiry)
    assert "nobody has it yet" in page
    triage.log_attempt(inquiry, by=ben_on_call, version=1, way="phone", outcome="no_answer")
    assert "nobody has it yet" not in page_of(luisa_leads, inquiry)
    client = Client()
    client.force_login(luisa_leads)
    assert "nobody has it yet" not in client.get("/admin/").content.decode()
    late = client.post(f"/admin/intake/inquiry/{inquiry.reference}/have-it/")
    assert "Ben Okafor has it already." in late.content.decode()


def test_luisa_sees_that_ben_has_it_and_whom_he_called(night, ben_on_call, luisa_leads):
    inquiry = typed().inquiry
    work(night)
    Client().post(link())
    for number in ("emergency", "emergency", "crisis"):  # a button pressed twice is one call
        triage.record_emergency_call(inquiry, by=ben_on_call, number=number)
    page = page_of(luisa_leads, inquiry).split('class="danger-facts danger-done"')[1].split("</ul>")[0]
    assert "Ben Okafor: “I have it”" in page
    assert page.count("Ben Okafor called 911") == 1
    assert page.count("Ben Okafor called 988") == 1
    night.shift(3 * MINUTE)
    triage.record_emergency_call(inquiry, by=ben_on_call, number="emergency")
    assert page_of(luisa_leads, inquiry).count("Ben Okafor called 911") == 2
