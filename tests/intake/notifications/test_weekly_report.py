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
        == """Riverside, 16 Nov – 22 Nov 2026

New: 6
Answered within the promise: 100 %
Time to the first answer: 20 min (half), 20 min (nine of ten)
Time until reached: too few to say
Open now: 7
Taken by nobody now: fewer than 5

More is on the dashboard:
http://127.0.0.1:8000/admin/intake/inquiry/dashboard/

Please do not answer this e-mail. Nobody reads the answers.
"""
    )
    assert not any(case.reference in letter.body for case in cases)


def test_few_are_not_counted_out(arrives, wants_it):
    last_week(arrives, 3)
    weekly_report.send_due(MONDAY)
    assert "New: fewer than 5\n" in mail.outbox[0].body


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
