"""The person sees everything that was told to whom, and signs, narrows and revokes disclosures in the mailbox."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from intake import admission, disclosure, triage
from intake.cases import case_keys
from intake.crypto import sealing
from intake.disclosure import referrals
from intake.models import ConsentRequest, DisclosureConsent, Event, Inquiry, Notification, Referral
from intake.reporting import counting, exports
from intake.retention import erasure
from recovery_site.verbs import Refused, Stale
from tests.intake.disclosure.test_disclosures import AGREED, DAY, EMERGENCY, refer
from tests.intake.mailbox.test_self_service import press, received, visitor  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
SHARING = "/mailbox/sharing/"


@pytest.fixture
def inquiry(received):  # noqa: F811
    return received.inquiry


@pytest.fixture
def amara(amara):
    amara.email = "amara@example.org"
    amara.save()
    return amara


@pytest.fixture
def consent(inquiry, amara):
    return disclosure.record_consent(inquiry, words=AGREED, by=amara, way="spoken", expires_at=timezone.now() + 30 * DAY)


@pytest.fixture
def question(inquiry, amara):
    return disclosure.ask_consent(inquiry, words=AGREED, by=amara, expires_at=timezone.now() + 30 * DAY)


def main(page):
    return re.search(r"<main.*</main>", page.content.decode(), re.S).group()


def mailbox(visitor):  # noqa: F811
    return main(visitor.get("/mailbox/open/"))


def words_of(consent, amara):
    consent.refresh_from_db()
    return sealing.open_sealed("consent", consent.pk, consent.sealed, case_keys.for_staff(consent.inquiry, amara))


# --- What is shown ---------------------------------------------------------------------------------------------


def test_an_export_with_names_is_shown_although_the_case_was_never_opened(visitor, inquiry, luisa):  # noqa: F811
    today = counting.today([inquiry.centre], timezone.now())
    wanted = exports.Wanted(counting.Period(today, today), reason="legal", with_identity=True)
    exports.export(wanted, by=luisa)
    page = mailbox(visitor)
    assert "Luisa Ferreira – put your name, phone and e-mail into a file, for: court order or other legal duty" in page


def test_a_printed_summary_is_shown(visitor, inquiry, amara):  # noqa: F811
    admission.summaries.of_case(inquiry, by=amara, shown=True)
    assert "Amara Diallo – showed a summary to print" in mailbox(visitor)


def test_a_hand_over_is_shown_with_both_centres_and_so_is_who_reads_it_there(visitor, inquiry, amara, open_harbor, noor):  # noqa: F811
    triage.hand_over(inquiry, to=open_harbor, by=amara, version=inquiry.version)
    triage.open_case(inquiry, by=noor, with_contact=False)
    page = mailbox(visitor)
    assert "Amara Diallo – handed your request over from Riverside to Harbor" in page
    assert "Noor Haddad – read your request" in page


def test_a_referral_outside_is_shown_with_whom_and_what(visitor, inquiry, amara, consent):  # noqa: F811
    refer(inquiry, consent, amara)
    page = mailbox(visitor)
    assert "asked Dr. Pellworm&#x27;s practice to take you" in page
    assert "told Dr. Pellworm&#x27;s practice: That I asked for help and when I can come. What for: To be admitted" in page
    assert "wrote down that you agreed that Dr. Pellworm&#x27;s practice is told" in page


def test_an_emergency_is_shown_with_whom_and_why(visitor, inquiry, amara):  # noqa: F811
    disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=timezone.now())
    assert "told Paramedic Ursa, City ambulance, in an emergency: Not breathing well" in mailbox(visitor)


def test_the_number_of_queries_does_not_grow_with_the_steps(visitor, inquiry, amara, consent, django_assert_max_num_queries):  # noqa: F811
    refer(inquiry, consent, amara)
    disclosure.record_answer(inquiry, accepted=False, by=amara)
    for _number in range(5):
        disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=timezone.now())
    with django_assert_max_num_queries(25):
        visitor.get("/mailbox/open/")


# --- Signing -----------------------------------------------------------------------------------------------------


def test_quillon_signs_what_amara_asks_for(visitor, inquiry, amara, question):  # noqa: F811
    assert "We ask whether we may tell somebody else about you." in mailbox(visitor)
    page = main(visitor.get(SHARING))
    for word in AGREED.values():
        assert word.replace("'", "&#x27;") in page
    assert press(visitor, SHARING, step="sign", consent=question.pk, signature=" Q. ").status_code == 303
    consent = DisclosureConsent.objects.get()
    assert (consent.way, consent.recorded_by, consent.is_in_force(timezone.now())) == ("mailbox", amara, True)
    assert words_of(consent, amara) == {**AGREED, "signature": "Q."}
    assert b"Pellworm" not in bytes(consent.sealed)
    assert Notification.objects.filter(kind="consent_changed").exists()
    assert "You – agreed that Dr. Pellworm&#x27;s practice is told" in mailbox(visitor)
    refer(inquiry, consent, amara)


def test_nothing_may_be_told_before_quillon_signs(inquiry, amara, question):
    assert not DisclosureConsent.objects.exists()
    with pytest.raises(Refused):
        refer(inquiry, question, amara)


def test_a_signature_is_needed_and_asked_for_in_words(visitor, question):  # noqa: F811
    answer = press(visitor, SHARING, step="sign", consent=question.pk, signature=" ")
    assert answer.status_code == 422
    assert "Type your name or initials." in main(answer)
    assert not DisclosureConsent.objects.exists()


def test_quillon_says_no_and_amara_sees_it(visitor, inquiry, amara, question, client):  # noqa: F811
    assert press(visitor, SHARING, step="decline", consent=question.pk).status_code == 303
    assert "I agree" not in main(visitor.get(SHARING))
    assert press(visitor, SHARING, step="sign", consent=question.pk, signature="Q.").status_code == 422
    client.force_login(amara)
    assert "They did not agree" in client.get(f"/admin/intake/inquiry/{inquiry.reference}/disclosures/").content.decode()


def test_amara_asks_on_the_page_of_the_case(visitor, inquiry, amara, client):  # noqa: F811
    client.force_login(amara)
    until = (timezone.now() + 30 * DAY).strftime("%Y-%m-%dT%H:%M")
    form = {f"consent-{name}": value for name, value in AGREED.items()} | {"consent-way": "spoken", "consent-expires_at": until}
    page = client.post(f"/admin/intake/inquiry/{inquiry.reference}/consent/", form | {"ask": "1"}, follow=True).content.decode()
    assert "Asked in the mailbox, not answered yet" in page
    assert not DisclosureConsent.objects.exists()
    assert "Dr. Pellworm" in main(visitor.get(SHARING))


# --- Revoking and narrowing ---------------------------------------------------------------------------------------


def test_after_quillon_takes_it_back_nothing_leaves_and_staff_see_it_at_once(visitor, inquiry, amara, noor, open_harbor, consent):  # noqa: F811, PLR0917
    offer = refer(inquiry, consent, amara, to_centre=open_harbor)
    seen = Inquiry.objects.get()
    assert press(visitor, SHARING, step="revoke", consent=consent.pk).status_code == 303
    assert "Taken back (" in main(visitor.get(SHARING))
    assert list(referrals.offered_to(noor)) == []
    with pytest.raises(Referral.DoesNotExist):
        disclosure.accept(offer, by=noor)
    with pytest.raises(Refused):
        refer(inquiry, consent, amara)
    with pytest.raises(Stale):
        disclosure.refer(seen, consent_id=consent.pk, by=amara, version=seen.version)
    assert Notification.objects.filter(kind="consent_changed").exists()
    assert Event.objects.get(kind=Event.Kind.CONSENT_REVOKED).data["by"] == "visitor"
    assert "You – took back that Dr. Pellworm&#x27;s practice may be told" in mailbox(visitor)


def test_what_quillon_leaves_out_is_shown_to_staff_and_the_whole_case_stays(visitor, inquiry, amara, open_harbor, consent, client):  # noqa: F811, PLR0917
    refer(inquiry, consent, amara, to_centre=open_harbor)
    press(visitor, SHARING, step="narrow", consent=consent.pk, text="Not my old job")
    assert words_of(consent, amara)["leave_out"] == "Not my old job"
    assert Referral.objects.get().state == "withdrawn"
    with pytest.raises(Refused):
        refer(inquiry, consent, amara, to_centre=open_harbor)
    client.force_login(amara)
    assert "Not my old job" in client.get(f"/admin/intake/inquiry/{inquiry.reference}/disclosures/").content.decode()
    refer(inquiry, consent, amara)
    assert "Not: Not my old job" in mailbox(visitor)


def test_quillon_lets_it_end_earlier_but_not_later(visitor, inquiry, consent):  # noqa: F811
    day = timezone.now().date() + 3 * DAY
    press(visitor, SHARING, step="narrow", consent=consent.pk, until=day.isoformat())
    consent.refresh_from_db()
    assert consent.expires_at < timezone.now() + 5 * DAY
    for wrong in (day + 40 * DAY, day - 10 * DAY):
        answer = press(visitor, SHARING, step="narrow", consent=consent.pk, until=wrong.isoformat(), text="stays here")
        assert answer.status_code == 422
        assert "stays here" in main(answer)
    for malformed in ("soon", "2026-02-31"):
        assert press(visitor, SHARING, step="narrow", consent=consent.pk, until=malformed).status_code == 422
    assert press(visitor, SHARING, step="narrow", consent=consent.pk).status_code == 422


def test_nobody_changes_the_consent_of_another_mailbox(visitor, arrives, amara, consent):  # noqa: F811
    other = arrives()
    theirs = disclosure.record_consent(other, words=AGREED, by=amara, way="spoken", expires_at=timezone.now() + DAY)
    for step in ("revoke", "narrow", "sign", "decline"):
        assert press(visitor, SHARING, step=step, consent=theirs.pk, text="x", signature="x").status_code == 422
    assert press(visitor, SHARING, step="revoke", consent="x").status_code == 422
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_without_an_open_mailbox_nothing_is_shown_and_what_was_typed_is_kept(consent):
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(SHARING).status_code == 302
    assert "Not my old job" in stranger.post(SHARING, {"step": "narrow", "text": "Not my old job"}).content.decode()


# --- The copy ----------------------------------------------------------------------------------------------------


def test_the_copy_to_read_and_the_file_hold_it_all(visitor, inquiry, amara, consent, question):  # noqa: F811
    refer(inquiry, consent, amara)
    triage.reply(inquiry, by=amara, version=Inquiry.objects.get().version, text="Come on Monday.")
    page = press(visitor, "/mailbox/copy/", **{"as": "page"})
    shown = main(page)
    for word in ("zzyzxword", "Quillon", "+12125550143", "Come on Monday.", "To be admitted", "told Dr. Pellworm", "We ask you"):
        assert word in shown, word
    assert "data-print" in shown
    assert "no-store" in page["Cache-Control"]
    assert "zzyzxword" not in re.search(r"<title>.*</title>", page.content.decode(), re.S).group()
    copy = json.loads(press(visitor, "/mailbox/copy/").content)
    assert copy["what_others_may_be_told"][0]["still_a_question"]
    assert copy["what_others_may_be_told"][1]["recipient"] == AGREED["recipient"]
    assert any("told Dr. Pellworm" in step["what"] for step in copy["who_read_it_and_what_was_told"])
    assert Event.objects.filter(kind=Event.Kind.DOWNLOADED).count() == 2


def test_withdrawing_destroys_the_question_too(inquiry, question):
    erasure.withdraw(inquiry)
    assert not ConsentRequest.objects.exists()
