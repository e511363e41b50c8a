"""Replies and notes: sealed, recorded, and never mixed up."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import admission, triage
from intake.cases import case_keys
from intake.crypto import sealing
from intake.models import Inquiry, InternalNote, Message
from recovery_site.verbs import Refused, Stale

pytestmark = pytest.mark.django_db


def test_a_reply_is_a_message_that_the_visitors_key_opens(inquiry, amara):
    triage.reply(inquiry, text="We have a place on Tuesday.", by=amara, version=inquiry.version)
    message = Message.objects.get()
    assert (message.sender, message.author) == ("staff", amara)
    assert b"Tuesday" not in bytes(message.sealed)
    key = case_keys.for_staff(inquiry, amara)
    assert sealing.open_sealed("message", message.pk, message.sealed, key) == {"text": "We have a place on Tuesday."}
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.claimed_by) == (Inquiry.State.WAITING, amara)
    assert inquiry.first_response_at is not None


def test_a_reply_keeps_the_follow_up_and_the_check_in_and_ends_the_first_promise(inquiry, amara):
    triage.reply(inquiry, text="First", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    assert inquiry.next_action_at is None
    day = timezone.now() + dt.timedelta(days=3)
    triage.follow_up(inquiry, at=day, by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    triage.reply(inquiry, text="We have not forgotten you", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    assert inquiry.next_action_at == day
    admission.put_on_waiting_list(inquiry, by=amara, version=inquiry.version, reason="no_place", check_in_at=day + dt.timedelta(days=1))
    inquiry.refresh_from_db()
    triage.reply(inquiry, text="Still no place", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    assert inquiry.next_action_at == day + dt.timedelta(days=1)


def test_a_note_is_no_message(inquiry, amara):
    triage.add_note(inquiry, text="Ask for the intake nurse.", by=amara)
    assert not Message.objects.exists()
    note = InternalNote.objects.get()
    assert b"nurse" not in bytes(note.sealed)
    assert inquiry.events.last().kind == "note_added"


def test_nothing_is_no_reply(inquiry, amara):
    with pytest.raises(Refused):
        triage.reply(inquiry, text=" \n", by=amara, version=inquiry.version)
    assert not Message.objects.exists()


def test_a_reply_to_a_case_that_changed_meanwhile_is_refused(inquiry, amara, ben):
    seen = inquiry.version
    triage.claim(inquiry, by=ben)
    with pytest.raises(Stale):
        triage.reply(inquiry, text="Hello", by=amara, version=seen)
    assert not Message.objects.exists()
