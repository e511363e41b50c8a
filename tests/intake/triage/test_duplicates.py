"""The same person again: found by phone or e-mail, merged, taken apart; abuse is blocked."""

import dataclasses
import datetime as dt
import secrets

import pytest
from django.utils import timezone

from intake import admission, triage
from intake.cases import blind_index
from intake.cases.permissions import visible_inquiries
from intake.mailbox import contact_preferences
from intake.models import BlockedContact, ContactDigest, Inquiry
from intake.submission import receive
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db
FIND = "/admin/intake/inquiry/find/"


def receives(said, **changes):
    inquiry = receive.receive(dataclasses.replace(said, **changes), form_token=secrets.token_bytes(16)).inquiry
    blind_index.run(timezone.now())
    inquiry.refresh_from_db()
    return inquiry


def test_no_phone_or_e_mail_is_stored_only_keyed_digests(inquiry, settings):
    blind_index.run(timezone.now())
    kept = {row.kind: bytes(row.digest) for row in ContactDigest.objects.all()}
    assert set(kept) == {"phone", "email"}
    settings.BLIND_INDEX_KEY = "0" * 64
    assert blind_index.digest("phone", "+12125550143") != kept["phone"]


@pytest.mark.parametrize("typed", ["+1 212 555 0143", "(212) 555-0143", "2125550143", " Quillon@Example.org "])
def test_a_case_is_found_however_the_contact_is_typed(inquiry, amara, client, typed):
    blind_index.run(timezone.now())
    client.force_login(amara)
    assert inquiry.reference in client.post(FIND, {"q": typed}).content.decode()


def test_a_reference_leads_to_its_case(inquiry, amara, client):
    client.force_login(amara)
    assert client.post(FIND, {"q": inquiry.reference.lower()}).headers["Location"].endswith(f"/{inquiry.reference}/")


def test_nothing_of_another_centre_is_found(inquiry, noor, client):
    blind_index.run(timezone.now())
    client.force_login(noor)
    for typed in ("+12125550143", inquiry.reference):
        answer = client.post(FIND, {"q": typed})
        assert inquiry.reference not in answer.content.decode()
        assert "No case of your centres fits" in answer.content.decode()


def test_cases_of_one_person_are_shown_beside_each_other(said, amara, client, riverside):
    first, second = receives(said), receives(said, phone="", message="Me again")
    stranger = receives(said, phone="+12125550199", email="")
    assert list(triage.related(second, amara)) == [first]
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{second.reference}/").content.decode()
    assert f"duplicate of {first.reference}" in page
    assert stranger.reference not in page


def test_merging_closes_one_and_keeps_the_graver_priority_and_can_be_undone(said, amara, riverside):
    first, second = receives(said), receives(said, danger_now=True)
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


def test_what_was_owed_in_the_one_is_owed_in_the_other(said, amara, riverside):
    answered = receives(said)
    triage.reply(answered, text="Come on Tuesday", by=amara, version=answered.version)
    danger = receives(said, danger_now=True)
    triage.merge(danger, into=answered, by=amara, version=danger.version)
    into = fresh(answered)
    assert (into.state, into.priority, into.queue_rank) == ("open", 1, 1)
    assert "danger_now" in into.priority_reasons


def test_the_more_careful_of_two_wishes_holds(said, amara, riverside):
    careless = receives(said, may_leave_voicemail=True, others_may_answer=False, consents=["automated_text"])
    careful = receives(said, safe_windows=[[0, "08:00", "12:00"]], may_leave_voicemail=False)
    triage.merge(careful, into=careless, by=amara, version=careful.version)
    into = fresh(careless)
    assert (into.may_leave_voicemail, into.others_may_answer) == (False, True)
    assert (into.safe_windows, into.time_zone) == ([[0, "08:00", "12:00"]], "America/New_York")
    unsafe = receives(said)
    contact_preferences.no_longer_safe(unsafe)
    triage.merge(unsafe, into=into, by=amara, version=fresh(unsafe).version)
    into = fresh(into)
    assert (into.no_longer_safe, into.contact_way, into.tell_by_text) == (True, "mailbox", False)


def test_what_nobody_has_read_and_a_place_on_the_list_are_not_merged_away(said, amara, luisa, riverside):
    first, second = receives(said), receives(said)
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


def test_a_block_on_a_page_that_is_out_of_date_is_refused(said, luisa, riverside, client):
    inquiry = receives(said)
    Inquiry.objects.update(version=inquiry.version + 1)
    client.force_login(luisa)
    answer = client.post(f"/admin/intake/inquiry/{inquiry.reference}/block/", {"block-version": inquiry.version})
    assert answer.status_code == 409
    assert not BlockedContact.objects.exists()
    answer = client.post(f"/admin/intake/inquiry/{inquiry.reference}/block/", {"block-version": inquiry.version + 1})
    assert answer.status_code == 303
    assert BlockedContact.objects.exists()


def test_a_merged_case_that_is_reopened_is_on_its_own(said, amara, riverside):
    first, second = receives(said), receives(said)
    triage.merge(second, into=first, by=amara, version=second.version)
    triage.reopen(second, by=amara, version=fresh(second).version)
    assert fresh(second).merged_into is None


def test_strangers_are_not_merged(said, amara, riverside):
    one, other = receives(said), receives(said, phone="+12125550199", email="other@example.org")
    with pytest.raises(Refused):
        triage.merge(one, into=other, by=amara, version=one.version)


def test_what_a_blocked_contact_sends_is_spam_but_danger_never_is(said, amara, luisa, riverside):
    abusive = receives(said)
    with pytest.raises(NotAllowed):
        triage.block(abusive, by=amara, version=abusive.version)
    triage.block(abusive, by=luisa, version=abusive.version)
    assert BlockedContact.objects.count() == 2
    assert receives(said).outcome == "spam"
    assert receives(said, danger_now=True).state == "new"
    assert receives(said, phone="+12125550199", email="").state == "new"
    assert visible_inquiries(amara).count() == 4


def test_a_block_ends_when_it_says(said, luisa, riverside):
    abusive = receives(said)
    triage.block(abusive, by=luisa, version=abusive.version, until=timezone.now())
    assert receives(said).state == "new"
