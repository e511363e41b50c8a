"""The reports: what a lead reads is what happened, and stays what it was."""

import datetime as dt
import secrets
import statistics

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import triage
from intake.models import Centre, Holiday, Inquiry, OpeningHours
from intake.reporting import reports
from intake.reporting.counting import last_days
from intake.retention import erasure
from intake.submission import receive

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
WEDNESDAY_TEN = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)  # 10 o'clock at Riverside, which opens at nine


def at(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)


def attempt(case, person, outcome="reached"):
    case.refresh_from_db()
    triage.log_attempt(case, by=person, version=case.version, way="phone", outcome=outcome, note="")


def reply(case, person):
    case.refresh_from_db()
    triage.reply(case, text="We can help.", by=person, version=case.version)


@pytest.fixture
def answered_in_two_hours(riverside, inquiry_data, amara, monkeypatch):
    """Six inquiries that arrived on a Wednesday at ten, and whose senders Amara reached at noon."""
    cases = []
    for _number in range(6):
        at(monkeypatch, WEDNESDAY_TEN)
        case = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
        at(monkeypatch, WEDNESDAY_TEN + 2 * HOUR)
        attempt(case, amara)
        cases.append(case)
    return cases


def test_other_opening_hours_do_not_change_the_times_of_last_month(answered_in_two_hours, riverside):
    """Luisa, the lead, lets Riverside open at eleven from today on, and closes it on a day that has passed."""
    later = WEDNESDAY_TEN + 20 * DAY
    before = reports.report([riverside], last_days(30, later.date()), later)
    assert (before.first_response.median, before.first_contact.p90, before.first_contact.cases) == (120, 120, 6)
    OpeningHours.objects.filter(centre=riverside).update(opens=dt.time(11))
    Holiday.objects.create(centre=riverside, day=WEDNESDAY_TEN.date())
    after = reports.report([riverside], last_days(30, later.date()), later)
    assert (after.first_response, after.first_contact) == (before.first_response, before.first_contact)


def test_a_night_between_does_not_count(riverside, inquiry_data, amara, monkeypatch):
    at(monkeypatch, WEDNESDAY_TEN + 6 * HOUR)
    case = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
    at(monkeypatch, WEDNESDAY_TEN + DAY)
    attempt(case, amara, outcome="no_answer")
    at(monkeypatch, WEDNESDAY_TEN + DAY + HOUR)
    attempt(case, amara)
    case.refresh_from_db()
    assert (case.response_minutes, case.contact_minutes) == (120, 180)


def test_a_second_answer_is_not_the_first(answered_in_two_hours, amara, monkeypatch):
    at(monkeypatch, WEDNESDAY_TEN + 3 * HOUR)
    reply(answered_in_two_hours[0], amara)
    answered_in_two_hours[0].refresh_from_db()
    assert answered_in_two_hours[0].response_minutes == 120


@pytest.fixture
def forty_days(riverside, harbor, inquiry_data):
    """Twelve inquiries over forty days, four of them at Harbor in another time zone."""
    harbor.time_zone = "Pacific/Auckland"
    harbor.save()
    now = timezone.now()
    cases = []
    for number in range(12):
        case = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
        received = now - DAY * (3 * number + 1)
        Inquiry.objects.filter(pk=case.pk).update(
            received_at=received,
            centre=harbor if number % 3 == 2 else riverside,
            answer_by=received + HOUR,
            guide_slug=f"guide-{number % 2}",
            **({} if number % 2 else {"first_response_at": received + dt.timedelta(minutes=30 * number), "response_minutes": 30 * number}),
        )
        case.refresh_from_db()
        cases.append(case)
    return cases


def of_both(riverside, harbor, now, days=60):
    # Until tomorrow: in Auckland it is.
    return reports.report([riverside, harbor], last_days(days, now.date() + DAY), now)


def close(case, person, outcome="informed"):
    case.refresh_from_db()
    triage.close(case, by=person, version=case.version, outcome=outcome)


def spam(case, person):
    close(case, person, outcome="spam")


def hand_over(case, person):
    case.refresh_from_db()
    triage.hand_over(case, to=Centre.objects.get(slug="harbor"), by=person, version=case.version)


def withdraw(case, person):
    erasure.withdraw(Inquiry.objects.get(pk=case.pk))


@pytest.mark.parametrize("step", [reply, attempt, close, spam, hand_over, withdraw])
def test_a_step_on_an_old_case_is_in_the_next_report(step, forty_days, riverside, open_harbor, amara):
    now = timezone.now()
    before = of_both(riverside, open_harbor, now)
    step(forty_days[3], amara)
    after = of_both(riverside, open_harbor, now)
    assert vars(after) != vars(before)


def test_what_arrived_since_is_counted(forty_days, riverside, harbor, inquiry_data):
    assert of_both(riverside, harbor, timezone.now()).total == 12
    for _case in range(5):
        receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    assert of_both(riverside, harbor, timezone.now()).total == 17


def test_days_and_hours_are_those_of_the_centres_clock(forty_days, riverside, harbor):
    """In New York the clocks are turned back between 1:50 and 1:05 of this Sunday; in Auckland it is evening."""
    summer, winter = dt.datetime(2026, 11, 1, 5, 50, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, 6, 5, tzinfo=dt.UTC)
    Inquiry.objects.update(received_at=summer)
    Inquiry.objects.filter(pk__in=[case.pk for case in forty_days[6:]]).update(received_at=winter)
    for centre, hours in ((riverside, {1: 12}), (harbor, {18: 6, 19: 6})):
        Inquiry.objects.update(centre=centre)
        made = reports.report([centre], last_days(10, dt.date(2026, 11, 5)), winter + DAY)
        assert {hour: count for hour, count in enumerate(made.by_week[6]) if count} == hours
        assert sum(count for day in made.by_week for count in day) == 12
        assert [group for group in made.by_day if group.count] == [reports.Days(dt.date(2026, 11, 1), dt.date(2026, 11, 1), 12)]


def test_a_promise_that_runs_out_later_is_counted_when_it_has(forty_days, riverside, harbor):
    now = timezone.now()
    Inquiry.objects.filter(pk=forty_days[3].pk).update(answer_by=now + DAY)
    made = [reports.report([riverside, harbor], last_days(60, now.date()), moment) for moment in (now, now + 2 * DAY)]
    assert [(report.promised, report.not_due) for report in made] == [(11, 1), (12, 0)]


def test_a_report_asks_as_many_queries_whatever_it_counts(forty_days, riverside, harbor, amara):
    reply(forty_days[9], amara)
    numbers = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            of_both(riverside, harbor, timezone.now())
        numbers.append(len(captured))
        for case in (forty_days[1], forty_days[3], forty_days[6]):
            reply(case, amara)
    # Two of them are the opening hours of the two centres, which the dashboard reads with the centres.
    assert numbers[0] == numbers[1] <= 10


@pytest.mark.parametrize("minutes", [[0, 1, 5, 20, 300], [30] * 3 + [10, 90, 91], [*range(40), 7, 7]], ids=["odd", "even", "many"])
def test_the_median_and_the_slow_tenth_are_exact(minutes, riverside, inquiry_data):
    for number in minutes:
        case = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
        Inquiry.objects.filter(pk=case.pk).update(contact_minutes=number)
    receive.receive(inquiry_data, form_token=secrets.token_bytes(16))  # somebody who was not reached yet
    now = timezone.now()
    times = reports.report([riverside], last_days(2, now.date()), now).first_contact
    assert times == reports.Times(statistics.median(minutes), sorted(minutes)[int(len(minutes) * 0.9)], len(minutes))
