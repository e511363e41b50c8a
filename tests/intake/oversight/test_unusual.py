"""A curious nurse is noticed, a nurse at work on a busy night is not; and somebody is always told."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from intake.cases import events
from intake.models import Event, Inquiry, Membership, OnCallShift, ReadingNotice
from intake.notifications import outbox
from intake.oversight import notices, unusual
from recovery_site.periodic import jobs
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db
Kind = Event.Kind
HOUR = dt.timedelta(hours=1)
NOTICES = "/admin/intake/event/notices/"


@pytest.fixture
def luisa(luisa):
    luisa.email = "luisa@example.org"
    luisa.save()
    return luisa


@pytest.fixture
def cases(inquiry):
    """Make cases at Riverside, without sealed words: `cases(25, state="closed", …)`."""

    def make(count, **columns):
        usual = {"centre": inquiry.centre, "received_at": timezone.now() - 9 * HOUR, "state": "open"}
        rows = [Inquiry(reference=f"{len(columns)}{number:03}-0{Inquiry.objects.count():03}", **usual | columns) for number in range(count)]
        return Inquiry.objects.bulk_create(rows)

    return make


def opens(person, rows, *, since, minutes=2.0, kind=Kind.OPENED):
    for number, row in enumerate(rows):
        events.record(row, kind, by=person, at=since + number * dt.timedelta(minutes=minutes))


def noticed(now=None):
    unusual.notice(now or timezone.now())
    return [(row.person.username, str(row.kind), row.number) for row in ReadingNotice.objects.order_by("pk")]


def test_the_job_is_run_by_housekeeping():
    assert jobs()["notice unusual reading"] is unusual.notice


def test_the_curious_nurse_who_reads_25_closed_cases_is_noticed_once(cases, amara, luisa):
    now = timezone.now()
    opens(amara, cases(25, state="closed", closed_at=now - 30 * HOUR), since=now - 3 * HOUR)
    assert noticed() == [("amara", "not_own", 25)]
    assert len(noticed(now + HOUR)) == 1
    recorded = Event.objects.get(kind=Kind.UNUSUAL_READING)
    assert (recorded.centre, recorded.inquiry, recorded.data["user"]) == (luisa.memberships.get().centre, None, amara.pk)


def test_a_nurse_on_a_busy_danger_night_is_not(cases, amara, luisa):
    night = timezone.now().replace(hour=4, minute=0)  # 23:00 in New York
    rows = cases(30, priority=1, received_at=night - HOUR)
    opens(amara, rows, since=night, minutes=1.5)
    opens(amara, rows[:20], since=night, minutes=2, kind=Kind.CONTACT_SHOWN)
    assert noticed(night + 3 * HOUR) == []


def test_a_nurse_who_works_on_what_she_opens_is_not(cases, amara, luisa):
    now = timezone.now()
    rows = cases(30)
    opens(amara, rows, since=now - 3 * HOUR, minutes=1.9)
    opens(amara, rows, since=now - 3 * HOUR, minutes=1.9, kind=Kind.CONTACT_SHOWN)
    # A little later she answers, tries and takes them, each within its hour.
    for place, row in enumerate(rows):
        events.record(row, (Kind.REPLIED, Kind.ATTEMPTED, Kind.CLAIMED)[place % 3], by=amara, at=now - 2.5 * HOUR)
    assert noticed() == []


def test_nothing_is_said_before_the_hour_in_which_she_may_still_answer(cases, amara, luisa):
    now = timezone.now()
    opens(amara, cases(25, state="closed", closed_at=now - 30 * HOUR), since=now - HOUR / 2, minutes=0.5)
    assert noticed(now) == []
    assert noticed(now + HOUR) == [("amara", "not_own", 25)]


def test_who_opens_twenty_one_open_cases_and_does_nothing_is_noticed_but_not_who_sorts_as_many_every_day(cases, amara, ben, luisa):
    now = timezone.now()
    rows = cases(30)
    for person in (amara, ben):
        opens(person, rows[:21], since=now - 3 * HOUR)
    for day in range(1, 8):
        opens(ben, rows[:10], since=now - dt.timedelta(days=day))
    assert noticed() == [("amara", "many_cases", 21)]


def test_a_lead_may_look_through_twenty_cases_of_her_colleagues(cases, amara, luisa):
    now = timezone.now()
    opens(luisa, cases(20, claimed_by=amara), since=now - 3 * HOUR)
    assert noticed() == []


def test_contact_details_of_many_whom_nobody_called_are_noticed(cases, amara, luisa):
    opens(amara, cases(11), since=timezone.now() - 3 * HOUR, kind=Kind.CONTACT_SHOWN)
    assert noticed() == [("amara", "contacts", 11)]


def test_six_cases_at_night_are_noticed_but_not_of_who_is_on_call(cases, amara, ben, luisa, riverside):
    night = timezone.now().replace(hour=4, minute=0)  # 23:00 in New York
    rows = cases(6)
    OnCallShift.objects.create(centre=riverside, user=ben, starts_at=night - HOUR, ends_at=night + 8 * HOUR)
    for person in (amara, ben):
        opens(person, rows, since=night, minutes=15)
    assert noticed(night + 4 * HOUR) == [("amara", "at_night", 6)]


def test_searches_and_refusals_in_a_row_are_noticed_at_once(amara, luisa, riverside, inquiry):
    for _number in range(31):
        events.record_beside_cases(Kind.SEARCHED, by=amara)
    for _number in range(11):
        events.record_beside_cases(Kind.REFUSED, by=amara)
    assert noticed(timezone.now() + dt.timedelta(seconds=1)) == [("amara", "searches", 31), ("amara", "refusals", 11)]
    assert {row.centre for row in ReadingNotice.objects.all()} == {riverside}


# --- Who is told ------------------------------------------------------------------------------------------------


def tell(person, centre, **more):
    return notices.tell(
        person, "not_own", centre=centre, day=timezone.now().date(), number=25, now=timezone.now(), **more
    )  # fmt: skip


def mailed():
    """Send what waits; return the addresses to which the notice went."""
    outbox.send_all_due(timezone.now() + dt.timedelta(minutes=1))
    mail.outbox = [message for message in mail.outbox if message.subject.startswith("Unusual reading")]
    return sorted(address for message in mail.outbox for address in message.to)


def test_luisa_is_mailed_and_the_mail_names_nobody(inquiry, amara, luisa, ada, olga):
    tell(amara, inquiry.centre, case=inquiry)
    assert mailed() == ["luisa@example.org"]
    text = mail.outbox[0].subject + mail.outbox[0].body
    for word in ("Amara", "Quillon", inquiry.reference, "Riverside"):
        assert word not in text
    assert NOTICES in text
    # Amara would read it in the case's history.
    assert not Event.objects.filter(kind=Kind.NOTIFIED, data__what="unusual_reading").exists()


def test_of_the_only_lead_the_operator_and_the_auditor_are_told(inquiry, luisa, ada, olga):
    olga.email = "olga@example.org"
    olga.save()
    tell(luisa, inquiry.centre)
    assert mailed() == ["ada@example.org", "olga@example.org"]
    assert [notice.person for notice in notices.waiting_for(olga)] == [luisa]
    assert [notice.person for notice in notices.waiting_for(ada)] == [luisa]
    assert not notices.waiting_for(luisa).exists()


def test_of_one_of_two_leads_the_other_and_the_auditor_are_told(inquiry, luisa, ben, ada):
    Membership.objects.filter(user=ben).update(role="lead")
    ben.email = "ben@example.org"
    ben.save()
    tell(luisa, inquiry.centre)
    assert mailed() == ["ada@example.org", "ben@example.org"]


def test_when_no_lead_can_be_mailed_the_auditor_is(inquiry, amara, luisa, ada):
    type(luisa).objects.update(email_refused_at=timezone.now())
    tell(amara, inquiry.centre)
    assert "ada@example.org" in mailed()


def test_what_belongs_to_no_centre_is_told_to_auditors_and_operators(inquiry, tom, ada, luisa, olga):
    tell(tom, None)
    assert tell(tom, None) is False  # once a day
    assert mailed() == ["ada@example.org"]
    assert notices.waiting_for(olga).exists()
    assert not notices.waiting_for(luisa).exists()


# --- "I looked at it" --------------------------------------------------------------------------------------------


@pytest.fixture
def notice(inquiry, amara, luisa):
    tell(amara, inquiry.centre, case=inquiry)
    return ReadingNotice.objects.get()


def test_it_waits_on_luisas_front_page_until_she_says_what_she_found(client, notice, luisa, amara):
    client.force_login(luisa)
    assert "Amara Diallo, 25 Nov: cases opened that are closed or a colleague’s (25)" in client.get("/admin/").content.decode()
    assert client.post(NOTICES, {"notice": notice.pk, "why": ""}).status_code == 422
    assert client.post(NOTICES, {"notice": notice.pk, "why": "talked"}).status_code == 303
    assert "Amara Diallo, 25 Nov" not in client.get("/admin/").content.decode()
    assert "I talked with them" in client.get(NOTICES).content.decode()
    recorded = Event.objects.get(kind=Kind.READING_CHECKED)
    assert (recorded.actor, recorded.data["user"], recorded.data["why"]) == (luisa, amara.pk, "talked")


def test_ada_is_asked_too(client, notice, ada):
    client.force_login(ada)
    assert "1 time somebody read more than work explains" in client.get("/admin/").content.decode()
    assert "Amara Diallo" in client.get(NOTICES).content.decode()


def test_nobody_looks_at_what_is_about_themself_or_about_another_centre(client, notice, luisa, olga, noor):
    Membership.objects.filter(user=noor).update(role="lead")
    for person in (notice.person, noor, olga):
        with pytest.raises(NotAllowed):
            notices.check(notice, by=person, why="work")
    with pytest.raises(Refused):
        notices.check(notice, by=luisa, why="=nothing")
    client.force_login(noor)
    assert client.post(NOTICES, {"notice": notice.pk, "why": "work"}).status_code == 422
    assert client.post(NOTICES, {"notice": "9" * 400, "why": "work"}).status_code == 422
    notice.refresh_from_db()
    assert notice.checked_at is None
