"""The stored figures behind the reports: what a lead reads is the same as if every case had been counted anew."""

import datetime as dt
import random
import secrets

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import triage
from intake.cases import events
from intake.models import Centre, Event, FiguresMark, Holiday, Inquiry, StoredFigures
from intake.reporting import figures, reports
from intake.retention import erasure
from intake.submission import receive

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def months(riverside, harbor, said):
    """Receive twelve cases over forty days at two centres, long enough ago that every event of theirs is settled."""
    now = timezone.now()
    cases = []
    for number in range(12):
        case = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
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


def whole(pages, now, days=60):
    """Return the report from the stored figures, and from the cases alone."""
    stored = reports.report(pages, now - days * DAY, now)
    with transaction.atomic():
        FiguresMark.objects.all().delete()
        counted = reports.report(pages, now - days * DAY, now)
        transaction.set_rollback(True)
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
    triage.reply(case, text="We can help.", by=person, version=Inquiry.objects.get(pk=case.pk).version)


def attempt(case, person):
    version = Inquiry.objects.get(pk=case.pk).version
    triage.log_attempt(case, by=person, version=version, way="phone", outcome="reached", note="")


def close(case, person):
    triage.close(case, by=person, version=Inquiry.objects.get(pk=case.pk).version, outcome="informed")


def spam(case, person):
    triage.close(case, by=person, version=Inquiry.objects.get(pk=case.pk).version, outcome="spam")


def hand_over(case, person):
    triage.hand_over(case, to=Centre.objects.get(slug="harbor"), by=person, version=Inquiry.objects.get(pk=case.pk).version)


def withdraw(case, person):
    erasure.withdraw(Inquiry.objects.get(pk=case.pk))


@pytest.mark.parametrize("step", [reply, attempt, close, spam, hand_over, withdraw])
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


@pytest.mark.parametrize("step", [reply, attempt, close, spam, hand_over, withdraw])
def test_a_step_on_a_case_of_today_is_in_the_next_report(step, months, riverside, harbor, amara):
    now = timezone.now()
    Inquiry.objects.filter(pk=months[3].pk).update(received_at=now - dt.timedelta(minutes=3))
    figures.refresh(now)
    step(months[3], amara)
    later = timezone.now()
    stored, counted = whole(both(riverside, harbor), later)
    assert stored == counted


def test_what_arrived_since_is_counted(months, riverside, harbor, said):
    figures.refresh(timezone.now() - dt.timedelta(minutes=5))
    for _case in range(5):
        receive.receive(said, form_token=secrets.token_bytes(16))
    stored, counted = whole(both(riverside, harbor), timezone.now())
    assert stored == counted
    assert stored.total == 17


def test_a_day_that_ended_since_is_counted_to_its_end(months, riverside, harbor):
    """What was stored of it while it was today isn't the whole day, even when no event is newer."""
    now = timezone.now()
    Event.objects.update(at=now - 100 * DAY)
    Inquiry.objects.filter(pk=months[1].pk).update(received_at=now - 4 * DAY + dt.timedelta(minutes=1))
    figures.refresh(now - 4 * DAY)
    for days in (2, 3, 5, 60):
        stored, counted = whole(both(riverside, harbor), now, days)
        assert stored == counted
    assert stored.total == 12


def test_a_week_is_its_days_and_is_added_up_anew_when_one_of_them_changes(months, riverside, harbor, amara):
    now = timezone.now()
    assert figures.refresh(now)["stretches_added_up"] >= 2 * (12 + 2)
    case = months[9]
    day = case.received_at.astimezone(figures.zone(riverside)).date()
    monday = day - day.weekday() * DAY
    week = StoredFigures.objects.get(centre=case.centre, days=7, first=monday)
    days = StoredFigures.objects.filter(centre=case.centre, days=1, first__range=(monday, monday + 6 * DAY))
    assert week.counts["total"] == sum(day.counts["total"] for day in days) > 0
    close(case, amara)
    four = StoredFigures.objects.filter(centre=case.centre, days=28, first__range=(monday - 27 * DAY, monday))
    added_up = 1 + four.count()
    assert figures.refresh(timezone.now()) == {"days_counted": 1, "stretches_added_up": added_up}
    assert [each.counts["outcomes"] for each in four.all()] == [{"informed": 1}] * (added_up - 1)
    anew = StoredFigures.objects.get(centre=case.centre, days=7, first=monday)
    assert anew.counts["outcomes"] == {"informed": 1}


def test_weeks_that_are_missing_are_taken_from_their_days(months, riverside, harbor):
    now = timezone.now()
    figures.refresh(now)
    StoredFigures.objects.filter(days__gt=1, centre=riverside).delete()
    Inquiry.objects.filter(pk=months[5].pk).update(guide_slug="other")  # without an event, so that it shows if it is read
    stored = reports.report(both(riverside, harbor), now - 60 * DAY, now)
    assert stored.total == 12
    assert "other" not in {cell.label for cell in stored.by_guide}


def test_any_stretch_after_anything_that_happened_is_as_counted_from_the_cases(riverside, harbor, said, amara):
    chance = random.Random(11)
    Centre.objects.filter(pk=harbor.pk).update(time_zone="Pacific/Auckland")
    now = timezone.now().replace(hour=11, minute=30)
    cases = [receive.receive(said, form_token=secrets.token_bytes(16)).inquiry for _case in range(60)]
    for case in cases:
        received = now - dt.timedelta(minutes=chance.randrange(60 * 24 * 92))
        answered = received + dt.timedelta(minutes=chance.randrange(3000)) if chance.random() < 0.7 else None
        Inquiry.objects.filter(pk=case.pk).update(
            received_at=received,
            centre=chance.choice((riverside, harbor)),
            answer_by=received + dt.timedelta(hours=4),
            first_response_at=answered,
            first_contact_at=answered and answered + dt.timedelta(minutes=chance.randrange(3000)),
        )
    Event.objects.update(at=now - 100 * DAY)
    for round_ in range(6):
        if round_ != 3:
            figures.refresh(now)
        for case in chance.sample(cases, 4):
            case.refresh_from_db()
            to = chance.choice((riverside, harbor))
            Inquiry.objects.filter(pk=case.pk).update(
                centre=to, state="closed", outcome=chance.choice(("informed", "spam")), first_response_at=case.received_at + DAY
            )
            kind = Event.Kind.CLOSED if to.pk == case.centre_id else Event.Kind.HANDED_OVER
            events.record(case, kind, by=amara, from_centre=case.centre_id, to_centre=to.pk)
        for days in (7, 30, 90):
            for ids in (both(riverside, harbor), [harbor.pk]):
                stored, counted = whole(ids, now, days)
                assert stored == counted
        now += dt.timedelta(hours=chance.randrange(1, 30))
    assert counted.first_response.cases > reports.SMALLEST_CELL


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
    assert {row.clock for row in StoredFigures.objects.filter(centre=riverside)} == {figures.clock_of(riverside)}


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
    assert StoredFigures.objects.earliest("first").first > (now - 70 * DAY).date()


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
    assert numbers[0] == numbers[1] <= 12
