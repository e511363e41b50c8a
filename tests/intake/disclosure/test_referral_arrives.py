"""A referral arrives: with the notice and the consent on paper, answered by a link, and closed by whether the person got there."""

import re

import pytest
from django.utils import timezone

from intake import disclosure
from intake.disclosure import disclosures, receiver_links
from intake.models import Event, Inquiry, Notification, Referral, ReferralLink, ReferralStep
from intake.retention import erasure
from recovery_site.verbs import Refused
from tests.intake.disclosure.test_disclosures import AGREED, consent, refer  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
STATEMENT = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


@pytest.fixture
def offered(inquiry, consent, amara):  # noqa: F811
    """Amara offered the case to Dr. Pellworm's practice, which is outside."""
    return refer(inquiry, consent, amara, note="Left word with the nurse Odalys")


def case_url(inquiry):
    return f"/admin/intake/inquiry/{inquiry.reference}/"


def pages(client, inquiry, amara):
    """Make the pages for the receiver as Amara does; return their text. She is signed out afterwards."""
    client.force_login(amara)
    answer = client.post(f"{case_url(inquiry)}referral/{Referral.objects.get().pk}/pages/")
    assert answer.status_code == 200
    client.logout()
    return answer.content.decode()


def link(page, asks):
    return re.search(rf"(/referral/{asks}/[\w-]+/)", page).group(1)


def state():
    return Referral.objects.get().state


def test_the_pages_for_dr_pellworm_carry_the_notice_and_a_copy_of_the_consent(client, inquiry, amara, offered):
    page = pages(client, inquiry, amara)
    assert STATEMENT in page
    assert "Do not pass this on" in page
    for words in AGREED.values():
        assert words.replace("'", "&#x27;") in page
    assert inquiry.events.filter(kind=Event.Kind.REFERRAL_PRINTED, actor=amara).count() == 1


def test_nothing_leaves_once_quillon_took_the_consent_back(client, inquiry, amara, offered, consent):  # noqa: F811
    disclosure.record_answer(inquiry, accepted=True, by=amara)
    disclosure.revoke_consent(inquiry, consent_id=consent.pk, by=amara)
    client.force_login(amara)
    answer = client.post(f"{case_url(inquiry)}referral/{offered.pk}/pages/")
    assert answer.status_code == 409
    assert "Nothing may be handed over" in answer.content.decode()
    assert not ReferralLink.objects.exists()


def test_dr_pellworm_looks_at_the_link_which_shows_nothing_and_changes_nothing(client, inquiry, amara, offered):
    address = link(pages(client, inquiry, amara), "answer")
    seen = client.get(address)
    assert seen.status_code == 200
    assert not seen.cookies
    for words in ("Quillon", inquiry.reference, "Riverside", "Pellworm"):
        assert words not in seen.content.decode()
    assert client.get("/referral/answer/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 200  # the same for an unknown one
    assert state() == "offered"


def test_dr_pellworm_accepts_by_the_link_once(client, inquiry, amara, offered):
    address = link(pages(client, inquiry, amara), "answer")
    assert "Thank you" in client.post(address, {"answer": "yes", "note": "Wednesday at nine"}).content.decode()
    assert state() == "accepted"
    assert client.post(address, {"answer": "no"}).status_code == 410
    assert state() == "accepted"
    step = ReferralStep.objects.get(state="accepted")
    assert b"Wednesday" not in bytes(step.sealed) + bytes(step.link.sealed)
    client.force_login(amara)
    page = client.get(case_url(inquiry) + "disclosures/").content.decode()
    assert "Wednesday at nine" in page
    assert "Left word with the nurse Odalys" in page
    assert "the receiver, by the link" in page


def test_a_button_must_be_pressed_for_an_answer(client, inquiry, amara, offered):
    address = link(pages(client, inquiry, amara), "answer")
    assert client.post(address, {"note": "hm"}).status_code == 422
    assert state() == "offered"


def test_quillon_did_not_arrive_and_the_case_is_looked_at_again(client, inquiry, amara, offered):
    page = pages(client, inquiry, amara)
    arrival = link(page, "arrival")
    assert client.post(arrival, {"answer": "no"}).status_code == 410  # nobody has accepted yet
    client.post(link(page, "answer"), {"answer": "yes"})
    Inquiry.objects.update(state="waiting")
    assert client.post(arrival, {"answer": "no"}).status_code == 200
    assert state() == "absent"
    assert Inquiry.objects.get().state == "open"
    assert Notification.objects.filter(kind="not_arrived").exists()


def test_amara_writes_down_that_quillon_arrived(client, inquiry, amara, offered):
    disclosure.record_answer(inquiry, accepted=True, by=amara)
    client.force_login(amara)
    page = client.post(case_url(inquiry) + "arrival/", {"arrival-arrived": "yes", "arrival-note": "Called me"}, follow=True)
    assert "the person arrived" in page.content.decode()
    assert "Called me" in page.content.decode()
    assert state() == "arrived"
    with pytest.raises(Refused):
        disclosure.record_arrival(inquiry, arrived=False, by=amara)


def test_amara_takes_an_offer_back_and_its_link_stops_working(client, inquiry, amara, offered):
    address = link(pages(client, inquiry, amara), "answer")
    client.force_login(amara)
    page = client.post(case_url(inquiry) + "take-back/", {"take_back-note": "They found a place"}, follow=True).content.decode()
    assert "They found a place" in page
    assert state() == "withdrawn"
    assert Inquiry.objects.get().state == "open"
    assert client.post(address, {"answer": "yes"}).status_code == 410


def test_pages_made_again_end_the_links_made_before(client, inquiry, amara, offered):
    before = link(pages(client, inquiry, amara), "answer")
    after = link(pages(client, inquiry, amara), "answer")
    assert client.post(before, {"answer": "yes"}).status_code == 410
    assert client.post(after, {"answer": "yes"}).status_code == 200


def test_a_link_answers_only_its_own_question_and_only_in_time(client, inquiry, amara, offered):
    token = link(pages(client, inquiry, amara), "answer").split("/")[3]
    now = timezone.now()
    assert not receiver_links.answer(token, "arrival", yes=True, note="", now=now)
    assert not receiver_links.answer(token, "answer", yes=True, note="", now=offered.answer_by)
    assert receiver_links.answer(token, "answer", yes=True, note="", now=now)


def test_the_receiving_centre_gets_the_notice_and_says_that_quillon_arrived(client, inquiry, amara, noor, consent, open_harbor):  # noqa: F811, PLR0917
    referral = refer(inquiry, consent, amara, to_centre=open_harbor)
    client.force_login(noor)
    assert STATEMENT in client.get("/admin/intake/inquiry/offers/").content.decode()
    client.post(f"/admin/intake/inquiry/offers/{referral.pk}/", {"answer": "accept", "note": "Bed 4 is free"})
    page = client.get(case_url(inquiry) + "disclosures/").content.decode()
    assert STATEMENT in page
    assert "This case came to you by a referral" in page
    assert "Bed 4 is free" in page
    disclosure.record_arrival(inquiry, arrived=True, by=noor)
    assert state() == "arrived"


def test_after_a_withdrawal_no_note_and_no_link_is_left(client, inquiry, amara, offered):
    address = link(pages(client, inquiry, amara), "answer")
    erasure.withdraw(inquiry)
    assert not ReferralStep.objects.exclude(sealed=b"").exists()
    assert client.post(address, {"answer": "yes"}).status_code == 410
    client.force_login(amara)
    assert client.get(case_url(inquiry) + "disclosures/").status_code == 200


def test_the_case_records_that_the_place_answered(client, inquiry, amara, offered):
    client.post(link(pages(client, inquiry, amara), "answer"), {"answer": "yes"})
    answered = inquiry.events.filter(kind=Event.Kind.REFERRAL_ANSWERED).last()
    assert answered.data == {"by": "receiver", "referral": str(offered.pk), "state": "accepted"}
    assert answered.actor is None


def test_the_record_of_a_case_names_the_receiver(inquiry, amara, offered):
    [row] = disclosures.record(inquiry, by=amara).referrals
    assert row.receiver == AGREED["recipient"]
    assert [note for _step, note in row.steps] == ["Left word with the nurse Odalys"]
