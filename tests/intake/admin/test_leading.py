"""Pages for leads: reports, exports, absences, the shift hand-over."""

import csv
import datetime as dt
import io
import re
import zipfile
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from intake import triage
from intake.models import ExportRecord, Holiday, Inquiry
from intake.reporting import exports, reports
from intake.reporting.counting import last_days
from intake.reporting.suppression import Cell, suppressed
from intake.scheduling import response_times
from intake.scheduling.opening_hours import CentreHours
from recovery_site.verbs import NotAllowed

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
HERE = "/admin/intake/inquiry/"
DASHBOARD = HERE + "dashboard/"


def at(day, hour, minute=0):
    """Return a time in November 2026 in New York; the 20th is a Friday."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (at(20, 10), at(20, 10, 30), 30),
        (at(20, 16, 50), at(23, 9, 10), 20),  # a weekend between
        (at(21, 8), at(22, 20), 0),  # the weekend itself
        (at(20, 10), at(20, 9), 0),
    ],
)
def test_the_clock_counts_opening_hours(riverside, start, end, minutes):
    assert CentreHours(riverside).minutes_between(start, end) == minutes


def test_a_holiday_is_not_counted_and_moves_the_deadline(riverside):
    Holiday.objects.create(centre=riverside, day=dt.date(2026, 11, 23))
    assert CentreHours(riverside).minutes_between(at(20, 16, 50), at(24, 9, 10)) == 20
    assert response_times.response_due_at(riverside, 60, at(20, 16, 30)) == at(24, 9, 30)


def fill(arrives, count, **columns):
    return [arrives(received_at=timezone.now() - dt.timedelta(hours=2), **columns) for _case in range(count)]


def report_of(centre):
    now = timezone.now()
    return reports.report([centre], last_days(7, now.date()), now)


def test_numbers_under_five_are_not_broken_down(arrives, riverside):
    fill(arrives, 4, guide_slug="rare")
    fill(arrives, 5, guide_slug="common")
    fill(arrives, 6, guide_slug="commonest")
    shown = {cell.label: cell.count for cell in report_of(riverside).by_guide}
    # With the total beside it, "rare" alone would be 15 - 5 - 6.
    assert shown == {"commonest": 6, "common": None, "rare": None}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([9, 8, 5], [9, 8, 5]),
        ([9, 8, 4], [9, None, None]),
        ([9, 8, 0, 3], [9, None, 0, None]),
        ([9, 8, 3, 4], [9, 8, None, None]),  # together 7: neither follows
        ([9, 8, 1, 1], [9, None, None, None]),  # together 2: both would
        ([9, 8, 1, 0, 2], [9, None, None, 0, None]),
        ([0, 3], [None, None]),
        ([], []),
    ],
)
def test_no_small_number_follows_by_subtraction(counts, shown):
    cells = suppressed([Cell(str(place), count) for place, count in enumerate(counts)])
    assert [cell.count for cell in cells] == shown


def test_a_colleagues_few_cases_are_shown_to_their_lead_and_not_to_an_auditor(arrives, amara, luisa, edith, client):
    edith.groups.set([Group.objects.get(name="auditor")])
    arrives(claimed_by=amara)
    for person, seen in ((luisa, True), (edith, False)):
        client.force_login(person)
        page = "".join(client.get(HERE + "dashboard/").content.decode().split())
        assert ('<thscope="row">AmaraDiallo</th><td>1</td>' in page) == seen


def test_a_long_period_is_shown_by_weeks(arrives, riverside):
    now = timezone.now()
    fill(arrives, 5)
    report = reports.report([riverside], last_days(90, now.date()), now)
    assert len(report.by_day) in {13, 14}
    assert {(group.last - group.first).days for group in report.by_day[1:-1]} == {6}
    assert [group.count for group in report.by_day if group.count] == [5]


def test_times_and_the_promise_are_shown_once_there_are_enough(arrives, riverside):
    now = timezone.now()
    received = now - dt.timedelta(hours=3)
    for minutes in (10, 20, 30, 40, 50):
        assert report_of(riverside).first_response.median is None
        answered = received + dt.timedelta(minutes=minutes)
        arrives(received_at=received, first_response_at=answered, response_minutes=minutes, answer_by=received + dt.timedelta(minutes=25))
    made = report_of(riverside)
    assert (made.first_response.median, made.first_response.p90, made.kept, made.promised) == (30, 50, 2, 5)


def test_a_deadline_that_passed_unanswered_counts_as_missed(arrives, riverside):
    fill(arrives, 5, answer_by=timezone.now() - dt.timedelta(hours=1))
    assert (report_of(riverside).kept, report_of(riverside).promised) == (0, 5)


@pytest.mark.parametrize("outcome", ["withdrawn", "duplicate"])
def test_a_request_withdrawn_in_time_does_not_count_as_unanswered(arrives, riverside, outcome):
    now = timezone.now()
    promised = now - dt.timedelta(hours=1)
    fill(arrives, 4, answer_by=promised, first_response_at=promised - dt.timedelta(minutes=5))
    fill(arrives, 1, answer_by=promised, state="closed", outcome=outcome, closed_at=promised - dt.timedelta(minutes=5))
    assert report_of(riverside).kept_share is None  # of four
    fill(arrives, 1, answer_by=promised, state="closed", outcome=outcome, closed_at=promised + dt.timedelta(minutes=5))
    assert report_of(riverside).kept_share == 80


def test_the_days_add_up_to_the_total(arrives, riverside, harbor):
    """Across a change to daylight saving time, just after midnight, with centres in several time zones."""
    harbor.time_zone = "Pacific/Honolulu"
    harbor.save()
    midnight = dt.datetime(2027, 3, 20, 0, 40, tzinfo=NEW_YORK)
    for _case in range(6):
        arrives(received_at=midnight - dt.timedelta(minutes=20))
    for centres in ([riverside], [harbor, riverside]):
        report = reports.report(centres, last_days(30, midnight.date()), midnight)
        assert (report.total, sum(group.count for group in report.by_day)) == (6, 6)


def test_each_lead_reads_the_dashboard_in_their_own_language(arrives, luisa, client, settings):
    fill(arrives, 5, state="closed", outcome="admitted")
    client.force_login(luisa)
    for language, word in (("es", "admisión"), ("en", "admitted")):
        page = client.get(DASHBOARD, headers={"accept-language": language}).content.decode()
        assert word in page, language


def test_the_dashboard_shows_its_time_in_the_named_time_zone(luisa, client, settings):
    settings.TIME_ZONE = "America/New_York"
    client.force_login(luisa)
    page = client.get(DASHBOARD).content.decode()
    [(hour, half)] = re.findall(r"As of (\d+):\d\d ([ap])\.m\. UTC", page)
    assert int(hour) % 12 + (12 if half == "p" else 0) == timezone.now().hour


def test_spam_is_not_counted_as_an_inquiry(arrives, riverside):
    fill(arrives, 5, state="closed", outcome="spam")
    made = report_of(riverside)
    assert (made.arrived, made.total) == (5, 0)
    assert made.left_out[0] == Cell("spam or looked automatic", 5)


def test_leads_and_auditors_see_the_dashboard_with_a_table_for_each_chart(arrives, amara, luisa, edith, client):
    fill(arrives, 6)
    edith.groups.set([Group.objects.get(name="auditor")])
    client.force_login(amara)
    assert client.get(HERE + "dashboard/").status_code == 403
    for person in (luisa, edith):
        client.force_login(person)
        page = client.get(HERE + "dashboard/?period=7").content.decode()
        assert page.count('<svg class="chart"') == page.count("As a table") == 7
        assert 'style="' not in page


def test_the_number_of_queries_of_the_dashboard_is_constant(arrives, luisa, client, django_assert_max_num_queries):
    client.force_login(luisa)
    client.get(HERE + "dashboard/")  # who is on call is remembered for a minute
    for _round in range(2):
        fill(arrives, 6)
        with django_assert_max_num_queries(15):
            client.get(HERE + "dashboard/")


def wanted(**changes):
    now = timezone.now()
    return exports.Wanted(**{"period": last_days(2, now.date()), "reason": "audit", **changes})


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_export_without_identity_names_nobody_and_no_case(inquiry, luisa):
    content = exports.export(wanted(), by=luisa)
    assert len(rows_of(content)) == 2
    for word in (b"Quillon", b"555", b"zzyzxword", inquiry.reference.encode(), str(inquiry.pk).encode()):
        assert word not in content
    record = ExportRecord.objects.get()
    assert (record.made_by, record.rows, record.with_identity) == (luisa, 1, False)


def test_an_export_with_names_is_watermarked_and_in_the_cases_history(inquiry, luisa):
    rows = rows_of(exports.export(wanted(with_identity=True), by=luisa))
    assert (rows[0][-1], rows[1][-1]) == (
        "confidential",
        "Confidential. Exported by Luisa Ferreira on 2026-11-25 16:01 UTC (audit).",
    )
    assert rows[1][:4] == [inquiry.reference, "Quillon", "'+12125550143", "quillon@example.org"]
    assert inquiry.events.filter(kind="exported", actor=luisa).exists()


def test_a_spreadsheet_holds_the_watermark_and_no_formula(inquiry, luisa):
    content = exports.export(wanted(with_identity=True, file_format="xlsx"), by=luisa)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
        assert "Exported by Luisa Ferreira" in file.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "Confidential" in sheet


def test_only_a_lead_exports_and_only_their_centre(inquiry, amara, harbor, client):
    with pytest.raises(exports.ExportRefused):
        exports.export(wanted(), by=amara)
    client.force_login(amara)
    assert client.get(HERE + "export/").status_code == 403


def test_the_export_page_gives_a_file(inquiry, luisa, client):
    client.force_login(luisa)
    assert client.get(HERE + "export/").status_code == 200
    form = {"first": "2026-01-01", "last": "2026-12-31", "file_format": "csv", "reason": "reporting"}
    answer = client.post(HERE + "export/", form)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    too_long = client.post(HERE + "export/", {**form, "first": "2020-01-01"})
    assert "at most a year" in too_long.content.decode()


def test_luisa_hands_over_the_cases_of_amara_who_is_away(arrives, amara, ben, luisa, client):
    cases = [arrives(), arrives()]
    for case in cases:
        triage.claim(case, by=amara)
    client.force_login(luisa)
    page = client.post(HERE + "absence/", {"person": amara.pk, "to": ben.pk}, follow=True).content.decode()
    assert "2 cases handed over." in page
    assert set(Inquiry.objects.filter(claimed_by=ben)) == set(cases)
    assert cases[0].events.filter(kind="assigned", actor=luisa).exists()


def test_cases_that_the_colleague_may_not_have_are_released(arrives, amara, ben, luisa):
    case = arrives()
    triage.claim(case, by=amara)
    triage.recuse(case, by=ben)
    assert triage.hand_over_cases(amara, by=luisa, to=ben) == (1, [case.reference])
    case.refresh_from_db()
    assert case.claimed_by is None


def test_cases_that_the_lead_is_recused_from_are_released_too(arrives, amara, ben, luisa):
    case = arrives(claimed_by=amara)
    triage.recuse(case, by=luisa)
    assert triage.hand_over_cases(amara, by=luisa, to=ben) == (1, [])
    case.refresh_from_db()
    assert case.claimed_by is None


def test_cases_can_not_be_handed_over_to_their_own_owner(arrives, amara, luisa, client):
    arrives(claimed_by=amara)
    client.force_login(luisa)
    answer = client.post(f"{HERE}absence/", {"person": amara.pk, "to": amara.pk})
    assert answer.status_code == 422
    assert "Choose somebody else" in answer.content.decode()


def test_only_a_lead_hands_over_another_persons_cases(arrives, amara, ben):
    with pytest.raises(NotAllowed):
        triage.hand_over_cases(amara, by=ben)


def test_the_board_shows_what_the_next_shift_needs_to_know(arrives, amara, client):
    danger, late = arrives(priority=1), arrives(answer_by=timezone.now() - dt.timedelta(hours=1))
    triage.claim(late, by=amara)
    client.force_login(amara)
    page = client.get(HERE + "board/").content.decode()
    assert danger.reference in page
    assert late.reference in page
    assert "Amara Diallo" in page
