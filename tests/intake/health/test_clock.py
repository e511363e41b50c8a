"""A clock that was wrong destroys nothing, publishes nothing, and leaves nobody untold once it is right."""

import dataclasses
import datetime as dt
import io
import secrets

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from intake.health import bringing_back, checks, rounds, state
from intake.models import Alarm, ErasingRound, Event, Heartbeat, LegalHold, MailboxSession, Message, Notification, RetentionRule
from intake.notifications import alarms, escalation, heartbeats, outbox
from intake.scheduling import clock
from intake.submission import form_tokens, receipt_cookie, receive
from intake.triage import messages
from recovery_site.verbs import NotAllowed
from tests.articles.guides import approve, sourced
from tests.intake.notifications.alarm_night import reachable
from tests.support.housekeeping import run as housekeeping

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
MONTHS = 60 * DAY


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def believed(now):
    """Housekeeping was at work a minute ago."""
    assert clock.is_right(now - MINUTE)


@pytest.fixture
def luisa_is_told(luisa):
    return reachable(luisa)


def said_by(*arguments):
    out = io.StringIO()
    call_command("clock", *arguments, stdout=out)
    return out.getvalue()


# --- The rule ---


@pytest.mark.parametrize("jump", [4 * DAY, 3652 * DAY, -2 * DAY, -2 * dt.timedelta(hours=1)])
def test_a_clock_far_from_the_last_moment_is_not_believed(believed, now, jump):
    assert not clock.is_right(now + jump)
    assert clock.is_right(now), "and when it is right again nobody has to do anything"


def test_a_weekend_without_the_site_is_no_jump(believed, now):
    assert clock.is_right(now + 2 * DAY + dt.timedelta(hours=20))


def test_events_of_the_future_are_a_sign_of_a_wrong_clock(now):
    Event.objects.create(kind=Event.Kind.SETTINGS_CHANGED, at=now + DAY)
    assert clock.jumped(now)


def test_olga_says_that_the_clock_is_right_and_everything_goes_on(believed, now, olga, amara):
    with time_machine.travel(now + 7 * DAY):
        assert "It jumped" in said_by()
        with pytest.raises(CommandError, match="Say who"):
            said_by("--is-right")
        with pytest.raises(CommandError, match="Only the operator or a lead"):
            said_by("--is-right", "--by", "amara")
        assert "believed now" in said_by("--is-right", "--by", "olga")
        assert clock.is_right(timezone.now())
        assert "nothing waits" in said_by()
    assert Event.objects.get(kind="settings_changed").actor == olga


def test_a_person_who_left_says_nothing_about_the_clock(believed, now, olga):
    olga.is_active = False
    with pytest.raises(NotAllowed):
        clock.confirm(now, by=olga)


def test_events_of_the_future_say_nothing_where_a_moment_was_believed(believed, now):
    """They were written while the clock was wrong: waiting for them would stop erasing for as long as it was ahead."""
    Event.objects.create(kind=Event.Kind.SETTINGS_CHANGED, at=now + MONTHS)
    assert clock.is_right(now)


def test_after_events_of_the_future_a_word_is_enough(now, olga):
    Event.objects.create(kind=Event.Kind.SETTINGS_CHANGED, at=now + DAY)
    clock.confirm(now, by=olga)
    assert clock.is_right(now)


# --- What waits ---


def test_nothing_of_next_month_is_published(believed, now, edith, ruth):
    from articles.workflow import publishing, review

    guide = sourced("Sleeping again", "sleeping-again", created_by=edith, last_edited_by=edith, owner=edith)
    review.submit(guide, by=edith)
    approve(guide, by=ruth)
    publishing.schedule(guide, by=edith, publish_at=now + 30 * DAY)
    assert "guides_published" not in housekeeping(now + MONTHS)
    housekeeping(now + MINUTE)
    guide.refresh_from_db()
    assert guide.state == "approved"


def test_no_hold_ends_and_no_draft_goes(believed, now, riverside, luisa, inquiry):
    review_on = (now + 90 * DAY).date()
    LegalHold.objects.create(centre=riverside, inquiry=inquiry, reason="order", review_on=review_on, asked_by=luisa, asked_at=now)
    before = LegalHold.objects.in_force().count()
    counts = housekeeping(now + MONTHS)
    assert LegalHold.objects.in_force().count() == before
    for name in ("staff_drafts_removed", "memberships_decided", "share_links_removed"):
        assert not counts.get(name)


def test_olga_is_told_once_and_reads_it_in_the_doctor_and_on_her_pages(believed, now, olga, caplog):
    reachable(olga)
    for minute in range(3):
        rounds.watch_clock(now + MONTHS + minute * MINUTE)
    [letter] = mail.outbox
    assert letter.to == ["olga@example.org"]
    assert "The clock of the server jumped: erasing and publishing wait" in letter.body
    assert caplog.text.count("The clock of the server jumped") == 1
    assert "clock_jumped" in state.look(now + MONTHS).codes
    rounds.watch_clock(now + MINUTE)
    assert "right again" in caplog.text
    assert "clock_jumped" not in state.look(now + MINUTE).codes


def test_on_a_quiet_site_all_goes_on_within_a_minute_of_the_right_time(believed, now, arrives, riverside, olga):
    """The brake itself recorded that erasing waits, 60 days in the future, and held on until then."""
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=30)
    arrives(state="closed", outcome="spam", closed_at=now)
    with time_machine.travel(now + MONTHS):
        housekeeping(timezone.now())
        rounds.watch_clock(timezone.now())
    assert Event.objects.filter(kind="erasing_waits", at__gt=now + 59 * DAY).exists()
    assert ErasingRound.objects.filter(state="waits").exists()
    housekeeping(now)
    rounds.watch_clock(now)
    assert not ErasingRound.objects.filter(state="waits").exists()
    assert [event.data["why"] for event in Event.objects.filter(kind="settings_changed")] == ["right_again"]
    assert checks.the_clock_goes_on() == [], "nor does the doctor blame the newest event"


def test_the_hourly_check_is_made_again_once_the_clock_is_right(believed, now):
    """It had found by the wrong clock what must be mended, and would have said so for an hour more."""
    Heartbeat.objects.create(part="doctor", at=now + MONTHS, codes=["doctor.W099"])
    bringing_back.bring_back(now)
    assert rounds.examine(now)
    assert "doctor.W099" not in Heartbeat.objects.get(part="doctor").codes


def test_the_hourly_check_leaves_the_jump_to_the_mail_about_it(believed, now):
    with time_machine.travel(now + MONTHS):
        assert [found.id for found in checks.the_clock_goes_on()] == ["intake.E036"]
        rounds.examine(timezone.now())
    assert "intake.E036" not in Heartbeat.objects.get(part="doctor").codes


# --- What is brought back ---


def fan_out(now, inquiry_data, **changed):
    data = dataclasses.replace(inquiry_data, **changed)
    return receive.receive(data, form_token=secrets.token_bytes(16)).inquiry


def test_a_mail_that_a_wrong_clock_put_off_for_two_months_leaves_when_it_is_right(luisa_is_told, inquiry_data, now):
    """O11: nine fan-outs to staff were pushed to January, and stayed there."""
    luisa_is_told.memberships.update(quiet_from=dt.time(21), quiet_until=dt.time(7), notify=True)
    fan_out(now, inquiry_data)
    at_night = (now + MONTHS).replace(hour=3, minute=30)
    outbox.send_all_due(at_night)
    assert Notification.objects.get(channel="staff_email").next_attempt_at > now + 59 * DAY
    assert bringing_back.bring_back(now + MINUTE)["notifications_brought_back"] == 1
    outbox.send_all_due(now + MINUTE)
    assert [letter.to for letter in mail.outbox] == [["luisa@example.org"]]


def test_her_quiet_hours_count_all_the_same(luisa_is_told, inquiry_data, now):
    luisa_is_told.memberships.update(quiet_from=dt.time(21), quiet_until=dt.time(7), notify=True)
    fan_out(now, inquiry_data)
    outbox.send_all_due((now + MONTHS).replace(hour=3, minute=30))
    tonight = now.replace(hour=4, minute=0, second=0, microsecond=0) + DAY
    bringing_back.bring_back(tonight)
    assert Notification.objects.get(channel="staff_email").next_attempt_at == tonight.replace(hour=7), "at seven on her own clock"


def test_a_mail_that_failed_by_a_wrong_clock_is_tried_again_at_once(luisa_is_told, inquiry_data, smtp_server, settings, now):
    """O11: with the clock a day ahead and mail failing, 27 notifications stuck for a day."""
    settings.EMAIL_PORT = 1
    fan_out(now, inquiry_data)
    outbox.send_all_due(now + DAY)
    settings.EMAIL_PORT = smtp_server.port
    bringing_back.bring_back(now + MINUTE)
    outbox.send_all_due(now + MINUTE)
    assert smtp_server.recipients == ["luisa@example.org"]


def test_what_was_written_while_the_clock_was_ahead_is_sent_and_escalated_and_promised_from_now_on(luisa_is_told, inquiry_data, now):
    with time_machine.travel(now + MONTHS):
        ordinary = fan_out(now, inquiry_data)
        danger = fan_out(now, inquiry_data, message="I want to die tonight")
    assert Alarm.objects.get().next_ring_at > now + 59 * DAY
    bringing_back.bring_back(now)
    for each in (ordinary, danger):
        each.refresh_from_db()
        assert abs(each.received_at - now) < MINUTE
        assert each.answer_by < now + 5 * DAY
    assert alarms.ring_due(now) == {"alarms_rung": 1}
    outbox.send_all_due(now)
    assert mail.outbox
    assert escalation.escalate(now + 5 * DAY)["cases_escalated"] >= 1


def test_who_takes_the_case_of_an_alarm_of_the_future_ends_it(luisa_is_told, amara, inquiry_data, now):
    from intake.triage import claims

    with time_machine.travel(now + MONTHS):
        danger = fan_out(now, inquiry_data, message="I want to die tonight")
    bringing_back.bring_back(now)
    claims.claim(danger, by=amara)
    alarms.ring_due(timezone.now() + 10 * MINUTE)
    assert Alarm.objects.get().acknowledged_by == amara


def test_a_reply_that_was_written_while_the_clock_was_ahead_is_shown(inquiry, amara, settings, now):
    settings.TAKE_BACK_SECONDS = 15
    with time_machine.travel(now + MONTHS):
        messages.reply(inquiry, by=amara, version=inquiry.version, text="We can see you on Monday.")
    assert Message.objects.get(sender="staff").visible_from > now + 59 * DAY
    assert bringing_back.bring_back(now)["replies_brought_back"] == 1
    assert Message.objects.get(sender="staff").visible_from == now


def test_a_mailbox_that_was_open_closes_after_its_minutes(inquiry, now):
    MailboxSession.objects.create(token_hash=b"t" * 32, inquiry=inquiry, wrapped=b"w", expires_at=now + MONTHS)
    bringing_back.bring_back(now)
    assert MailboxSession.objects.get().expires_at <= now + 15 * MINUTE


def test_a_sign_of_life_of_the_future_hides_no_silence(now):
    Heartbeat.objects.create(part="worker", at=now + MONTHS)
    assert heartbeats.silent(now) == ["worker"]
    bringing_back.bring_back(now)
    assert heartbeats.silent(now) == [], "it has its five minutes from now on"
    assert heartbeats.silent(now + 6 * MINUTE) == ["worker"]


def test_while_the_clock_is_right_nothing_is_brought_back(luisa_is_told, inquiry_data, now, django_assert_num_queries):
    fan_out(now, inquiry_data, message="I want to die tonight")
    outbox.send_all_due(now)
    with django_assert_num_queries(6):
        assert not any(bringing_back.bring_back(now).values())


# --- Two servers whose clocks differ a little ---


def test_a_message_to_be_sent_at_once_is_sent_at_once_by_a_worker_that_is_behind(luisa_is_told, inquiry_data, now):
    with time_machine.travel(now + 4 * MINUTE, tick=False):
        fan_out(now, inquiry_data)
    outbox.send_all_due(now)
    assert [letter.to for letter in mail.outbox] == [["luisa@example.org"]]


def test_an_alarm_of_a_server_that_is_ahead_rings_at_once(inquiry, now):
    Alarm.objects.create(inquiry=inquiry, opened_at=now + 4 * MINUTE, next_ring_at=now + 4 * MINUTE)
    assert alarms.ring_due(now) == {"alarms_rung": 1}
    assert alarms.ring_due(now) == {"alarms_rung": 0}


@pytest.mark.parametrize(("minutes", "is_shown"), [(4, True), (-14, True), (6, False), (-16, False)])
def test_the_words_are_shown_by_a_server_whose_clock_differs(now, minutes, is_shown):
    """O12: a server that was a second ahead cost the visitor the only key."""
    packed = receipt_cookie.pack(receipt_cookie.Sent(["one"], "en", "K7M2-9QXD", now.isoformat()), now + minutes * MINUTE)
    assert (receipt_cookie.unpack(packed) is not None) is is_shown


@pytest.mark.parametrize(("packed_at", "read_at"), [(0 * DAY, MONTHS), (MONTHS, 0 * DAY)], ids=["ahead", "back"])
def test_who_sends_the_form_at_the_very_moment_of_a_jump_sees_the_words(believed, now, packed_at, read_at):
    packed = receipt_cookie.pack(receipt_cookie.Sent(["one"], "en", "K7M2-9QXD", now.isoformat()), now + packed_at)
    with time_machine.travel(now + read_at):
        assert receipt_cookie.unpack(packed) is not None


def test_words_that_were_old_before_the_jump_stay_away(believed, now):
    packed = receipt_cookie.pack(receipt_cookie.Sent(["one"], "en", "K7M2-9QXD", now.isoformat()), now - 20 * MINUTE)
    for moment in (now, now + MONTHS):
        with time_machine.travel(moment):
            assert receipt_cookie.unpack(packed) is None


def test_a_form_of_a_server_that_is_ahead_was_not_filled_in_too_fast(now):
    with time_machine.travel(now + 4 * MINUTE):
        token = form_tokens.issue()
    assert form_tokens.read(token).age == 300
    assert not form_tokens.read(token).is_expired
