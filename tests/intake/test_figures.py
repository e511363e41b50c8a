"""The stored figures behind the reports: what a lead reads is the same as if every case had been counted anew."""

import datetime as dt
import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import figures, reports, submission, triage
from intake.models import Centre, DayFigures, Event, FiguresMark, Holiday, Inquiry

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def months(riverside, harbor, said):
    """Receive twelve cases over forty days at two centres, long enough ago that every event of theirs is settled."""
    now = timezone.now()
    cases = []
    for number in range(12):
        case = submission.receive(said, form_token=secrets.token_bytes(16)).inquiry
        received = now - DAY * (3 * number + 1)
        Inquiry.objects.filter(pk=case.pk).update(
            received_at=received,
            centre=harbor if number % 3 == 2 else riverside,
            answer_by=received + dt.timedelta(hours=1),
            guide_slug=f"guide-{number % 2}",
            **({} if number % 2 else {"first_response_at": received + dt.timedelta(minutes=30 * number)}),
        )
        case.refresh_from_db()
        cases.append(case)
    Event.objects.update(at=now - DAY)
    return cases


def whole(pages, now):
    """Return the report from the stored figures, and from the cases alone."""
    stored = reports.report(pages, now - 60 * DAY, now)
    FiguresMark.objects.all().delete()
    counted = reports.report(pages, now - 60 * DAY, now)
    return stored, counted


def both(riverside, harbor):
    return [riverside.pk, harbor.pk]


def test_a_report_from_stored_figures_is_the_one_counted_from_the_cases(months, riverside, harbor):
    now = timezone.now()
    assert figures.refresh(now)["days_counted"] > 100
    stored, counted = whole(both(riverside, harbor), now)
    assert stored == counted
    assert stored.total == 12


def test_the_cases_of_stored_days_are_not_read_again(months, riverside, harbor):
    now = timezone.now()
    figures.refresh(now)
    # Behind the back of the figures: without an event, which no step of ours leaves out.
    Inquiry.objects.filter(pk=months[5].pk).update(guide_slug="other")
    assert {"guide-0", "guide-1"} == {cell.label for cell in reports.report(both(riverside, harbor), now - 60 * DAY, now).by_guide}


def reply(case, person):
    triage.reply(case.pk, "We can help.", by=person, version=Inquiry.objects.get(pk=case.pk).version)


def attempt(case, person):
    version = Inquiry.objects.get(pk=case.pk).version
    triage.log_attempt(case.pk, by=person, version=version, way="phone", outcome="reached", note="")


def close(case, person):
    triage.close(case.pk, by=person, version=Inquiry.objects.get(pk=case.pk).version, outcome="informed")


def spam(case, person):
    triage.close(case.pk, by=person, version=Inquiry.objects.get(pk=case.pk).version, outcome="spam")


def hand_over(case, person):
    triage.hand_over(case.pk, Centre.objects.get(slug="harbor"), by=person, version=Inquiry.objects.get(pk=case.pk).version)


@pytest.mark.parametrize("step", [reply, attempt, close, spam, hand_over])
def test_a_step_on_an_old_case_is_in_the_next_report(step, months, riverside, harbor, amara):
    now = timezone.now()
    figures.refresh(now)
    before = reports.report(both(riverside, harbor), now - 60 * DAY, now)
    step(months[3], amara)
    later = timezone.now()
    stored, counted = whole(both(riverside, harbor), later)
    assert stored == counted
    figures.refresh(later)
    refreshed = reports.report(both(riverside, harbor), later - 60 * DAY, later)
    assert refreshed == counted
    assert vars(refreshed) | {"made_at": None} != vars(before) | {"made_at": None}


def test_an_event_that_is_committed_late_is_not_missed(months, riverside, harbor, amara):
    """An id is given before its transaction ends: the figures are stored between the two."""
    close(months[3], amara)
    now = timezone.now()
    Inquiry.objects.filter(pk=months[3].pk).update(state="new", outcome="")
    figures.refresh(now)
    Inquiry.objects.filter(pk=months[3].pk).update(state="closed", outcome="informed")
    stored, counted = whole(both(riverside, harbor), now)
    assert stored == counted


def test_other_opening_hours_count_all_days_anew(months, riverside, harbor):
    now = timezone.now()
    figures.refresh(now)
    for ago in range(10):
        Holiday.objects.create(centre=riverside, day=(now - ago * DAY).date())
    stored, counted = whole(both(riverside, harbor), now)
    assert stored == counted
    figures.refresh(now)
    assert {row.clock for row in DayFigures.objects.filter(centre=riverside)} == {figures.clock_of(riverside)}


def test_a_promise_that_runs_out_later_is_counted_when_it_has(months, riverside, harbor):
    now = timezone.now()
    Inquiry.objects.filter(pk=months[3].pk).update(answer_by=now + DAY)
    figures.refresh(now)
    centres = both(riverside, harbor)
    promised = [reports.report(centres, now - 60 * DAY, moment).promised for moment in (now, now + 2 * DAY)]
    assert promised[1] == promised[0] + 1


def test_refreshing_again_counts_nothing_anew(months):
    now = timezone.now()
    figures.refresh(now)
    assert figures.refresh(now)["days_counted"] == 0


def test_figures_older_than_any_report_are_forgotten(months, riverside):
    now = timezone.now()
    figures.refresh(now)
    figures.refresh(now + 30 * DAY)
    assert DayFigures.objects.earliest("day").day > (now - 70 * DAY).date()


def test_a_report_asks_as_many_queries_whatever_it_counts(months, riverside, harbor, amara):
    now = timezone.now()
    figures.refresh(now)
    reply(months[9], amara)
    numbers = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            reports.report(both(riverside, harbor), now - 60 * DAY, timezone.now())
        numbers.append(len(captured))
        for case in (months[1], months[3], months[6]):
            reply(case, amara)
    assert numbers[0] == numbers[1] <= 9
