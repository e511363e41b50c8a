"""The same person again: found by phone or e-mail, merged, taken apart; abuse is blocked."""

import dataclasses
import secrets

import pytest
from django.utils import timezone

from intake import blind_index, submission, triage
from intake.models import BlockedContact, ContactDigest, Inquiry
from intake.permissions import visible_inquiries

pytestmark = pytest.mark.django_db
FIND = "/admin/intake/inquiry/find/"


def receive(said, **changes):
    inquiry = submission.receive(dataclasses.replace(said, **changes), form_token=secrets.token_bytes(16)).inquiry
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
    first, second = receive(said), receive(said, phone="", message="Me again")
    stranger = receive(said, phone="+12125550199", email="")
    assert list(triage.related(second, amara)) == [first]
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{second.reference}/").content.decode()
    assert f"duplicate of {first.reference}" in page
    assert stranger.reference not in page


def test_merging_closes_one_and_keeps_the_graver_priority_and_can_be_undone(said, amara, riverside):
    first, second = receive(said), receive(said, danger_now=True)
    triage.merge(second.pk, first.pk, by=amara, version=second.version)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, second.outcome, second.merged_into) == ("closed", "duplicate", first)
    assert first.priority == Inquiry.Priority.DANGER
    triage.unmerge(second.pk, by=amara)
    second.refresh_from_db()
    assert (second.state, second.outcome, second.merged_into) == ("new", "", None)
    with pytest.raises(triage.Refused):
        triage.unmerge(second.pk, by=amara)


def test_strangers_are_not_merged(said, amara, riverside):
    one, other = receive(said), receive(said, phone="+12125550199", email="other@example.org")
    with pytest.raises(triage.Refused):
        triage.merge(one.pk, other.pk, by=amara, version=one.version)


def test_what_a_blocked_contact_sends_is_spam_but_danger_never_is(said, amara, luisa, riverside):
    abusive = receive(said)
    with pytest.raises(triage.NotAllowed):
        triage.block(abusive.pk, by=amara, version=abusive.version)
    triage.block(abusive.pk, by=luisa, version=abusive.version)
    assert BlockedContact.objects.count() == 2
    assert receive(said).outcome == "spam"
    assert receive(said, danger_now=True).state == "new"
    assert receive(said, phone="+12125550199", email="").state == "new"
    assert visible_inquiries(amara).count() == 4


def test_a_block_ends_when_it_says(said, luisa, riverside):
    abusive = receive(said)
    triage.block(abusive.pk, by=luisa, version=abusive.version, until=timezone.now())
    assert receive(said).state == "new"
