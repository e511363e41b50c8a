"""Closed cases are erased by the retention rules of their centre, and never otherwise."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.models import Inquiry, KeyWrap, RetentionRule
from intake.retention import policy, rounds
from tests.support.clock import BEGIN

pytestmark = pytest.mark.django_db
NOW = BEGIN


def closed(arrives, days_ago, outcome="informed", **columns):
    return arrives(state="closed", outcome=outcome, closed_at=NOW - dt.timedelta(days=days_ago), **columns)


def erased():
    return set(Inquiry.objects.exclude(erased_at=None))


def test_the_outcomes_of_rules_are_those_of_inquiries():
    assert dict(RetentionRule.Outcome.choices) == dict(Inquiry.Outcome.choices)


def test_without_a_rule_nothing_is_erased(arrives):
    closed(arrives, 5000)
    assert rounds.run(NOW) == {"closed_cases_erased": 0}


def test_each_outcome_has_its_own_time(arrives, riverside):
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=30)
    RetentionRule.objects.create(centre=riverside, outcome="informed", days=365)
    old_spam, _young_spam = closed(arrives, 30, "spam"), closed(arrives, 29, "spam")
    old, _young, _other = closed(arrives, 365), closed(arrives, 364), closed(arrives, 5000, "admitted")
    assert rounds.run(NOW) == {"closed_cases_erased": 2}
    assert erased() == {old_spam, old}
    assert not KeyWrap.objects.filter(inquiry=old).exists()
    assert old.events.filter(kind="erased", data__by="policy").exists()
    assert rounds.run(NOW) == {"closed_cases_erased": 0}


def test_an_open_case_and_an_unread_message_are_never_erased(arrives, riverside):
    RetentionRule.objects.create(centre=riverside, outcome="informed", days=30)
    closed(arrives, 99, has_unread_message=True)
    arrives(received_at=NOW - dt.timedelta(days=5000))
    rounds.run(NOW)
    assert erased() == set()


def test_a_merged_case_is_kept_while_the_other_one_is_open(arrives, riverside):
    RetentionRule.objects.create(centre=riverside, outcome="duplicate", days=1)
    still_open = arrives()
    merged = arrives(state="closed", outcome="duplicate", closed_at=timezone.now() - dt.timedelta(days=3), merged_into=still_open)
    assert rounds.run(timezone.now()) == {"closed_cases_erased": 0}
    assert policy.erases_on(merged) is None
    Inquiry.objects.filter(pk=still_open.pk).update(state="closed", outcome="admitted", closed_at=timezone.now())
    assert rounds.run(timezone.now()) == {"closed_cases_erased": 1}


def test_a_rule_does_not_apply_to_another_centre(arrives, harbor):
    RetentionRule.objects.create(centre=harbor, outcome="informed", days=7)
    closed(arrives, 99)
    rounds.run(NOW)
    assert erased() == set()


def test_retention_starts_again_when_a_reopened_case_is_closed(arrives, riverside, amara):
    RetentionRule.objects.create(centre=riverside, outcome="informed", days=30)
    case = closed(arrives, 99)
    case = triage.reopen(case, by=amara, version=case.version)
    triage.close(case, outcome="informed", by=amara, version=case.version)
    rounds.run(timezone.now() + dt.timedelta(days=29))
    assert erased() == set()
    rounds.run(timezone.now() + dt.timedelta(days=31))
    assert erased() == {case}


def test_the_case_page_shows_when_the_case_will_be_erased(arrives, riverside, amara, client):
    case = closed(arrives, 1)
    client.force_login(amara)
    page = f"/admin/intake/inquiry/{case.reference}/"
    assert "Erased by the center’s rule" not in client.get(page).content.decode()
    RetentionRule.objects.create(centre=riverside, outcome="informed", days=30)
    assert "24 Dec 2026" in client.get(page).content.decode()


def test_what_amara_closed_because_the_person_called_to_withdraw_is_erased(inquiry, amara, riverside):
    policy.use_recommended(riverside, by="system")
    closed = triage.close(inquiry, by=amara, version=inquiry.version, outcome="withdrawn")
    assert policy.erases_on(closed) == closed.closed_at + dt.timedelta(days=14)
