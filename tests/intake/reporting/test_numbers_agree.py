"""The dashboard, the export and the weekly mail count the same cases, in the days of the centre."""

import csv
import datetime as dt
import io
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from intake.models import Centre, DisclosureConsent, Holiday, Membership, Referral
from intake.notifications import weekly_report
from intake.reporting import counting, exports, reports
from intake.reporting.counting import Period

pytestmark = pytest.mark.django_db
OCTOBER = counting.month_of(dt.date(2026, 10, 1))
DASHBOARD = "/admin/intake/inquiry/dashboard/"


def file_of(luisa, period, **options):
    """Return the rows of an export as dicts."""
    text = exports.export(exports.Wanted(period, "audit", **options), by=luisa).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def received(row):
    return next(value for name, value in row.items() if name.startswith("received"))


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Santiago"])
def test_october_begins_and_ends_by_the_centres_clock(zone, riverside, arrives, luisa):
    """Two people write half an hour before and after each end of October, as the clock on Riverside's wall shows it."""
    Centre.objects.update(time_zone=zone)
    riverside.refresh_from_db()
    for local in ("2026-09-30 23:30", "2026-10-01 00:30", "2026-10-31 23:30", "2026-11-01 00:30"):
        for _person in range(5):
            arrives(received_at=dt.datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)))
    report = reports.report([riverside], OCTOBER, timezone.now())
    rows = file_of(luisa, OCTOBER)
    assert report.total == len(rows) == 10
    assert [(group.first.isoformat(), group.count) for group in report.by_day if group.count] == [("2026-10-01", 5), ("2026-10-31", 5)]
    assert Counter(received(row) for row in rows) == {"2026-10-01 00:00": 5, "2026-10-31 23:00": 5}
    assert {row["time zone"] for row in rows} == {zone}
    assert f"received, day and hour ({zone})" in rows[0]


def test_the_hour_that_the_clocks_repeat_is_in_its_day_once(riverside, arrives, luisa):
    """On 1 November 2026 New York has 1:30 twice, and the day has 25 hours."""
    day = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 1))
    first = dt.datetime(2026, 11, 1, 4, 0, tzinfo=dt.UTC)  # midnight
    for hours in (0, 1.5, 2.5, 24.99, 25):
        for _person in range(5):
            arrives(received_at=first + dt.timedelta(hours=hours))
    report = reports.report([riverside], day, timezone.now())
    rows = file_of(luisa, day)
    assert report.total == len(rows) == 20
    assert {hour: count for hour, count in enumerate(report.by_week[6]) if count} == {0: 5, 1: 10, 23: 5}


def test_the_hour_that_the_clocks_skip_makes_a_shorter_day(riverside, arrives):
    day = Period(dt.date(2026, 3, 8), dt.date(2026, 3, 8))
    begin, end = day.moments("America/New_York")
    assert end - begin == dt.timedelta(hours=23)


def test_each_centre_counts_its_own_days(riverside, harbor, arrives, luisa):
    """Luisa leads Riverside in New York and Harbor in Auckland; both have somebody who wrote on the evening of 31 October."""
    harbor.time_zone = "Pacific/Auckland"
    harbor.save()
    Membership.objects.create(user=luisa, centre=harbor, role="lead")
    luisa.refresh_from_db()
    for centre in (riverside, harbor):
        for day in (dt.date(2026, 10, 31), dt.date(2026, 11, 1)):
            for _person in range(5):
                arrives(centre=centre, received_at=dt.datetime.combine(day, dt.time(0, 30), ZoneInfo(centre.time_zone)))
    report = reports.report([riverside, harbor], OCTOBER, timezone.now())
    rows = file_of(luisa, OCTOBER)
    assert report.total == len(rows) == 10
    assert {received(row) for row in rows} == {"2026-10-31 00:00"}
    assert {row["time zone"] for row in rows} == {"America/New_York", "Pacific/Auckland"}


@pytest.fixture
def last_week(riverside, arrives, amara):
    """What happened at Riverside last week, Monday the 16th to Sunday the 22nd, with something of every kind."""
    tuesday = dt.datetime(2026, 11, 17, 10, tzinfo=ZoneInfo(riverside.time_zone))
    due = tuesday + dt.timedelta(hours=1)
    in_time = {"first_response_at": tuesday + dt.timedelta(minutes=20), "response_minutes": 20}
    late = {"first_response_at": due + dt.timedelta(hours=2), "response_minutes": 180}
    reached = {"contact_minutes": 60}
    closed = {"state": "closed", "closed_at": due}
    kinds = [
        (7, in_time),
        (5, {**in_time, **reached}),
        (6, {**in_time, **reached, **closed, "outcome": "admitted"}),
        (5, {**in_time, **closed, "outcome": "referred"}),
        (5, late),
        (6, {}),  # the promise ran out
        (5, {"answer_by": timezone.now() + dt.timedelta(days=9)}),
        (8, {**closed, "outcome": "spam"}),
        (5, {**closed, "outcome": "withdrawn", "closed_at": due - dt.timedelta(minutes=1)}),
        (5, {**closed, "outcome": "withdrawn", "closed_at": due + dt.timedelta(hours=5)}),
        (5, {**closed, "outcome": "duplicate"}),
        (5, {"is_drill": True}),
    ]
    cases = [[arrives(**{"received_at": tuesday, "answer_by": due, **columns}) for _person in range(number)] for number, columns in kinds]
    for case in cases[0][:5]:  # a place elsewhere was offered, and declined
        consent = DisclosureConsent.objects.create(
            inquiry=case, way="spoken", given_at=tuesday, expires_at=due, recorded_by=amara, sealed=b""
        )
        Referral.objects.create(inquiry=case, consent=consent, state="declined", offered_at=tuesday, answer_by=due)
    arrives(received_at=dt.datetime(2026, 11, 23, 0, 5, tzinfo=tuesday.tzinfo))  # this week's
    return counting.last_week(dt.date(2026, 11, 25))


def test_dashboard_export_and_weekly_mail_say_the_same(last_week, riverside, luisa, client):
    luisa.email = "luisa@example.org"
    luisa.save()
    Membership.objects.filter(user=luisa).update(weekly_report=True)
    client.force_login(luisa)
    page = " ".join(client.get(f"{DASHBOARD}?period=last-week").content.decode().split())
    weekly_report.send_due(timezone.now())
    letter = mail.outbox[0].body
    rows = file_of(luisa, last_week)
    report = reports.report([riverside], last_week, timezone.now())

    counted = [row for row in rows if row["counted in reports"] == "yes"]
    assert len(rows) == report.arrived == 62
    assert len(counted) == report.total == 39
    assert "39 <small> of 62 that arrived </small>" in page
    assert "Inquiries: 39\n" in letter
    assert "merged): 23\n" in letter

    promises = Counter(row["promise of the first answer"] for row in rows)
    assert promises == {"kept": 23, "broken": 16, "not due yet": 5, "": 18}
    assert (report.kept, report.promised, report.not_due) == (23, 39, 5)
    assert "23 of 39 promises that were due or kept" in page
    assert "Answered within the promise: 59 % (23 of 39 promises that were due or kept)" in letter

    steps = Counter(row["furthest step"] for row in counted)
    assert steps == {"asked for help": 18, "reached": 5, "offered a place": 10, "admitted": 6}
    assert [(cell.label, cell.count) for cell in report.steps] == [
        ("asked for help", 39),
        ("reached", 21),
        ("offered a place", 16),
        ("admitted", 6),
    ]
    assert "16 of 39 (41 %)" in page

    minutes = sorted(
        int(row["minutes to first answer (opening hours)"]) for row in counted if row["minutes to first answer (opening hours)"]
    )
    assert len(minutes) == report.first_response.cases == 28
    assert sorted({*minutes}) == [20, 180]
    assert f"20 min (half), {minutes[int(len(minutes) * 0.9)]} min (nine of ten)" in letter
    assert sum(report.spread) == report.total


def test_a_file_begins_with_the_names_of_its_columns(last_week, luisa):
    text = exports.export(exports.Wanted(last_week, "audit"), by=luisa).decode("utf-8-sig")
    [head, *lines] = csv.reader(io.StringIO(text))
    assert head[0] == "received, day and hour (America/New_York)"
    assert {len(line) for line in lines} == {len(head)}


def test_the_export_page_offers_the_months_of_the_centre(luisa, riverside, client):
    """At Auckland it is already Tuesday, 1 December, when Luisa opens the page on Monday."""
    riverside.time_zone = "Pacific/Auckland"
    riverside.save()
    assert counting.month_before(counting.today([riverside], dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC))).first == dt.date(2026, 11, 1)
    client.force_login(luisa)
    page = " ".join(client.get("/admin/intake/inquiry/export/?month=2026-09").content.decode().split())
    assert 'value="2026-09-01"' in page
    assert 'value="2026-09-30"' in page
    assert "Days and hours are in Auckland time" in page


def test_what_came_outside_the_opening_hours_is_counted(riverside, arrives):
    friday = dt.datetime(2026, 11, 20, tzinfo=ZoneInfo(riverside.time_zone))
    for hour, number in ((8, 6), (9, 7), (16, 8), (17, 9)):
        for _person in range(number):
            arrives(received_at=friday + dt.timedelta(hours=hour, minutes=59))
    Holiday.objects.create(centre=riverside, day=friday.date())  # the hours are the usual ones
    report = reports.report([riverside], Period(friday.date(), friday.date()), timezone.now())
    assert report.outside_hours == 15


def test_centres_with_other_hours_have_no_common_outline(riverside, harbor, arrives):
    report = reports.report([riverside, harbor], OCTOBER, timezone.now())
    assert (report.hours, report.outside_hours) == ([], None)
