"""A danger case stays in "Danger now" until a person says why it may leave."""

import datetime as dt
import secrets
from dataclasses import replace
from html import unescape

import pytest
from django.db import transaction
from django.utils import timezone

from danger.models import ProposedSentence
from intake import admission, triage
from intake.cases import blind_index, case_keys
from intake.cases.inquiry_data import InquiryData
from intake.mailbox import messages
from intake.models import Event, Inquiry, InternalNote, Notification, QueueRank
from intake.queue import queue, shift_handover
from intake.submission import receive
from intake.triage import stalled
from recovery_site.verbs import NotAllowed, Refused, Stale

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
LATER = dt.timedelta(hours=36)


@pytest.fixture
def danger(arrives):
    return arrives(priority=1, priority_reasons=["danger_now"])


def fresh(inquiry):
    return Inquiry.objects.get(pk=inquiry.pk)


def do(verb, inquiry, by, **kwargs):
    return verb(inquiry, by=by, version=fresh(inquiry).version, **kwargs)


def in_danger_now(inquiry, user):
    """Whether the case is in "Danger now", at the top of the queue and on the board of the shift."""
    row = fresh(inquiry)
    in_queue = [case.pk for case in queue.page(user).rows if case.queue_rank == QueueRank.DANGER]
    on_board = [case.pk for case in shift_handover.board(user, timezone.now()).danger]
    seen = {row.queue_rank == QueueRank.DANGER, row.pk in in_queue, row.pk in on_board}
    assert len(seen) == 1
    return seen.pop()


def events_of(inquiry, kind):
    return [event.data for event in inquiry.events.filter(kind=kind)]


# --- It stays ---------------------------------------------------------------------------------------------------------


def test_after_no_answer_and_a_next_try_in_36_hours_it_is_still_there(danger, amara):
    do(triage.log_attempt, danger, amara, way="phone", outcome="no_answer", next_action_at=timezone.now() + LATER)
    assert fresh(danger).state == Inquiry.State.WAITING
    assert in_danger_now(danger, amara)


def test_being_reached_is_not_yet_being_safe(danger, amara):
    do(triage.log_attempt, danger, amara, way="phone", outcome="reached", next_action_at=timezone.now() + LATER)
    assert in_danger_now(danger, amara)


def test_a_claim_a_reply_a_follow_up_and_the_waiting_list_leave_it_there(danger, amara):
    triage.claim(danger, by=amara)
    assert in_danger_now(danger, amara)
    do(triage.reply, danger, amara, text="I am here. Can you talk?")
    assert in_danger_now(danger, amara)
    do(triage.follow_up, danger, amara, at=timezone.now() + LATER)
    assert in_danger_now(danger, amara)
    do(admission.put_on_waiting_list, danger, amara, reason="no_bed", check_in_at=timezone.now() + LATER)
    assert in_danger_now(danger, amara)


def test_a_promise_for_tomorrow_does_not_let_it_rest(arrives, amara):
    promised = arrives(priority=1, answer_by=timezone.now() + LATER, next_action_at=timezone.now() + LATER, state="waiting")
    assert in_danger_now(promised, amara)


def test_it_can_be_closed_and_blocked_only_after_somebody_said_why_it_may_leave(danger, amara, luisa):
    with pytest.raises(Refused, match="why this case may leave"):
        do(triage.close, danger, amara, outcome="informed")
    with pytest.raises(Refused, match="why this case may leave"):
        do(triage.block, danger, luisa)
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    do(triage.close, danger, amara, outcome="informed")
    assert fresh(danger).state == Inquiry.State.CLOSED


def test_a_merge_carries_the_danger_over(danger, arrives, inquiry_data, amara):
    other = arrives(priority=3)
    for case in (danger, other):
        blind_index.index(case, inquiry_data.payload())
    triage.merge(danger, by=amara, version=fresh(danger).version, into=other)
    assert in_danger_now(other, amara)


def test_a_merge_into_a_case_that_left_brings_it_back(danger, arrives, inquiry_data, amara):
    left = arrives(priority=1)
    for case in (danger, left):
        blind_index.index(case, inquiry_data.payload())
    do(triage.resolve_danger, left, amara, outcome="reached_safe")
    triage.merge(danger, by=amara, version=fresh(danger).version, into=left)
    assert in_danger_now(left, amara)


def test_a_case_that_left_brings_no_danger_when_it_is_merged(danger, arrives, inquiry_data, amara):
    other = arrives(priority=3)
    for case in (danger, other):
        blind_index.index(case, inquiry_data.payload())
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    triage.merge(danger, by=amara, version=fresh(danger).version, into=other)
    assert not in_danger_now(other, amara)


def test_unmerging_does_not_lose_it(danger, arrives, inquiry_data, amara):
    other = arrives(priority=3)
    for case in (danger, other):
        blind_index.index(case, inquiry_data.payload())
    triage.merge(danger, by=amara, version=fresh(danger).version, into=other)
    triage.unmerge(danger, by=amara)
    assert in_danger_now(danger, amara)
    assert in_danger_now(other, amara)


def test_another_centre_gets_it_as_danger(danger, amara, open_harbor, noor):
    do(triage.hand_over, danger, amara, to=open_harbor)
    assert in_danger_now(danger, noor)


# --- It leaves --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["reached_safe", "emergency_called", "not_danger"])
def test_a_person_says_why_it_may_leave_and_that_is_an_event(danger, amara, outcome):
    do(triage.resolve_danger, danger, amara, outcome=outcome)
    assert not in_danger_now(danger, amara)
    assert events_of(danger, "danger_resolved") == [{"outcome": outcome}]
    assert (fresh(danger).danger_outcome, fresh(danger).claimed_by) == (outcome, amara)


def test_handed_on_needs_to_whom_which_is_sealed(danger, amara):
    with pytest.raises(Refused, match="who is with them"):
        do(triage.resolve_danger, danger, amara, outcome="handed_on")
    do(triage.resolve_danger, danger, amara, outcome="handed_on", note="The mobile team of Mercy")
    note = InternalNote.objects.get()
    assert b"Mercy" not in bytes(note.sealed)
    assert events_of(danger, "danger_resolved") == [{"outcome": "handed_on", "note": str(note.pk)}]


def test_it_is_refused_without_a_reason_from_a_stale_page_and_to_people_of_other_centres(danger, amara, ben, noor, arrives):
    for outcome in ("", "drill", "bored"):
        with pytest.raises(Refused, match="Choose why"):
            do(triage.resolve_danger, danger, amara, outcome=outcome)
    seen = fresh(danger).version
    do(triage.log_attempt, danger, ben, way="phone", outcome="no_answer")
    with pytest.raises(Stale):
        triage.resolve_danger(danger, by=amara, version=seen, outcome="reached_safe")
    with pytest.raises(Inquiry.DoesNotExist):
        do(triage.resolve_danger, danger, noor, outcome="reached_safe")
    with pytest.raises(Refused, match="not in"):
        do(triage.resolve_danger, arrives(priority=2), amara, outcome="reached_safe")
    assert in_danger_now(danger, amara)


def test_what_the_visitor_wrote_is_read_before_it_leaves(danger, amara):
    Inquiry.objects.filter(pk=danger.pk).update(has_unread_message=True)
    with pytest.raises(Refused, match="nobody has read it"):
        do(triage.resolve_danger, danger, amara, outcome="reached_safe")


def test_a_new_sign_of_danger_brings_it_back(danger, amara):
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    messages.add_visitor_message(danger, {"text": "I want to kill myself"}, secrets.token_bytes(32))
    assert in_danger_now(danger, amara)
    assert events_of(danger, "danger_again") == [{"by": "visitor"}]
    triage.open_case(danger, by=amara, with_contact=False)
    assert in_danger_now(danger, amara)


def test_any_later_message_brings_it_back_until_it_is_read(danger, amara):
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    messages.add_visitor_message(danger, {"text": "thank you"}, secrets.token_bytes(32))
    assert in_danger_now(danger, amara)
    triage.open_case(danger, by=amara, with_contact=False)
    assert not in_danger_now(danger, amara)
    assert fresh(danger).queue_rank == QueueRank.WAITING_FOR_US


# --- Looks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("priority", "after"), [(1, 15 * MINUTE), (2, 120 * MINUTE)])
def test_a_reply_sets_a_look_and_unread_it_brings_the_case_back(arrives, amara, priority, after):
    case = arrives(priority=priority)
    before = timezone.now()
    do(triage.reply, case, amara, text="I am here.")
    look = fresh(case).next_action_at
    assert after <= look - before < after + MINUTE
    assert stalled.return_unread(look - MINUTE) == {"unread_replies_brought_back": 0}
    assert stalled.return_unread(look) == {"unread_replies_brought_back": 1}
    assert stalled.return_unread(look) == {"unread_replies_brought_back": 0}
    assert fresh(case).state == Inquiry.State.OPEN
    assert fresh(case).queue_rank in (QueueRank.DANGER, QueueRank.WAITING_FOR_US)
    assert events_of(case, "reply_unread") == [{"by": "system"}]


def test_a_reply_that_was_read_waits_for_its_look(arrives, amara):
    case = arrives(priority=2)
    do(triage.reply, case, amara, text="I am here.").inquiry.messages.update(read_at=timezone.now())
    assert stalled.return_unread(timezone.now() + LATER) == {"unread_replies_brought_back": 0}
    assert fresh(case).queue_rank == QueueRank.FOLLOW_UP


def test_a_later_follow_up_does_not_put_the_look_off(danger, amara):
    do(triage.reply, danger, amara, text="I am here.", next_action_at=timezone.now() + LATER)
    assert fresh(danger).next_action_at < timezone.now() + 16 * MINUTE


def test_a_reply_to_an_ordinary_case_sets_no_look(arrives, amara):
    case = arrives(priority=3)
    do(triage.reply, case, amara, text="Good morning.")
    assert fresh(case).next_action_at is None


# --- Priorities by hand -----------------------------------------------------------------------------------------------


def test_ben_raises_a_case_that_was_missed_and_the_centre_is_told(arrives, ben):
    case = arrives(priority=3)
    do(triage.change_priority, case, ben, priority=1, reason="missed", sentence="He lined up all his tablets", language="en")
    assert in_danger_now(case, ben)
    assert events_of(case, "priority_changed") == [{"before": 3, "priority": 1, "reason": "missed"}]
    assert ProposedSentence.objects.values_list("text", "kind", "proposed_by").get() == ("He lined up all his tablets", "", ben.pk)


def test_raising_to_danger_notifies_whoever_is_told_of_danger(arrives, ben, luisa):
    luisa.email = "luisa@example.org"
    luisa.save()
    case = arrives(priority=3)
    do(triage.change_priority, case, ben, priority=1, reason="worse")
    assert Notification.objects.filter(inquiry=case, kind="danger").exists()


def test_amara_lowers_an_urgent_case_with_a_reason(arrives, amara):
    case = arrives(priority=2)
    with pytest.raises(Refused, match="reason that fits"):
        do(triage.change_priority, case, amara, priority=3, reason="worse")
    do(triage.change_priority, case, amara, priority=3, reason="better")
    assert fresh(case).priority == 3
    assert events_of(case, "priority_changed") == [{"before": 2, "priority": 3, "reason": "better"}]


def test_danger_is_not_lowered_without_saying_why_it_may_leave(danger, amara):
    with pytest.raises(Refused, match="why this case may leave"):
        do(triage.change_priority, danger, amara, priority=3, reason="mistake")
    do(triage.resolve_danger, danger, amara, outcome="not_danger")
    assert fresh(danger).priority == 2
    do(triage.change_priority, danger, amara, priority=3, reason="mistake")
    assert fresh(danger).priority == 3


def test_a_case_that_left_is_put_back_by_hand(danger, amara):
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    do(triage.change_priority, danger, amara, priority=1, reason="worse")
    assert in_danger_now(danger, amara)


def test_only_people_of_the_centre_change_a_priority(danger, noor, olga):
    for person in (noor, olga):
        with pytest.raises((Inquiry.DoesNotExist, NotAllowed)):
            do(triage.change_priority, danger, person, priority=2, reason="better")


def test_a_proposed_sentence_never_repeats_the_visitors_words(danger, amara):
    with pytest.raises(Refused, match="repeats words of the visitor"):
        do(triage.resolve_danger, danger, amara, outcome="not_danger", sentence="She said zzyzxword is what scares me")
    assert not ProposedSentence.objects.exists()
    assert in_danger_now(danger, amara)
    do(triage.resolve_danger, danger, amara, outcome="not_danger", sentence="My song is called overdose", language="en")
    assert ProposedSentence.objects.get().kind == "hard"


# --- Flags that are taken back ----------------------------------------------------------------------------------------


def resend(inquiry_data, token, **changes):
    return receive.receive(replace(inquiry_data, **changes), form_token=token).inquiry


def test_who_sends_the_form_again_without_the_tick_takes_it_back(riverside, inquiry_data, amara):
    token = secrets.token_bytes(16)
    case = resend(inquiry_data, token, danger_now=True)
    assert in_danger_now(case, amara)
    resend(inquiry_data, token)
    assert (fresh(case).priority, fresh(case).priority_reasons) == (3, [])
    assert events_of(case, "less_urgent") == [{"by": "visitor", "priority": 3}]


def test_the_tick_taken_back_does_not_take_back_words_of_danger(riverside, inquiry_data, amara):
    token = secrets.token_bytes(16)
    case = resend(inquiry_data, token, danger_now=True, message="I took too many pills")
    resend(inquiry_data, token, message="never mind")
    assert in_danger_now(case, amara)


def test_nor_what_staff_judged(riverside, inquiry_data, amara):
    token = secrets.token_bytes(16)
    case = resend(inquiry_data, token, danger_now=True)
    do(triage.resolve_danger, case, amara, outcome="not_danger")
    do(triage.change_priority, case, amara, priority=1, reason="worse")
    resend(inquiry_data, token)
    assert in_danger_now(case, amara)


def prescreen(case, by, *flags):
    do(admission.save_prescreen, case, by, answers={"red_flags": list(flags)})


def test_amara_unticks_her_own_red_flag(arrives, amara):
    case = arrives(priority=3)
    prescreen(case, amara, "suicide")
    assert in_danger_now(case, amara)
    prescreen(case, amara, "pregnant")
    assert fresh(case).priority == 2
    prescreen(case, amara)
    assert (fresh(case).priority, fresh(case).priority_reasons) == (3, [])


def test_ben_does_not_untick_amaras_red_flag(arrives, amara, ben):
    case = arrives(priority=3)
    prescreen(case, amara, "suicide")
    prescreen(case, ben)
    assert in_danger_now(case, ben)


def test_a_new_red_flag_brings_back_a_case_that_left(danger, amara):
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    prescreen(danger, amara, "suicide")
    assert in_danger_now(danger, amara)
    do(triage.resolve_danger, danger, amara, outcome="reached_safe")
    prescreen(danger, amara, "suicide", "under_18")
    assert not in_danger_now(danger, amara)


# --- Calls ------------------------------------------------------------------------------------------------------------


def test_a_call_to_911_is_an_event_and_the_case_stays(danger, amara):
    triage.record_emergency_call(danger, by=amara, number="emergency")
    assert events_of(danger, "emergency_called") == [{"number": "emergency"}]
    assert in_danger_now(danger, amara)
    assert Event.objects.get(kind="emergency_called").actor == amara


# --- What stands in the first screen ------------------------------------------------------------------------------------


def first_words(inquiry, user, client):
    client.force_login(user)
    page = client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()
    return unescape(page.split('<blockquote class="danger-words">')[1].split("</blockquote>")[0])


def test_amara_reads_the_newest_words_of_danger_first(riverside, amara, client):
    received = receive.receive(InquiryData(message="He took all his pills"), form_token=secrets.token_bytes(16))
    assert first_words(received.inquiry, amara, client) == "He took all his pills"
    key = case_keys.for_staff(received.inquiry, amara)
    with transaction.atomic():
        messages.add_visitor_message(received.inquiry, {"text": "He stopped breathing"}, key)
    assert first_words(received.inquiry, amara, client) == "He stopped breathing"
    with transaction.atomic():
        messages.add_visitor_message(received.inquiry, {"text": "My name is Mel by the way"}, key)
    assert first_words(received.inquiry, amara, client) == "He stopped breathing"


def test_amara_reads_the_sentence_of_danger_however_long_the_message(riverside, amara, client):
    long = "I have been thinking about this for years. " * 8 + "Last night my wife left. I took all my pills an hour ago. Goodbye."
    received = receive.receive(InquiryData(message=long), form_token=secrets.token_bytes(16))
    assert first_words(received.inquiry, amara, client) == "… I took all my pills an hour ago. Goodbye."


def test_where_no_rule_hears_it_amara_reads_the_last_words(danger, amara, client):
    assert "zzyzxword" in first_words(danger, amara, client)
