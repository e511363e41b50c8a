"""A case that was taken and not answered goes back to everybody."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.triage import stalled

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def test_an_unanswered_case_past_its_promise_goes_back(arrives, amara):
    now = timezone.now()
    case = arrives(answer_by=now - HOUR, claimed_by=amara, claimed_at=now - 2 * HOUR, state="open")
    assert stalled.give_back(now)["stalled_cases_given_back"] == 1
    case.refresh_from_db()
    assert case.claimed_by is None
    assert case.events.last().data["why"] == "stalled"


def test_answered_cases_fresh_claims_and_promises_that_hold_stay(arrives, amara):
    now = timezone.now()
    answered = arrives(answer_by=now - HOUR, claimed_by=amara, claimed_at=now - 2 * HOUR)
    triage.reply(answered.pk, "Hello", by=amara, version=answered.version)
    arrives(answer_by=now - HOUR, claimed_by=amara, claimed_at=now, state="open")
    arrives(answer_by=now + HOUR, claimed_by=amara, claimed_at=now - 2 * HOUR, state="open")
    assert stalled.give_back(now)["stalled_cases_given_back"] == 0
