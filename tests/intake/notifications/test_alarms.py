"""Danger rings staff until one of them says "I have it": the nearest first, then the leads, then the operators."""

import datetime as dt
import re
import secrets
import urllib.parse

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from intake import checks, triage
from intake.cases import history
from intake.cases.inquiry_data import InquiryData
from intake.models import Alarm, AlarmLink, Event, Membership, Notification, OnCallShift, Recusal, WebhookEndpoint
from intake.notifications import alarms, http_client, outbox, recipients
from intake.notifications.channels import webhook
from intake.retention import erasure
from intake.submission import receive
from tests.intake.pages import hidden
from tests.support import housekeeping

pytestmark = pytest.mark.django_db
# Monday night in New York, where Riverside is: it is closed.
NIGHT = dt.datetime(2026, 1, 6, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
WORDS = "I took all my pills and I want to die"
UNREACHED = 'aria-label="We can\'t reach anyone here now"'
UNREACHED_ES = 'aria-label="No podemos avisar a nadie aquí ahora"'


@pytest.fixture
def night():
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


@pytest.fixture
def ben_on_call(ben):
    """Ben is on call this night, and sleeps while he isn't."""
    OnCallShift.objects.create(user=ben, starts_at=NIGHT - 60 * MINUTE, ends_at=NIGHT + 8 * 60 * MINUTE)
    return reachable(ben)


@pytest.fixture
def luisa_leads(luisa):
    """Luisa leads, and her nights are quiet."""
    luisa.memberships.update(quiet_from=dt.time(21), quiet_until=dt.time(7), notify=False)
    luisa.time_zone = "America/New_York"
    return reachable(luisa)


@pytest.fixture
def olga_operates(olga):
    return reachable(olga)


def reachable(person):
    person.email = f"{person.username}@example.org"
    person.save()
    return person


def typed(text=WORDS):
    return receive.receive(InquiryData(message=text), form_token=secrets.token_bytes(16))


def work(clock=None, minutes=0):
    """Let minutes pass, run the worker, and return whom it mailed."""
    if clock is not None:
        clock.shift(minutes * MINUTE)
    mail.outbox.clear()
    call_command("send_notifications", once=True)
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def link(message=None):
    """The path of the link in a mail."""
    return re.search(r"http://127\.0\.0\.1:8000(/alarm/\S+/)", (message or mail.outbox[0]).body).group(1)


def events(kind):
    return list(Event.objects.filter(kind=kind).values_list("data", flat=True))


# --- Whom it rings ------------------------------------------------------------------------------------------------


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


# --- One alarm of a case ------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("step", ["claim", "reply", "close"])
def test_whoever_works_on_the_case_has_it(night, ben_on_call, luisa_leads, step):
    inquiry = typed().inquiry
    more = {"claim": {}, "reply": {"text": "I am calling you", "version": 1}, "close": {"outcome": "informed", "version": 1}}[step]
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


# --- "I have it" --------------------------------------------------------------------------------------------------


def page_of(person, inquiry):
    client = Client()
    client.force_login(person)
    return client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()


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
    assert "Told: Ben Okafor" in page_of(luisa_leads, inquiry)
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


# --- Nobody to tell -----------------------------------------------------------------------------------------------


def test_with_nobody_at_all_the_page_says_so_before_and_after_sending(night, riverside):
    visitor = Client()
    for prefix, words in (("", UNREACHED), ("/es", UNREACHED_ES)):
        before = visitor.get(f"{prefix}/contact/").content.decode()
        aside = before.split(words, 1)[1].split("</aside>")[0]
        assert 'href="tel:911"' in aside
        assert 'href="tel:988"' in aside
        assert 'href="tel:+18006624357"' in aside
        assert "will answer by" not in before
    form = {"token": hidden(visitor.get("/contact/"), "token"), "for_whom": "self", "contact_way": "mailbox", "message": WORDS}
    sent = visitor.post("/contact/", form)
    after = visitor.get(sent["Location"]).content.decode()
    assert UNREACHED in after
    assert "will answer by" not in after


def test_with_nobody_at_all_the_mailbox_says_so_too(night, riverside, luisa):
    received = typed()
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    assert UNREACHED in visitor.get("/mailbox/open/").content.decode()
    reachable(luisa)
    assert UNREACHED not in visitor.get("/mailbox/open/").content.decode()


def test_where_somebody_can_be_told_the_page_promises_as_before(night, luisa_leads):
    page = Client().get("/contact/").content.decode()
    assert UNREACHED not in page
    assert "will answer by" in page


def test_told_to_nobody_is_never_recorded_as_told(night, riverside, luisa):
    typed()
    work(night)
    night.shift(40 * MINUTE)
    housekeeping.run(timezone.now())
    assert not events(Event.Kind.RUNG)
    assert not events(Event.Kind.ESCALATED)
    assert events(Event.Kind.NOBODY_TOLD)[0] == {"by": "system", "ring": 1}
    client = Client()
    client.force_login(luisa)
    page = client.get("/admin/").content.decode()
    assert "nobody who works there can be told of danger" in page
    assert "an alarm reached nobody" in page


def test_the_alarm_rings_on_until_there_is_somebody(night, riverside, luisa):
    typed()
    assert work(night) == []
    reachable(luisa)
    assert work(night, 5) == ["luisa"]


def test_a_centre_without_people_is_a_warning_of_the_checks(riverside, harbor, luisa, olga):
    def ids():
        return sorted((message.id, message.msg.split()[0]) for message in checks.somebody_is_told_of_danger(None, databases=["default"]))

    assert ids() == [("intake.W003", "Harbor"), ("intake.W003", "Riverside"), ("intake.W004", "No")]
    reachable(luisa)
    reachable(olga)
    assert ids() == [("intake.W003", "Harbor")]
    harbor.accepts_inquiries = False
    harbor.save()
    assert ids() == []


# --- Whatever breaks ----------------------------------------------------------------------------------------------


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


# --- Webhooks: the recipes of docs/operations.md ------------------------------------------------------------------


def hook(url, **more):
    endpoint = WebhookEndpoint.objects.create(name="pager", url=url, **more)
    webhook.new_secret(endpoint)
    return endpoint


def test_a_push_server_is_told_of_danger_only_and_its_address_keeps_the_template(night, riverside, monkeypatch):
    posted = []
    monkeypatch.setattr(http_client, "post", lambda url, body, headers: posted.append((url, body)) or 200)
    address = "http://push.example.org/t0pic?tpl=1&p=5&t=Danger&m=%7B%7B.data.reference%7D%7D"
    hook(address, danger_only=True)
    typed("Hello")
    work(night)
    assert posted == []
    inquiry = typed().inquiry
    work(night)
    assert [url for url, _body in posted] == [address]
    assert f'"reference":"{inquiry.reference}"'.encode() in posted[0][1]
    work(night, 5)
    assert len(posted) == 2


def test_a_paging_service_gets_the_same_key_each_time_and_the_rest_of_the_site_nothing_of_the_words(night, riverside, receiver):
    hook(receiver.url + "?integration=k", danger_only=True)
    inquiry = typed().inquiry
    for _ring in range(3):
        work(night, 5)
    assert len(receiver.seen) == 3
    assert all(inquiry.reference.encode() in body and b"pills" not in body for _headers, body in receiver.seen)
    assert recipients.reaches_somebody(riverside, NIGHT)
    assert events(Event.Kind.RUNG)[0] == {"by": "system", "to": [], "shared": True, "ring": 1}
    assert not events(Event.Kind.NOBODY_TOLD)


def test_nobody_without_a_membership_gets_in_by_being_rung(night, riverside, olga_operates):
    inquiry = typed().inquiry
    assert not Membership.objects.exists()
    client = Client()
    client.force_login(olga_operates)
    assert client.get(f"/admin/intake/inquiry/{inquiry.reference}/").status_code == 404
    page = client.get("/admin/").content.decode()
    assert inquiry.reference in page
    assert f"/admin/intake/inquiry/{inquiry.reference}/" not in page
