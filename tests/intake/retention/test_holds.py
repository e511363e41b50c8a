"""A legal hold beats every path that erases, and neither the sender nor a colleague learns of it."""

import datetime as dt
import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import disclosure, triage
from intake.cases import case_keys, drafts
from intake.cases.inquiry_data import InquiryData
from intake.identifiers import new_id
from intake.models import Event, Inquiry, KeyWrap, LegalHold, Message, Receipt, RetentionRule, WithheldCase
from intake.retention import erasure, holds, policy, rounds
from intake.retention.holds import Scope
from intake.submission import receive
from recovery_site.verbs import NotAllowed, Refused
from tests.people import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana(riverside):
    """A second lead of Riverside."""
    return member("hana", "Hana Holt", riverside, "lead")


@pytest.fixture
def set_hold(riverside, luisa):
    """Luisa asks for a hold, by default on everything of this month."""

    def ask(inquiry=None, readers=None, **more):
        now = timezone.now()
        scope = Scope(inquiry) if inquiry else Scope(since=now - dt.timedelta(days=30), until=now + dt.timedelta(days=30))
        facts = {"reason": "order", "file_number": "24-117", "review_on": now.date() + dt.timedelta(days=90), "readers": readers or [luisa]}
        return holds.ask(riverside, scope, by=luisa, **{**facts, **more})

    return ask


def long_closed(arrives, riverside):
    RetentionRule.objects.get_or_create(centre=riverside, outcome="spam", defaults={"days": 30})
    return arrives(state="closed", outcome="spam", closed_at=timezone.now() - dt.timedelta(days=99))


def whole(inquiry):
    return KeyWrap.objects.filter(inquiry=inquiry).exists() and bytes(Inquiry.objects.get(pk=inquiry.pk).sealed) != b""


def test_a_rule_erases_nothing_that_is_held_and_erases_it_once_the_hold_is_lifted(arrives, riverside, set_hold, luisa, hana):
    case, other = long_closed(arrives, riverside), long_closed(arrives, riverside)
    hold = holds.approve(set_hold(case), by=hana)
    assert policy.erases_on(case) is None
    rounds.run(timezone.now())
    assert whole(case)
    assert not whole(other)
    holds.lift(holds.ask_to_lift(hold, by=luisa), by=hana)
    rounds.run(timezone.now())
    assert not whole(case)


def test_a_hold_on_a_period_keeps_what_the_centre_received_in_it_and_nothing_else(arrives, riverside, set_hold):
    inside, before = long_closed(arrives, riverside), long_closed(arrives, riverside)
    Inquiry.objects.filter(pk=before.pk).update(received_at=timezone.now() - dt.timedelta(days=60))
    set_hold()
    rounds.run(timezone.now())
    assert whole(inside)
    assert not whole(before)


def test_a_case_that_was_handed_over_stays_under_the_hold_of_its_first_centre(inquiry, amara, open_harbor, set_hold):
    set_hold()
    triage.hand_over(inquiry, by=amara, version=inquiry.version, to=open_harbor)
    assert holds.held(Inquiry.objects.get(pk=inquiry.pk))


def test_a_case_merged_into_one_that_is_held_is_held(arrives, set_hold):
    main = arrives()
    merged = arrives(state="closed", outcome="duplicate", merged_into=main)
    set_hold(main)
    assert holds.held(merged)
    assert Inquiry.objects.filter(holds.is_held()).count() == 2


def test_a_hold_that_nobody_approves_keeps_for_a_week(arrives, riverside, set_hold):
    case = long_closed(arrives, riverside)
    set_hold(case)
    now = timezone.now()
    assert holds.end_unapproved(now + dt.timedelta(days=6)) == {"holds_ended": 0}
    assert holds.end_unapproved(now + dt.timedelta(days=8)) == {"holds_ended": 1}
    rounds.run(now)
    assert not whole(case)
    assert Event.objects.get(kind="hold_lifted").data["why"] == "not_approved"


def test_a_second_person_is_needed_to_approve_and_to_lift(set_hold, luisa, hana, amara, ada, olga):  # noqa: PLR0917 (everybody)
    hold = set_hold()
    with pytest.raises(Refused, match="Another person must approve"):
        holds.approve(hold, by=luisa)
    with pytest.raises(NotAllowed):
        holds.approve(hold, by=amara)
    holds.approve(hold, by=ada)
    with pytest.raises(Refused, match="Two people lift it"):
        holds.refuse(hold, by=luisa)
    with pytest.raises(Refused, match="Nobody has asked to lift"):
        holds.lift(hold, by=hana)
    holds.ask_to_lift(hold, by=hana)
    with pytest.raises(Refused, match="Another person must agree"):
        holds.lift(hold, by=hana)
    holds.lift(hold, by=olga)
    assert not LegalHold.objects.in_force().exists()
    trail = Event.objects.filter(kind__in=["hold_set", "hold_lifted"]).values_list("kind", "actor__username", "data__why")
    assert list(trail) == [
        ("hold_set", "luisa", "asked"),
        ("hold_set", "ada", "approved"),
        ("hold_lifted", "hana", "asked"),
        ("hold_lifted", "olga", "lifted"),
    ]
    assert not Event.objects.filter(kind__startswith="hold_", inquiry__isnull=False).exists(), "the sender sees the history of the case"


def test_only_a_lead_of_the_centre_asks_and_names_leads_of_it(riverside, amara, set_hold, noor, arrives, harbor):  # noqa: PLR0917 (everybody)
    with pytest.raises(NotAllowed):
        holds.ask(riverside, Scope(arrives()), by=amara, reason="order", file_number="", review_on=timezone.now().date(), readers=[amara])
    for wrong in ({"readers": [amara]}, {"readers": [noor]}, {"review_on": timezone.now().date()}):
        with pytest.raises(Refused):
            set_hold(**wrong)
    elsewhere = arrives()
    Inquiry.objects.filter(pk=elsewhere.pk).update(centre=harbor)
    elsewhere.refresh_from_db()
    with pytest.raises(Refused, match="not at your center"):
        set_hold(elsewhere)


@pytest.fixture
def written(riverside, amara):
    """A request with an answer, a note and a consent to disclose. Returns (inquiry, words of the receipt)."""
    received = receive.receive(InquiryData(name="Quillon", message="zzyzxword", phone="+12125550143"), form_token=secrets.token_bytes(16))
    inquiry = received.inquiry
    triage.reply(inquiry, text="We are here", by=amara, version=inquiry.version)
    triage.add_note(inquiry, text="Sounded tired", by=amara)
    words = {"person": "Quillon", "discloser": "Riverside", "recipient": "Harbor", "what": "All", "purpose": "Admission"}
    disclosure.record_consent(inquiry, words=words, by=amara, way="spoken", expires_at=timezone.now() + dt.timedelta(days=30))
    drafts.save(new_id(), "note", {"text": ["half a note"]}, by=amara, inquiry=inquiry)
    return Inquiry.objects.get(pk=inquiry.pk), " ".join(received.receipt)


def withdraw_in_the_mailbox(client, words):
    """Open the mailbox and withdraw; return what the visitor sees: each status and page, and the mailbox afterwards."""
    client.post("/mailbox/", {"words": words})
    page = client.get("/mailbox/withdraw/")
    secret = page.context["form_secret"]
    gone = client.post("/mailbox/withdraw/", {"mailbox": secret})
    again = client.post("/mailbox/", {"words": words})
    after = client.get("/mailbox/open/")
    return [(page.status_code, gone.status_code, again.status_code, after.status_code), gone.content.decode(), gone.cookies.output()]


def test_withdrawing_under_a_hold_looks_to_the_visitor_like_any_other(client, written, set_hold, riverside):
    inquiry, words = written
    other = receive.receive(InquiryData(message="another"), form_token=secrets.token_bytes(16))
    plain = withdraw_in_the_mailbox(client, " ".join(other.receipt))
    set_hold(inquiry)
    kept = withdraw_in_the_mailbox(client, words)
    assert plain[0] == kept[0] == (200, 200, 422, 302)
    assert kept[1] == plain[1].replace(other.inquiry.reference, inquiry.reference)
    assert kept[2] == plain[2]
    assert whole(inquiry)
    assert not Receipt.objects.filter(inquiry=inquiry).exists()


def test_withdrawing_under_a_hold_takes_the_same_queries(written, set_hold, arrives):
    inquiry, _words = written
    other = arrives()
    with CaptureQueriesContext(connection) as plain:
        erasure.withdraw(other)
    set_hold(inquiry)
    with CaptureQueriesContext(connection) as kept:
        erasure.withdraw(inquiry)
    assert len(kept) == len(plain)


def test_the_words_stay_sealed_and_no_colleague_opens_them(client, written, set_hold, amara, luisa, hana):  # noqa: PLR0917 (everybody)
    inquiry, _words = written
    set_hold(inquiry)
    erasure.withdraw(inquiry)
    inquiry.refresh_from_db()
    assert whole(inquiry)
    assert Message.objects.filter(inquiry=inquiry).exists()
    for person in (amara, luisa, hana):
        with pytest.raises(case_keys.KeyLost):
            case_keys.for_staff(inquiry, person)
        case = triage.open_case(inquiry, by=person, with_contact=True)
        assert (case.opens, case.content, case.contact, case.messages, case.notes) == (False, {}, {}, [], [])
        client.force_login(person)
        page = client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()
        assert "What they wrote is erased." in page
        assert "We are here" not in page
    assert (inquiry.region, inquiry.safe_windows, inquiry.state, inquiry.outcome) == ("", [], "closed", "withdrawn")


def test_only_the_leads_that_the_hold_names_read_what_was_withdrawn(written, set_hold, luisa, hana, amara, ada):  # noqa: PLR0917 (everybody)
    inquiry, _words = written
    hold = set_hold(inquiry)
    erasure.withdraw(inquiry)
    with pytest.raises(NotAllowed, match="once it is approved"):
        holds.read(hold, inquiry, by=luisa)
    holds.approve(hold, by=hana)
    for person in (hana, amara, ada):
        with pytest.raises(NotAllowed):
            holds.read(hold, inquiry, by=person)
    text = "\n".join(line.value for piece in holds.read(hold, inquiry, by=luisa) for line in piece.lines)
    for words in ("zzyzxword", "Quillon", "We are here", "Sounded tired"):
        assert words in text
    opened = Event.objects.filter(inquiry=inquiry, kind="opened", actor=luisa).last()
    assert opened.data == {"hold": hold.pk}


def test_a_withdrawn_case_is_erased_as_soon_as_no_hold_covers_it(written, set_hold, luisa, hana):
    inquiry, _words = written
    one, other = holds.approve(set_hold(inquiry), by=hana), set_hold()
    erasure.withdraw(inquiry)
    holds.lift(holds.ask_to_lift(one, by=luisa), by=hana)
    rounds.run(timezone.now())
    assert whole(inquiry), "the other hold still covers it"
    holds.refuse(other, by=luisa)
    rounds.run(timezone.now())
    assert not whole(inquiry)
    assert not Message.objects.filter(inquiry=inquiry).exists()
    assert not WithheldCase.objects.exists()
    assert list(inquiry.events.filter(kind="erased").values_list("data__by", flat=True)) == ["policy"]


def test_the_same_form_sent_again_after_a_withdrawal_is_a_new_request(riverside, set_hold):
    token = secrets.token_bytes(16)
    first = receive.receive(InquiryData(message="help"), form_token=token)
    set_hold(first.inquiry)
    erasure.withdraw(first.inquiry)
    second = receive.receive(InquiryData(message="help"), form_token=token)
    assert second.inquiry.pk != first.inquiry.pk
