"""A case that was taken and not answered goes back to everybody."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.models import Inquiry
from intake.notifications import escalation
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


def released(case, by):
    triage.release(case, by=by)


def stalled_(case, by):
    stalled.give_back(timezone.now())


def stepped_back(case, by):
    triage.recuse(case, by=by)


@pytest.mark.parametrize("ends", [released, stalled_, stepped_back])
def test_a_case_that_nobody_has_any_more_rings_like_a_new_one(arrives, amara, luisa, ends):
    for person in (amara, luisa):
        person.email = f"{person.username}@example.org"
        person.save()
    long_ago = timezone.now() - dt.timedelta(days=2)
    case = arrives(priority=2, received_at=long_ago, answer_by=long_ago, escalated_at=long_ago)
    triage.claim(case, by=amara)
    Inquiry.objects.update(claimed_at=long_ago)
    assert escalation.escalate(timezone.now()) == {"cases_escalated": 0}
    ends(case, amara)
    assert escalation.escalate(timezone.now()) == {"cases_escalated": 1}


def test_answered_cases_fresh_claims_and_promises_that_hold_stay(arrives, amara):
    now = timezone.now()
    answered = arrives(answer_by=now - HOUR, claimed_by=amara, claimed_at=now - 2 * HOUR)
    triage.reply(answered, text="Hello", by=amara, version=answered.version)
    arrives(answer_by=now - HOUR, claimed_by=amara, claimed_at=now, state="open")
    arrives(answer_by=now + HOUR, claimed_by=amara, claimed_at=now - 2 * HOUR, state="open")
    assert stalled.give_back(now)["stalled_cases_given_back"] == 0
