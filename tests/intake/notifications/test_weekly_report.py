"""The weekly numbers by e-mail: once, on Monday morning, to leads who want them, and nothing but numbers."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from intake.models import Membership
from intake.notifications import weekly_report

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = dt.datetime(2026, 11, 23, 7, 0, tzinfo=NEW_YORK)


@pytest.fixture
def wants_it(luisa):
    luisa.email = "luisa@example.org"
    luisa.save()
    Membership.objects.filter(user=luisa).update(weekly_report=True)
    return luisa


def last_week(arrives, count, **columns):
    wednesday = dt.datetime(2026, 11, 18, 10, 0, tzinfo=NEW_YORK)
    return [arrives(received_at=wednesday, answer_by=wednesday + dt.timedelta(hours=1), **columns) for _case in range(count)]


def test_the_numbers_of_last_week_and_no_word_about_anybody(arrives, wants_it, amara):
    wednesday = dt.datetime(2026, 11, 18, 10, 0, tzinfo=NEW_YORK)
    cases = last_week(arrives, 6, first_response_at=wednesday + dt.timedelta(minutes=20), response_minutes=20, claimed_by=amara)
    arrives(received_at=MONDAY)  # this week's
    assert weekly_report.send_due(MONDAY) == {"weekly_reports_sent": 1}
    [letter] = mail.outbox
    assert letter.to == ["luisa@example.org"]
    assert letter.subject == "Numbers of last week"
    assert (
        letter.body
        == """Riverside, 16 Nov – 22 Nov 2026 (America/New_York)

Inquiries: 6
Left out (spam or looked automatic, withdrawn, merged): 0
Answered within the promise: 100 % (6 of 6 promises that were due or kept)
Time to the first answer: 20 min (half), 20 min (nine of ten)
Time until reached: too few to say

As of 23 Nov, 12:00 p.m. (UTC):
Open now: 7
Taken by nobody now: fewer than 5

The same numbers with charts are on the dashboard:
http://127.0.0.1:8000/admin/intake/inquiry/dashboard/?period=last-week&centre={centre}

Please do not answer this e-mail. Nobody reads the answers.
""".replace("{centre}", str(cases[0].centre_id))
    )
    assert not any(case.reference in letter.body for case in cases)


def test_few_are_not_counted_out(arrives, wants_it):
    last_week(arrives, 3)
    weekly_report.send_due(MONDAY)
    assert "Inquiries: fewer than 5\n" in mail.outbox[0].body


def test_it_comes_once_a_week_from_seven_on_mondays(wants_it):
    for hours, mails in ((-1, 0), (0, 1), (1, 1), (24 * 6, 1), (24 * 7, 2)):
        weekly_report.send_due(MONDAY + dt.timedelta(hours=hours))
        assert len(mail.outbox) == mails, hours


def test_a_mail_server_that_is_down_is_tried_again(wants_it, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refuse)
        assert weekly_report.send_due(MONDAY) == {"weekly_reports_sent": 0}
    assert weekly_report.send_due(MONDAY) == {"weekly_reports_sent": 1}


@pytest.mark.parametrize("change", [{"weekly_report": False}, {"role": "triage"}])
def test_only_leads_who_want_it_get_it(wants_it, change):
    Membership.objects.update(**change)
    weekly_report.send_due(MONDAY)
    assert mail.outbox == []


def test_the_lead_reads_it_in_their_language_and_at_their_hour(arrives, wants_it):
    """Luisa leads Riverside from Madrid, where it is already Monday morning while New York sleeps."""
    wants_it.time_zone = "Europe/Madrid"
    wants_it.save()
    Membership.objects.filter(user=wants_it).update(report_language="es")
    last_week(arrives, 6)
    weekly_report.send_due(MONDAY - dt.timedelta(hours=5))
    assert mail.outbox == []
    weekly_report.send_due(MONDAY)
    [letter] = mail.outbox
    assert letter.subject == "Números de la semana pasada"
    assert "Solicitudes: 6\n" in letter.body
    assert "El 23 Nov, 1:00 p.\u00a0m. (Europe/Madrid)" in letter.body


def test_a_lead_further_west_is_not_woken(wants_it):
    wants_it.time_zone = "Pacific/Honolulu"
    wants_it.save()
    for hours, mails in ((0, 0), (4, 0), (5, 1)):
        weekly_report.send_due(MONDAY + dt.timedelta(hours=hours))
        assert len(mail.outbox) == mails, hours
