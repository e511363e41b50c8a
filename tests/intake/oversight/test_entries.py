"""Ada the auditor, Luisa the lead and Olga the operator read who read what; Amara may not."""

import csv
import datetime as dt
import io
import re

import pytest
from django.utils import timezone

from intake import triage
from intake.audit import chain, signing
from intake.cases import events
from intake.models import Event, Recusal
from intake.oversight import entries
from intake.reporting.counting import Period
from tests.people import member

pytestmark = pytest.mark.django_db
Kind = Event.Kind
HERE = "/admin/intake/event/"


def main(page):
    return re.sub(r"\s+", " ", re.search(r'<div id="content".*?</main>', page.content.decode(), re.S).group())


def seen(client, person, path="", **query):
    client.force_login(person)
    page = client.get(HERE + path, query)
    assert page.status_code == 200, page.status_code
    return main(page)


@pytest.fixture
def read(inquiry, amara):
    """Amara opened the case and had its contact details shown."""
    triage.open_case(inquiry, by=amara, with_contact=False)
    triage.show_contact(inquiry, by=amara)
    return inquiry


def test_every_kind_is_in_exactly_one_group():
    grouped = [kind for _title, kinds in entries.GROUPS.values() for kind in kinds]
    assert sorted(grouped) == sorted(Kind)


def test_ada_sees_who_opened_which_case_and_nothing_of_the_person(client, read, ada):
    page = seen(client, ada)
    assert "Amara Diallo" in page
    assert "case opened" in page
    assert "contact details shown" in page
    assert read.reference in page
    for word in ("Quillon", "zzyzxword", "2125550143", "quillon@"):
        assert word not in page


def test_luisa_sees_her_centre_and_not_harbor(client, read, luisa, noor, arrives):
    other = arrives(centre=noor.memberships.get().centre)
    events.record(other, Kind.OPENED, by=noor)
    page = seen(client, luisa)
    assert read.reference in page
    assert other.reference not in page
    assert "Noor" not in page
    assert other.reference not in seen(client, luisa, case=other.reference)


def test_luisa_sees_that_a_colleague_of_hers_signed_in_and_not_that_others_did(client, amara, luisa, noor):
    for person in (amara, noor):
        events.record_beside_cases(Kind.SIGNED_IN, by=person)
    page = seen(client, luisa, kinds="sign_ins")
    assert page.count('<td role="cell" data-label="Who">Amara Diallo') == 1
    assert "Noor" not in page


def test_luisa_sees_nothing_of_a_case_she_is_recused_from(client, read, luisa):
    Recusal.objects.create(inquiry=read, user=luisa, made_at=timezone.now())
    assert read.reference not in seen(client, luisa)
    assert "case opened" not in seen(client, luisa)


def test_olga_sees_that_a_case_was_opened_and_not_which(client, read, olga):
    page = seen(client, olga)
    assert "Amara Diallo" in page
    assert "a case" in page
    assert read.reference not in page
    assert read.reference not in seen(client, olga, case=read.reference)
    client.force_login(olga)
    assert read.reference not in client.post(HERE + "export/", {}).content.decode()


def test_amara_and_staff_without_a_centre_may_not(client, amara, tom, edith):
    for person in (amara, tom, edith):
        client.force_login(person)
        assert {client.get(HERE + path).status_code for path in ("", "people/", "notices/")} == {403}
        assert client.post(HERE + "export/", {}).status_code == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"case opened", "contact details shown", "searched for a person"}),
        ({"kinds": "contact"}, {"contact details shown"}),
        ({"kinds": "searching"}, {"searched for a person"}),
        ({"who": "ben"}, {"searched for a person"}),
        ({"case": "REFERENCE"}, {"case opened", "contact details shown"}),
        ({"first": "2026-11-24", "last": "2026-11-24"}, set()),
        ({"first": "2026-11-25", "last": "2026-11-25"}, {"case opened", "contact details shown", "searched for a person"}),
        ({"kinds": "all"}, {"received", "case opened", "contact details shown", "searched for a person"}),
    ],
)
def test_ada_filters(client, read, ada, ben, query, shown):  # noqa: PLR0917
    events.record_beside_cases(Kind.SEARCHED, by=ben, centre_id=read.centre_id)
    people = {"ben": str(ben.pk), "REFERENCE": read.reference}
    page = seen(client, ada, **{name: people.get(value, value) for name, value in query.items()})
    lines = {line.strip() for line in re.findall(r'data-label="What"> ([^<]*)', page)}
    assert lines - {"record of access read", "signed in", "key created"} == shown  # what Ada herself did, and the fixtures


@pytest.mark.parametrize(
    "query",
    [
        {"first": "yesterday"},
        {"first": "2026-13-45"},
        {"first": "0001-01-01", "last": "9999-12-31"},
        {"first": "2026-11-25", "last": "2026-11-01"},
        {"who": "9" * 400},
        {"who": "x"},
        {"centre": "9" * 400},
        {"case": "nothing"},
        {"kinds": "nothing"},
        {"after": "1-"},
        {"after": "99999999999999999-999999999999999999"},
        {"after": "9" * 400},
    ],
)
def test_nonsense_in_the_address_ends_in_no_error(client, ada, query):
    seen(client, ada, **query)
    seen(client, ada, "people/", **query)


def test_all_pages_together_hold_each_entry_once_though_many_have_one_time(client, ada, inquiry, amara):
    moment = timezone.now()
    for number in range(2 * entries.PAGE + 7):
        events.record(inquiry, Kind.NOTE_ADDED, by=amara, at=moment - dt.timedelta(seconds=number // 30), note=str(number))
    wanted = entries.Wanted(Period(moment.date(), moment.date()), "UTC", kinds="changes")
    found, after, pages = [], None, 0
    while True:
        rows, after = entries.page(wanted, ada, after)
        found += [row.pk for row in rows]
        pages += 1
        if after is None:
            break
        assert entries.Place.from_token(after.token) == after
    assert pages == 3
    assert len(found) == len(set(found)) == 2 * entries.PAGE + 7


def test_the_sums_count_each_case_once(client, read, ada, amara, arrives):
    events.record(read, Kind.OPENED, by=amara)
    events.record(arrives(), Kind.OPENED, by=amara)
    page = seen(client, ada, "people/")
    numbers = re.findall(r'data-label="([^"]+)"> ?(?:<strong>)?(\d+)(?:<| <)', page)
    assert dict(numbers) == {
        "Different cases opened": "2",
        "Times a case was opened": "3",
        "Contact details shown": "1",
        "Searches": "0",
        "Exports and prints": "0",
        "Refusals": "0",
    }


def test_the_sums_of_everybody_are_of_three_months_at_most(client, read, ada):
    page = seen(client, ada, "people/", first="2025-12-01", last="2026-11-25")
    assert "Sums are of 92 days at most" in page
    assert 'name="first" value="2026-08-26"' in page


def test_of_one_case_its_readers_stand_above(client, read, ada):
    page = seen(client, ada, case=read.reference)
    assert f"Who read case {read.reference}" in page
    assert "Amara Diallo</a>" in page


def test_adas_own_reading_is_recorded_once_with_what_she_asked_for(client, read, ada, amara):
    seen(client, ada, case=read.reference, who=amara.pk, kinds="reading")
    recorded = Event.objects.get(kind=Kind.AUDIT_READ)
    assert recorded.actor == ada
    assert recorded.inquiry is None
    assert recorded.data | {"since": 0, "until": 0} == {
        "user": amara.pk, "case": read.reference, "kinds": "reading", "since": 0, "until": 0,
    }  # fmt: skip


def test_the_file_is_recorded_and_its_cells_are_safe(client, read, ada, amara):
    amara.display_name = "=Amara()"
    amara.save()
    client.force_login(ada)
    answer = client.post(HERE + "export/", {"kinds": "reading"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="who-read-what-')
    head, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[2:] == ["who", "what", "about", "case", "center"]
    assert line[2:] == ["'=Amara()", "case opened", "", read.reference, "Riverside"]
    recorded = Event.objects.get(kind=Kind.AUDIT_EXPORTED)
    assert (recorded.actor, recorded.data["rows"], recorded.data["kinds"]) == (ada, 1, "reading")


def test_too_many_entries_are_no_file(client, read, ada, monkeypatch):
    monkeypatch.setattr(entries, "MOST_EXPORTED", 1)
    client.force_login(ada)
    answer = client.post(HERE + "export/", {"kinds": "all"}, follow=True)
    assert "Choose a shorter period" in main(answer) + answer.content.decode()
    assert not Event.objects.filter(kind=Kind.AUDIT_EXPORTED).exists()


def test_a_person_who_left_is_named_still(client, read, ada, luisa, amara):
    amara.is_active = amara.is_staff = False
    amara.save()
    amara.memberships.all().delete()
    assert "Amara Diallo" in seen(client, ada)
    assert "Amara Diallo" in seen(client, luisa, who=amara.pk)


def test_the_page_costs_no_more_for_fifty_entries(client, inquiry, ada, amara, django_assert_max_num_queries):
    for number in range(entries.PAGE):
        events.record(inquiry, Kind.ASSIGNED, by=amara, to=member(f"nurse{number}", f"Nurse {number}").pk)
    client.force_login(ada)
    with django_assert_max_num_queries(20):
        client.get(HERE)


def test_it_is_on_the_desk_of_those_who_may(client, ada, luisa, olga, amara):
    for person in (ada, luisa, olga, amara):
        client.force_login(person)
        assert (f'href="{HERE}"' in client.get("/admin/").content.decode()) == (person != amara), person


def test_ada_sees_whether_the_record_is_whole_and_up_to_where_it_is_signed(client, read, ada, luisa, settings):
    assert "was not verified yet" in seen(client, ada)
    settings.AUDIT_SIGNING_KEY = "7" * 64
    chain.link_all()
    signing.sign_heads()
    events.record_beside_cases(Kind.AUDIT_VERIFIED, by="system", rows=3, heads=1)
    page = seen(client, ada)
    assert "This record is whole" in page
    assert "Riverside: signed up to entry" in page
    assert "the whole site" not in seen(client, luisa)


def test_luisa_is_warned_when_her_centres_record_was_changed_and_not_of_harbors(client, read, luisa, harbor):
    events.record_beside_cases(Kind.AUDIT_FAILED, by="system", centre_id=harbor.pk, changes=1)
    assert "This record was changed" not in seen(client, luisa)
    events.record_beside_cases(Kind.AUDIT_FAILED, by="system", centre_id=read.centre_id, changes=1)
    assert "This record was changed" in seen(client, luisa)


def test_ada_who_chose_a_case_among_thirty_days_is_led_to_all_who_ever_read_it(client, read, ada):
    page = seen(client, ada, case=read.reference, first="2026-01-01", last="2026-01-02")
    assert f'href="?case={read.reference}">Show who ever read this case' in page
    assert "Show who ever read" not in seen(client, ada, case=read.reference)


def test_ada_sees_by_what_luisa_signed_in_and_which_factor_she_added(client, luisa, ada):
    events.record_beside_cases(Kind.SIGNED_IN, by=luisa, way="totp")
    events.record_beside_cases(Kind.FACTOR_ADDED, by=luisa, user=luisa.pk, factor="passkey")
    page = seen(client, ada)
    assert "password and code" in page
    assert "Luisa Ferreira, passkey" in page


def test_ada_sees_that_a_key_was_made_at_the_shell(client, ada, riverside):
    events.record_beside_cases(Kind.KEY_CREATED, by="command", centre_id=riverside.pk, key=1)
    assert "Somebody at the server’s shell" in seen(client, ada)
