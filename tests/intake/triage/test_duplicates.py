"""Several cases of the same person: found by phone or e-mail, merged and unmerged; blocking of abusive contacts."""

import dataclasses
import datetime as dt
import secrets

import pytest
from django.utils import timezone

from intake import admission, triage
from intake.cases import blind_index, case_keys
from intake.cases.permissions import visible_inquiries
from intake.mailbox import contact_preferences
from intake.mailbox.messages import add_visitor_message
from intake.models import BlockedContact, ContactDigest, Inquiry
from intake.notifications import recipients
from intake.notifications.kinds import Kind
from intake.submission import receive
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db
FIND = "/admin/intake/inquiry/find/"


def receives(inquiry_data, **changes):
    inquiry = receive.receive(dataclasses.replace(inquiry_data, **changes), form_token=secrets.token_bytes(16)).inquiry
    blind_index.run(timezone.now())
    inquiry.refresh_from_db()
    return inquiry


def test_no_phone_or_e_mail_is_stored_only_keyed_digests(inquiry, settings):
    blind_index.run(timezone.now())
    digests = {row.kind: bytes(row.digest) for row in ContactDigest.objects.all()}
    assert set(digests) == {"phone", "email"}
    settings.BLIND_INDEX_KEY = "0" * 64
    assert blind_index.digest("phone", "+12125550143") != digests["phone"]


@pytest.mark.parametrize("typed", ["+1 212 555 0143", "(212) 555-0143", "2125550143", " Quillon@Example.org ", "0143", "…0143"])
def test_a_case_is_found_however_the_contact_is_typed(inquiry, amara, client, typed):
    blind_index.run(timezone.now())
    client.force_login(amara)
    assert inquiry.reference in client.post(FIND, {"q": typed}).content.decode()


def test_a_reference_leads_to_its_case(inquiry, amara, client):
    client.force_login(amara)
    assert client.post(FIND, {"q": inquiry.reference.lower()}).headers["Location"].endswith(f"/{inquiry.reference}/")


def test_a_reference_is_found_without_its_hyphen_and_with_an_o_for_a_zero(inquiry, amara, client):
    client.force_login(amara)
    for typed in (inquiry.reference.replace("-", ""), inquiry.reference.replace("-", " ").replace("0", "o").replace("1", "l")):
        assert client.post(FIND, {"q": typed}).headers["Location"].endswith(f"/{inquiry.reference}/")


def test_the_last_digits_of_numbers_that_an_earlier_version_indexed_are_filled_in(inquiry, inquiry_data, amara, client):
    blind_index.run(timezone.now())
    ContactDigest.objects.update(ending=None)
    client.force_login(amara)
    assert inquiry.reference not in client.post(FIND, {"q": "0143"}).content.decode()
    assert blind_index.run(timezone.now())["phone_endings_indexed"] == 1
    assert blind_index.run(timezone.now())["phone_endings_indexed"] == 0
    assert inquiry.reference in client.post(FIND, {"q": "0143"}).content.decode()


def test_people_whose_numbers_end_alike_are_not_taken_for_one(inquiry_data, amara, luisa, riverside):
    one, other = receives(inquiry_data), receives(inquiry_data, phone="+13125550143", email="other@example.org")
    assert list(triage.related(one, amara)) == []
    triage.block(one, by=luisa, version=one.version)
    assert receives(inquiry_data, phone="+13125550143", email="").state == "new"
    assert fresh(other).state == "new"


def test_cases_of_another_centre_are_not_found(inquiry, noor, client):
    blind_index.run(timezone.now())
    client.force_login(noor)
    for typed in ("+12125550143", inquiry.reference):
        answer = client.post(FIND, {"q": typed})
        assert inquiry.reference not in answer.content.decode()
        assert "No case of your centers fits" in answer.content.decode()


def test_cases_of_one_person_are_shown_beside_each_other(inquiry_data, amara, client, riverside):
    first, second = receives(inquiry_data), receives(inquiry_data, phone="", message="Me again")
    stranger = receives(inquiry_data, phone="+12125550199", email="")
    assert list(triage.related(second, amara)) == [first]
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{second.reference}/").content.decode()
    assert f"duplicate of {first.reference}" in page
    assert stranger.reference not in page


def test_merging_closes_one_case_keeps_the_higher_priority_and_can_be_undone(inquiry_data, amara, riverside):
    first, second = receives(inquiry_data), receives(inquiry_data, danger_now=True)
    triage.merge(second, into=first, by=amara, version=second.version)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, second.outcome, second.merged_into) == ("closed", "duplicate", first)
    assert first.priority == Inquiry.Priority.DANGER
    triage.unmerge(second, by=amara)
    second.refresh_from_db()
    assert (second.state, second.outcome, second.merged_into) == ("new", "", None)
    with pytest.raises(Refused):
        triage.unmerge(second, by=amara)


def fresh(inquiry):
    return Inquiry.objects.get(pk=inquiry.pk)


def test_deadlines_are_carried_over_to_the_other_case(inquiry_data, amara, riverside):
    answered = receives(inquiry_data)
    triage.reply(answered, text="Come on Tuesday", by=amara, version=answered.version)
    danger = receives(inquiry_data, danger_now=True)
    triage.merge(danger, into=answered, by=amara, version=danger.version)
    into = fresh(answered)
    assert (into.state, into.priority, into.queue_rank) == ("open", 1, 1)
    assert "danger_now" in into.priority_reasons


def test_the_stricter_contact_preferences_apply(inquiry_data, amara, riverside):
    careless = receives(inquiry_data, may_leave_voicemail=True, others_may_answer=False, consents=["automated_text"])
    careful = receives(inquiry_data, safe_windows=[[0, "08:00", "12:00"]], may_leave_voicemail=False)
    triage.merge(careful, into=careless, by=amara, version=careful.version)
    into = fresh(careless)
    assert (into.may_leave_voicemail, into.others_may_answer) == (False, True)
    assert (into.safe_windows, into.time_zone) == ([[0, "08:00", "12:00"]], "America/New_York")
    unsafe = receives(inquiry_data)
    contact_preferences.no_longer_safe(unsafe)
    triage.merge(unsafe, into=into, by=amara, version=fresh(unsafe).version)
    into = fresh(into)
    assert (into.no_longer_safe, into.contact_way, into.tell_by_text) == (True, "mailbox", False)


def test_a_case_with_an_unread_message_or_on_the_waiting_list_can_not_be_merged(inquiry_data, amara, luisa, riverside):
    first, second = receives(inquiry_data), receives(inquiry_data)
    Inquiry.objects.filter(pk=second.pk).update(has_unread_message=True)
    for step in (lambda: triage.merge(second, into=first, by=amara, version=1), lambda: triage.block(second, by=luisa, version=1)):
        with pytest.raises(Refused) as refused:
            step()
        assert "nobody has read it" in refused.value.message
    Inquiry.objects.filter(pk=second.pk).update(has_unread_message=False)
    check_in = timezone.now() + dt.timedelta(days=2)
    admission.put_on_waiting_list(second, by=amara, version=1, reason="no_place", check_in_at=check_in)
    with pytest.raises(Refused) as refused:
        triage.merge(second, into=first, by=amara, version=2)
    assert "waiting list" in refused.value.message


def test_blocking_from_a_stale_page_is_refused(inquiry_data, luisa, riverside, client):
    inquiry = receives(inquiry_data)
    Inquiry.objects.update(version=inquiry.version + 1)
    client.force_login(luisa)
    answer = client.post(f"/admin/intake/inquiry/{inquiry.reference}/block/", {"block-version": inquiry.version})
    assert answer.status_code == 409
    assert not BlockedContact.objects.exists()
    answer = client.post(f"/admin/intake/inquiry/{inquiry.reference}/block/", {"block-version": inquiry.version + 1})
    assert answer.status_code == 303
    assert BlockedContact.objects.exists()


def test_what_the_visitor_writes_in_a_merged_case_goes_to_whoever_has_the_other(inquiry_data, amara, ben, riverside):
    first, second = receives(inquiry_data), receives(inquiry_data)
    triage.claim(first, by=ben)
    triage.merge(second, into=fresh(first), by=amara, version=second.version)
    add_visitor_message(fresh(second), {"text": "Do not call the old number"}, case_keys.for_indexing(second))
    again = fresh(second)
    assert (again.state, again.has_unread_message, again.merged_into, again.claimed_by) == ("open", True, None, ben)
    assert first.events.filter(kind="unmerged", data__duplicate=second.reference).exists()
    told = [user for user, _when in recipients.recipients_for(again, Kind.VISITOR_WROTE, timezone.now())]
    assert told in ([], [ben])


def test_a_merged_case_stays_with_nobody_when_whoever_has_the_other_may_not_see_it(inquiry_data, amara, ben, riverside):
    first, second = receives(inquiry_data), receives(inquiry_data)
    triage.claim(first, by=ben)
    triage.recuse(second, by=ben)
    triage.merge(second, into=fresh(first), by=amara, version=second.version)
    add_visitor_message(fresh(second), {"text": "It is me"}, case_keys.for_indexing(second))
    assert (fresh(second).state, fresh(second).claimed_by) == ("open", None)


def test_the_page_says_which_case_goes_on_and_that_the_danger_moves(inquiry_data, amara, ben, riverside, client):
    first, second = receives(inquiry_data), receives(inquiry_data, danger_now=True)
    triage.claim(first, by=ben)
    client.force_login(amara)
    page = " ".join(client.get(f"/admin/intake/inquiry/{second.reference}/").content.decode().split())
    assert f"{first.reference} goes on, {second.reference} is closed." in page
    assert f"The danger moves: {first.reference} is in “Danger now” from then on." in page
    assert "Ben Okafor has it, and is not told by mail." in page


def test_a_reopened_case_is_no_longer_merged(inquiry_data, amara, riverside):
    first, second = receives(inquiry_data), receives(inquiry_data)
    triage.merge(second, into=first, by=amara, version=second.version)
    triage.reopen(second, by=amara, version=fresh(second).version)
    assert fresh(second).merged_into is None


def test_cases_of_different_people_can_not_be_merged(inquiry_data, amara, riverside):
    one, other = receives(inquiry_data), receives(inquiry_data, phone="+12125550199", email="other@example.org")
    with pytest.raises(Refused):
        triage.merge(one, into=other, by=amara, version=one.version)


def test_inquiries_from_a_blocked_contact_are_spam_unless_they_are_urgent(inquiry_data, amara, luisa, riverside):
    abusive = receives(inquiry_data)
    with pytest.raises(NotAllowed):
        triage.block(abusive, by=amara, version=abusive.version)
    triage.block(abusive, by=luisa, version=abusive.version)
    assert BlockedContact.objects.count() == 2
    assert receives(inquiry_data).outcome == "spam"
    assert receives(inquiry_data, danger_now=True).state == "new"
    assert receives(inquiry_data, pregnancy="yes").state == "new"
    assert receives(inquiry_data, phone="+12125550199", email="").state == "new"
    assert visible_inquiries(amara).count() == 5


def test_a_block_ends_at_its_end_date(inquiry_data, luisa, riverside):
    abusive = receives(inquiry_data)
    triage.block(abusive, by=luisa, version=abusive.version, until=timezone.now())
    assert receives(inquiry_data).state == "new"
