"""Danger on the pages of staff: the case page, and the page of danger cases for leads and auditors."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from danger.models import ProposedSentence
from intake import triage
from intake.models import Alarm, Event, Inquiry, Recusal
from intake.notifications import alarms
from intake.reporting import counting, exports, reports
from intake.submission import drills
from recovery_site.verbs import Refused

pytestmark = pytest.mark.django_db
PAGE = "/admin/intake/inquiry/danger/"


@pytest.fixture
def danger(arrives):
    return arrives(priority=1, priority_reasons=["danger_now"])


def text(response):
    return response.content.decode()


def case_of(inquiry, step=""):
    return f"/admin/intake/inquiry/{inquiry.reference}/{step}"


def test_a_danger_case_shows_first_what_is_most_urgent(client, danger, amara):
    client.force_login(amara)
    page = text(client.get(case_of(danger)))
    order = ["danger-title", "zzyzxword", 'href="tel:911"', "I called 911", 'href="tel:988"', "Emergency disclosure", "What you may say"]
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert places[-1] < page.index("safety-title") < page.index("What they wrote")


def test_i_called_911_is_recorded_and_opens_the_emergency_disclosure(client, danger, amara):
    client.force_login(amara)
    answer = client.post(case_of(danger, "called/emergency/"))
    assert answer.headers["Location"] == case_of(danger, "disclosures/") + "#emergency"
    assert 'id="emergency"' in text(client.get(case_of(danger, "disclosures/")))
    assert danger.events.get(kind="emergency_called").data == {"number": "emergency"}
    assert client.post(case_of(danger, "called/pizza/")).status_code == 409


def test_it_leaves_with_a_reason_that_the_history_tells(client, danger, amara):
    client.force_login(amara)
    refused = client.post(case_of(danger, "danger/"), {"danger-version": danger.version, "danger-language": "en"})
    assert refused.status_code == 422
    sent = {"danger-version": danger.version, "danger-outcome": "not_danger", "danger-sentence": "My dog is called Overdose"}
    page = text(client.post(case_of(danger, "danger/"), {**sent, "danger-language": "en"}, follow=True))
    assert "left “Danger now”: not danger after all" in page
    assert "danger-title" not in page
    assert ProposedSentence.objects.get().text == "My dog is called Overdose"


def test_a_refused_sentence_keeps_what_was_typed(client, danger, amara):
    client.force_login(amara)
    sent = {"danger-version": danger.version, "danger-outcome": "not_danger", "danger-sentence": "zzyzxword is what scares me"}
    answer = client.post(case_of(danger, "danger/"), {**sent, "danger-language": "en"})
    assert answer.status_code == 409
    assert "repeats words of the visitor" in text(answer)
    assert 'value="zzyzxword is what scares me"' in text(answer)


def test_the_priority_is_changed_on_the_case_page(client, arrives, amara):
    case = arrives(priority=3)
    client.force_login(amara)
    sent = {"priority-version": case.version, "priority-priority": "1", "priority-reason": "missed", "priority-language": "en"}
    assert "danger-title" in text(client.post(case_of(case, "priority/"), sent, follow=True))


def test_the_next_try_that_is_proposed_is_within_half_an_hour(client, danger, amara):
    client.force_login(amara)
    form = client.get(case_of(danger)).context["forms"]["attempt"]
    wait = form.initial["next_action_at"] - timezone.now()
    assert 14 * 60 < wait.total_seconds() <= 30 * 60


def test_the_queue_says_that_it_needs_a_person_not_how_many_hours_are_left(client, danger, amara):
    client.force_login(amara)
    rows = text(client.get("/admin/intake/inquiry/rows/"))
    assert "needs a person now" in rows
    assert " left" not in rows


# --- The page of danger cases -----------------------------------------------------------------------------------------


def test_luisa_sees_each_danger_case_with_its_times_and_why_it_left(client, danger, arrives, amara, luisa):
    still = arrives(priority=1)
    arrives(priority=2)
    triage.open_case(danger, by=amara, with_contact=False)
    triage.log_attempt(danger, by=amara, version=danger.version, way="phone", outcome="reached")
    triage.resolve_danger(danger, by=amara, version=danger.version + 1, outcome="reached_safe")
    client.force_login(luisa)
    page = client.get(PAGE)
    left, waits = sorted((case for _title, cases in page.context["lists"] for case in cases), key=lambda case: case.inquiry == still)
    assert (left.inquiry, waits.inquiry) == (danger, still)
    assert None not in (left.opened, left.tried, left.reached, left.minutes_to_person)
    assert (waits.opened, waits.tried, waits.reached, waits.minutes_to_person) == (None, None, None, None)
    assert "reached and safe" in text(page)
    assert "still there" in text(page)


def test_luisa_sees_when_somebody_was_told_and_when_amara_said_i_have_it(client, danger, amara, luisa):
    arrived = danger.received_at
    User.objects.filter(pk=amara.pk).update(email="amara@example.org")
    alarms.cry(danger, arrived + dt.timedelta(minutes=1))
    alarms.acknowledge(danger, by=amara, via=Alarm.Via.LINK, now=arrived + dt.timedelta(minutes=4))
    client.force_login(luisa)
    [case] = [case for _title, cases in client.get(PAGE).context["lists"] for case in cases]
    assert (case.told - arrived, case.acknowledged - arrived) == (dt.timedelta(minutes=1), dt.timedelta(minutes=4))
    assert (case.minutes_to_person, case.opened) == (4, None)


def test_a_case_lowered_by_staff_stays_on_the_page(client, danger, amara, luisa):
    triage.resolve_danger(danger, by=amara, version=danger.version, outcome="not_danger")
    client.force_login(luisa)
    assert danger.reference in text(client.get(PAGE))


def test_an_auditor_reads_it_for_all_centres_without_a_way_into_a_case(client, danger, ada):
    client.force_login(ada)
    page = text(client.get(PAGE))
    assert danger.reference in page
    assert case_of(danger) not in page


def test_others_are_refused(client, danger, amara, noor, olga, edith, tom):  # noqa: PLR0917 (everybody)
    for person in (amara, noor, olga, edith, tom):
        client.force_login(person)
        assert client.get(PAGE).status_code == 403, person.username


def test_a_lead_sees_neither_other_centres_nor_cases_they_stepped_back_from(client, danger, arrives, luisa, harbor):
    elsewhere, known = arrives(priority=1), arrives(priority=1)
    Inquiry.objects.filter(pk=elsewhere.pk).update(centre=harbor)
    Recusal.objects.create(inquiry=known, user=luisa, made_at=timezone.now())
    client.force_login(luisa)
    page = text(client.get(PAGE))
    assert danger.reference in page
    assert elsewhere.reference not in page
    assert known.reference not in page


def test_the_page_takes_as_many_queries_for_many_cases(client, arrives, luisa, django_assert_max_num_queries):
    for _case in range(3):
        arrives(priority=1)
    client.force_login(luisa)
    client.get(PAGE)
    with django_assert_max_num_queries(12):  # two are for the figures of the drills
        client.get(PAGE)


def test_a_case_told_to_nobody_was_not_told(client, danger, luisa):
    Event.objects.create(inquiry=danger, kind="escalated", at=timezone.now(), data={"by": "system", "to": []})
    client.force_login(luisa)
    ((_title, (case,)), _drills) = client.get(PAGE).context["lists"]
    assert case.told is None


# --- Drills -----------------------------------------------------------------------------------------------------------


def test_a_drill_looks_like_any_danger_case_until_it_is_opened(client, riverside, amara, luisa):
    drill = drills.start(riverside)
    client.force_login(amara)
    rows = text(client.get("/admin/intake/inquiry/rows/"))
    assert drill.reference in rows
    assert "drill" not in rows
    page = text(client.get(case_of(drill)))
    assert "This is a drill: nobody is in danger" in page
    assert "tel:911" not in page.split("site-footer")[0].split("safety-title")[0]
    over = client.post(case_of(drill, "end-drill/"), follow=True)
    assert "The drill is over" in text(over)
    client.force_login(luisa)
    (_cases, (_title, (row,))) = client.get(PAGE).context["lists"]
    assert (row.inquiry.reference, row.minutes_to_person, row.inquiry.danger_outcome) == (drill.reference, 0, "drill")


def figures_for(client, luisa):
    client.force_login(luisa)
    page = client.get(PAGE)
    return page.context["figures"], " ".join(text(page).split())


def test_luisa_sees_the_median_of_the_drills_and_how_many_reached_nobody(client, riverside, amara, luisa):
    figures, page = figures_for(client, luisa)
    assert (figures.drills, "in the last twelve months" in page) == (0, False)
    for minutes in (2, 8, 4):
        with time_machine.travel(timezone.now() - dt.timedelta(days=90), tick=False) as clock:
            drill = drills.start(riverside)
            clock.shift(dt.timedelta(minutes=minutes))
            triage.acknowledge(drill, by=amara)
    figures, page = figures_for(client, luisa)
    assert (figures.drills, figures.unanswered, figures.median) == (3, 0, 4)
    assert "half of them took 4 or less" in page
    for _drill in range(2):
        drills.start(riverside)
    figures, page = figures_for(client, luisa)
    assert (figures.drills, figures.unanswered, figures.median) == (5, 2, 8)
    assert "2 reached nobody; they count as endless" in page
    drills.start(riverside)
    figures, page = figures_for(client, luisa)
    assert (figures.unanswered, figures.median) == (3, None)
    assert "At least half of them reached nobody" in page


def test_a_drill_whose_alarm_ended_by_itself_reached_nobody(client, riverside, luisa):
    drill = drills.start(riverside)
    Inquiry.objects.filter(pk=drill.pk).update(state="closed", closed_at=timezone.now())
    alarms.ring_due(timezone.now() + dt.timedelta(minutes=6))
    assert drill.events.filter(kind="acknowledged").exists()
    assert figures_for(client, luisa)[0].unanswered == 1


def test_no_report_and_no_export_counts_a_drill(riverside, inquiry, luisa):
    drills.start(riverside)
    now = timezone.now()
    today = counting.today([riverside], now)
    period = counting.Period(today, today)
    report = reports.report([riverside], period, now)
    assert (report.total, report.open_now) == (1, 1)
    file = exports.export(exports.Wanted(period, "audit"), by=luisa)
    assert len(file.decode("utf-8-sig").strip().splitlines()) == 2  # the head, one inquiry


def test_a_real_case_is_no_drill_and_a_drill_is_not_resolved_otherwise(riverside, danger, amara):
    with pytest.raises(Refused, match="no drill"):
        triage.end_drill(danger, by=amara)
    drill = drills.start(riverside)
    with pytest.raises(Refused, match="End the drill"):
        triage.resolve_danger(drill, by=amara, version=drill.version, outcome="reached_safe")
    with pytest.raises(Refused, match="call nobody"):
        triage.record_emergency_call(drill, by=amara, number="emergency")


def test_the_page_is_linked_for_a_lead_and_an_auditor(client, luisa, ada, amara):
    for person, linked in ((luisa, True), (ada, True), (amara, False)):
        client.force_login(person)
        assert (reverse("admin:intake_inquiry_danger") in text(client.get("/admin/"))) is linked
