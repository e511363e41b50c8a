"""Somebody says “I have it”: by the link in a message, without signing in, or on the case."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from intake.cases import history
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
    assert "Open the admin to see it." in thanks.content.decode()
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
    Client().post(link())
    assert alarms.open_alarm(inquiry) is not None


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
