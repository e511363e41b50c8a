"""Logging contact attempts."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.cases import case_keys
from intake.crypto import sealing
from intake.models import ContactAttempt, Event, Inquiry
from recovery_site.verbs import Refused, Stale

pytestmark = pytest.mark.django_db
TOMORROW = dt.timedelta(days=1)


def log(inquiry, by, outcome, **kwargs):
    inquiry.refresh_from_db()
    return triage.log_attempt(inquiry, by=by, version=inquiry.version, way="phone", outcome=outcome, **kwargs)


def test_an_attempt_counts_as_the_first_answer_and_claims_the_case(inquiry, amara):
    log(inquiry, amara, "no_answer", next_action_at=timezone.now() + TOMORROW)
    inquiry.refresh_from_db()
    assert inquiry.claimed_by == amara
    assert inquiry.first_response_at is not None
    assert inquiry.state == Inquiry.State.WAITING
    assert list(inquiry.events.values_list("kind", flat=True))[-2:] == ["claimed", "attempted"]


def test_the_note_of_an_attempt_is_sealed(inquiry, amara):
    attempt = log(inquiry, amara, "reached", note="Talked about Tuesday")
    attempt.refresh_from_db()
    assert b"Tuesday" not in bytes(attempt.sealed)
    key = case_keys.for_staff(inquiry, amara)
    assert sealing.open_sealed("attempt", attempt.pk, attempt.sealed, key) == {"text": "Talked about Tuesday"}


def test_a_voicemail_that_was_not_allowed_needs_a_reason(inquiry, amara):
    Inquiry.objects.filter(pk=inquiry.pk).update(may_leave_voicemail=False)
    with pytest.raises(Refused):
        log(inquiry, amara, "voicemail", note="  ")
    assert not ContactAttempt.objects.exists()
    log(inquiry, amara, "voicemail", note="The machine picked up while I spoke")
    assert Event.objects.get(kind="attempted").data["against_wish"] is True


def test_an_allowed_voicemail_needs_no_reason(inquiry, amara):
    log(inquiry, amara, "voicemail")
    assert "against_wish" not in Event.objects.get(kind="attempted").data


def test_an_attempt_after_no_longer_safe_needs_a_reason(inquiry, amara):
    log(inquiry, amara, "asked_not_to_call")
    inquiry.refresh_from_db()
    assert inquiry.no_longer_safe
    with pytest.raises(Refused):
        log(inquiry, amara, "no_answer")


def test_an_attempt_without_a_next_step_stays_in_the_queue(inquiry, amara):
    log(inquiry, amara, "no_answer")
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.OPEN


def test_an_attempt_from_a_stale_page_is_refused(inquiry, amara, ben):
    seen_version = inquiry.version
    log(inquiry, ben, "no_answer")
    with pytest.raises(Stale):
        triage.log_attempt(inquiry, by=amara, version=seen_version, way="phone", outcome="reached")
    assert ContactAttempt.objects.count() == 1


@pytest.mark.parametrize("outcome", ["asked_not_to_call", "wrong_number"])
def test_who_may_not_be_called_again_has_no_next_try_whatever_the_form_proposed(inquiry, amara, outcome):
    log(inquiry, amara, outcome, next_action_at=timezone.now() + TOMORROW)
    inquiry.refresh_from_db()
    assert inquiry.next_action_at is None
    assert inquiry.state == Inquiry.State.OPEN  # in the queue, until somebody plans what is right
