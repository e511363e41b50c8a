"""A visitor who asked for it is told by text that an answer waits: neutrally, once, at a time that is safe, until they say stop."""

import base64
import datetime as dt
import re
import secrets
import urllib.parse

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from intake import triage
from intake.cases import consents
from intake.cases.inquiry_data import InquiryData
from intake.mailbox import contact_preferences
from intake.models import Consent, Event, Inquiry, Notification
from intake.notifications import outbox, sms_gateway
from intake.notifications.channels import visitor_sms
from intake.notifications.kinds import Kind
from intake.retention import erasure
from intake.submission import receive

pytestmark = pytest.mark.django_db

NUMBER = "+12125550143"
# Tuesday, noon in New York, where the centre is.
NOON = dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)
# The same day, half past ten at night there.
NIGHT = dt.datetime(2026, 11, 25, 3, 30, tzinfo=dt.UTC)


@pytest.fixture
def received(riverside):
    said = InquiryData(name="Quillon", phone=NUMBER, message="zzyzxword", consents=["automated_text"])
    return receive.receive(said, form_token=secrets.token_bytes(16))


def replied(inquiry, by):
    """Let `by` answer, and return the notification that is to tell the visitor of it."""
    inquiry.refresh_from_db()
    triage.reply(inquiry, text="Come on Tuesday", by=by, version=inquiry.version)
    return Notification.objects.filter(kind="answer_waiting", channel="all").latest("id")


def sent(notification, now=NOON):
    """Try to send a notification at `now`, whenever it would be due, and return the text as it is then."""
    Notification.objects.filter(pk=notification.pk).update(next_attempt_at=now)
    outbox.send_due(now)
    return Notification.objects.filter(channel="visitor_sms").latest("id")


def test_what_the_gateway_is_sent(received, amara, gateway):
    assert sent(replied(received.inquiry, amara)).state == "sent"
    [(headers, body)] = gateway.seen
    assert urllib.parse.parse_qs(body.decode(), strict_parsing=True) == {
        "To": [NUMBER],
        "From": ["+12125550100"],
        "Body": [
            "A message is waiting for you. Open it with your words. To stop these notes, answer STOP, or switch them off where you read it."
        ],
    }
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"account:pass:word").decode()
    told = Event.objects.get(kind=Event.Kind.VISITOR_TEXTED)
    assert told.data == {"by": "system"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_one_short_message_that_names_nobody_and_no_place(language, settings):
    settings.SITE_NAME, settings.SITE_URL = "Riverside", "https://riverside.example.org"
    text = visitor_sms.text(language)
    # The signs of the alphabet in which one message holds 160 (GSM 03.38), as far as our words need it.
    assert re.fullmatch(r"[A-Za-z0-9 .,ñÑéèùìòàüöäÜ¿¡]{1,160}", text)
    assert "STOP" in text
    assert not re.search(r"riverside|http|recover|treatment|tratamiento|help|ayuda|centr|\.org", text, re.IGNORECASE)


def test_in_their_language(received, amara, gateway):
    Inquiry.objects.update(language="es")
    sent(replied(received.inquiry, amara))
    assert "Hay+un+mensaje+para+usted." in gateway.seen[0][1].decode()


def test_one_text_until_they_looked(received, amara, gateway):
    sent(replied(received.inquiry, amara))
    sent(replied(received.inquiry, amara))
    assert len(gateway.seen) == 1
    Client().post("/mailbox/", {"words": " ".join(received.receipt)})
    sent(replied(received.inquiry, amara))
    assert len(gateway.seen) == 2


def test_who_reads_in_a_mailbox_left_open_is_told_of_the_next_answer(received, amara, gateway, mailoutbox):
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    for texts in (1, 2, 3):
        sent(replied(received.inquiry, amara))
        assert len(gateway.seen) == texts
        visitor.get("/mailbox/open/")


def test_what_they_have_read_already_needs_no_text(received, amara, gateway):
    waits = replied(received.inquiry, amara)
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    visitor.get("/mailbox/open/")
    assert sent(waits).state == "sent"
    assert gateway.seen == []


def test_the_mail_and_the_text_do_not_keep_each_other_back(riverside, amara, gateway, mailoutbox):
    said = InquiryData(phone=NUMBER, email="quillon@example.org", consents=["automated_text", "tell_of_answer"])
    received = receive.receive(said, form_token=secrets.token_bytes(16))
    sent(replied(received.inquiry, amara))
    assert (len(mailoutbox), len(gateway.seen)) == (1, 1)


def consent_withdrawn(inquiry):
    Consent.objects.update(withdrawn_at=timezone.now())


@pytest.mark.parametrize("end", [contact_preferences.tell_no_more, contact_preferences.no_longer_safe, consent_withdrawn])
def test_it_ends_when_they_say_so_even_for_what_waits_to_be_sent(received, amara, gateway, end):
    waits = sent(replied(received.inquiry, amara), NIGHT)
    end(received.inquiry)
    assert sent(waits).state == "sent"
    assert gateway.seen == []
    assert not Event.objects.filter(kind=Event.Kind.VISITOR_TEXTED).exists()


def test_an_erased_request_is_told_of_no_more(received, amara, gateway):
    waits = replied(received.inquiry, amara)
    erasure.withdraw(received.inquiry)
    assert not Notification.objects.filter(pk=waits.pk).exists()
    assert not Inquiry.objects.get().tell_by_text
    again = outbox.enqueue(Kind.ANSWER_WAITING, inquiry=received.inquiry, channel="visitor_sms")
    assert sent(again).state == "sent"
    assert gateway.seen == []


def test_who_did_not_ask_is_never_texted(riverside, amara, gateway):
    said = InquiryData(phone=NUMBER, contact_way="text", consents=["text", "call"])
    inquiry = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
    triage.reply(inquiry, text="Come on Tuesday", by=amara, version=inquiry.version)
    outbox.send_all_due()
    assert not Notification.objects.filter(channel="visitor_sms").exists()


# --- When ---------------------------------------------------------------------------------------------------------


def test_at_night_it_waits_for_the_morning_and_no_try_is_counted(received, amara, gateway):
    waits = sent(replied(received.inquiry, amara), NIGHT)
    assert (waits.state, waits.attempts, gateway.seen) == ("pending", 0, [])
    assert waits.next_attempt_at == dt.datetime(2026, 11, 25, 13, tzinfo=dt.UTC)  # eight o'clock in New York
    outbox.send_all_due(waits.next_attempt_at)
    assert len(gateway.seen) == 1


def test_two_answers_of_one_night_are_one_text_in_the_morning(received, amara, gateway):
    for _answer in range(2):
        waits = sent(replied(received.inquiry, amara), NIGHT)
    outbox.send_all_due(waits.next_attempt_at)
    assert len(gateway.seen) == 1
    assert not Notification.objects.filter(channel="visitor_sms", state="pending").exists()


def test_night_is_told_by_the_visitors_clock(received, amara, gateway):
    Inquiry.objects.update(time_zone="Pacific/Honolulu")
    assert sent(replied(received.inquiry, amara), NOON).next_attempt_at == dt.datetime(2026, 11, 24, 18, tzinfo=dt.UTC)
    assert gateway.seen == []


@pytest.mark.parametrize(
    ("windows", "next_time"),
    [
        # Today's is over for another text: one may take minutes on its way.
        ([[1, "09:00", "12:05"], [3, "17:00", "21:00"]], dt.datetime(2026, 11, 26, 22, tzinfo=dt.UTC)),
        # Only this weekday, earlier in the day: next week.
        ([[1, "09:00", "11:00"]], dt.datetime(2026, 12, 1, 14, tzinfo=dt.UTC)),
        # What they named begins before any text may come.
        ([[2, "05:00", "12:00"]], dt.datetime(2026, 11, 25, 13, tzinfo=dt.UTC)),
        ([[1, "09:00", "17:00"]], NOON),
        # They can only be reached while no text may come: there is no time for it.
        ([[1, "22:00", "23:00"]], None),
    ],
)
def test_it_keeps_to_the_times_that_are_safe(received, windows, next_time):
    received.inquiry.safe_windows = windows
    assert visitor_sms.next_time(received.inquiry, NOON) == next_time


def test_without_any_time_for_it_nothing_is_sent(received, amara, gateway):
    Inquiry.objects.update(safe_windows=[[1, "22:00", "23:00"]])
    assert sent(replied(received.inquiry, amara)).state == "sent"
    assert gateway.seen == []


# --- When the gateway doesn't take it -----------------------------------------------------------------------------


def test_a_gateway_that_says_nothing_may_have_sent_it_so_it_is_asked_once_more_and_no_more(received, amara, gateway):
    gateway.silent = True
    waits = sent(replied(received.inquiry, amara))
    assert (waits.state, waits.last_error) == ("pending", "Unanswered")
    for minutes in (1, 10, 60):
        outbox.send_all_due(NOON + dt.timedelta(minutes=minutes))
    waits.refresh_from_db()
    assert (waits.state, len(gateway.seen)) == ("sent", 2)
    assert Event.objects.filter(kind=Event.Kind.VISITOR_TEXTED).count() == 1


def test_a_visitors_server_that_has_no_key_leaves_them_to_the_staffs(received, amara, gateway, settings):
    settings.SERVES_STAFF = False
    waits = sent(replied(received.inquiry, amara))
    assert (waits.state, waits.attempts) == ("pending", 0)
    outbox.send_all_due(NOON)
    waits.refresh_from_db()
    assert (waits.state, waits.attempts, gateway.seen) == ("pending", 0, [])
    settings.SERVES_STAFF = True
    assert sent(waits).state == "sent"


@pytest.mark.parametrize("status", [503, 429, 401, 302])
def test_what_may_pass_is_tried_again(received, amara, gateway, status):
    gateway.status = status
    waits = sent(replied(received.inquiry, amara))
    assert (waits.state, waits.last_error) == ("pending", "NotTaken")
    gateway.status = 201
    outbox.send_all_due(NOON + dt.timedelta(minutes=1))
    waits.refresh_from_db()
    assert waits.state == "sent"
    assert len(gateway.seen) == 2


def test_what_will_not_pass_is_given_up_at_once(received, amara, gateway):
    gateway.status = 400
    waits = sent(replied(received.inquiry, amara))
    assert (waits.state, waits.attempts, waits.last_error) == ("dead", 1, "Undeliverable")
    assert not Event.objects.filter(kind=Event.Kind.VISITOR_TEXTED).exists()


def test_where_nobody_listens_it_waits(received, amara, gateway, settings):
    settings.TEXT_GATEWAY_URL = "http://127.0.0.1:1/"
    assert (sent(replied(received.inquiry, amara)).state, gateway.seen) == ("pending", [])


def test_a_gateway_that_was_taken_away_is_no_silent_loss(received, amara, settings):
    waits = sent(replied(received.inquiry, amara))
    assert (waits.state, waits.last_error) == ("pending", "NotSetUp")


@pytest.fixture
def logged(caplog, capfd):
    """Return a function that gives all that was logged and printed so far."""
    return lambda: " ".join([caplog.text, *capfd.readouterr()])


@pytest.mark.parametrize("status", [400, 503])
def test_the_number_is_in_no_row_no_log_and_no_list(received, amara, gateway, logged, status):
    """Real gateways quote the number in what they answer."""
    gateway.status, gateway.answer = status, f'{{"code": "zqgateword", "message": "{NUMBER} has opted out", "to": "{NUMBER}"}}'
    waits = replied(received.inquiry, amara)
    for _one_more in range(outbox.MOST_TRIES + 1):
        waits = sent(waits)
    assert waits.state == "dead"
    written = [repr(row) for table in (Notification, Event, Consent) for row in table.objects.values()]
    written += [repr(row) for row in Inquiry.objects.values()]
    operator = Client()
    operator.force_login(User.objects.create_superuser("olga"))
    shown = operator.get("/admin/intake/notification/?state__exact=dead").content.decode()
    assert "the visitor, by text message" in shown
    log = logged()
    assert "given up" in log
    assert not re.search("5550143|opted out|zqgateword", " ".join([*written, shown, log]))


# --- Whether it is offered, and what is stored --------------------------------------------------------------------


def test_without_a_gateway_it_is_offered_nowhere(received):
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    for url in ("/contact/", "/es/contact/", "/mailbox/contact/", "/es/mailbox/contact/"):
        page = visitor.get(url).content.decode()
        assert "consent_tell_of_answer" in page, url
        assert "automated" not in page, url


@pytest.mark.parametrize("name", ["TEXT_GATEWAY_URL", "TEXT_GATEWAY_USER", "TEXT_GATEWAY_PASSWORD", "TEXT_FROM"])
def test_with_half_a_gateway_neither(gateway, settings, name):
    assert sms_gateway.is_set_up()
    setattr(settings, name, "")
    assert not sms_gateway.is_set_up()


def test_the_public_server_offers_it_without_the_password(gateway, settings):
    settings.TEXT_GATEWAY_PASSWORD, settings.SERVES_STAFF = "", False
    assert sms_gateway.is_set_up()


def test_nothing_is_sent_over_an_open_line(gateway, settings):
    settings.TEXT_GATEWAY_URL = "http://texts.example.org/"
    assert not sms_gateway.is_set_up()


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_with_a_gateway_both_forms_offer_it_and_say_what_may_be_seen(received, gateway, prefix):
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    for url in ("/contact/", "/mailbox/contact/"):
        page = visitor.get(prefix + url).content.decode()
        assert page.index('id="id_consent_automated_text"') < page.index('id="id_phone"'), "the box stands before what it needs"
        assert ("locked" if not prefix else "bloqueado") in page


def test_changing_ones_mind_in_the_mailbox(received, gateway):
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    secret = re.search(r'name="mailbox" value="([^"]+)"', visitor.get("/mailbox/contact/").content.decode()).group(1)
    visitor.post("/mailbox/contact/", {"mailbox": secret, "tell_no_more": "1"})
    assert not Inquiry.objects.get().tell_by_text
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert "Stop the notes" not in visitor.get("/mailbox/contact/").content.decode()
    form = {"mailbox": secret, "contact_way": "mailbox", "consent_automated_text": "on"}
    refused = visitor.post("/mailbox/contact/", form)
    assert refused.status_code == 422
    assert "Write the phone number that we may text" in refused.content.decode()
    assert visitor.post("/mailbox/contact/", form | {"phone": "212 555 0143"}).status_code == 303
    assert Inquiry.objects.get().tell_by_text
    held = Consent.objects.get(withdrawn_at=None)
    assert (held.purpose, held.wording) == ("automated_text", consents.CURRENT)


def test_a_sentence_that_reads_otherwise_now_is_asked_anew(received, gateway):
    """Who agreed to other words must not find the new ones ticked."""
    Inquiry.objects.update(tell_by_text=False)
    Consent.objects.update(wording="2026-11")
    assert consents.held_by(received.inquiry) == []
    consents.replace(received.inquiry, ["automated_text"], "en", NOON)
    assert list(Consent.objects.order_by("id").values_list("wording", "withdrawn_at")) == [("2026-11", NOON), (consents.CURRENT, None)]


def test_their_copy_says_that_they_asked_for_it(received):
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    secret = re.search(r'name="mailbox" value="([^"]+)"', visitor.get("/mailbox/contact/").content.decode()).group(1)
    copy = visitor.post("/mailbox/copy/", {"mailbox": secret}).json()
    assert copy["how_to_reach_you"]["tell_by_text"] is True
    assert "answering STOP" in copy["you_agreed_to"][0]["sentence"]
