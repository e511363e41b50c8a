"""Whatever is done in whatever order: a held case keeps its keys, and one that was withdrawn without a hold has none."""

import contextlib
import datetime as dt
import secrets

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.cases.inquiry_data import InquiryData
from intake.models import ErasingRound, Inquiry, KeyWrap, LegalHold, RetentionRule
from intake.retention import erasure, holds, rounds
from intake.retention.holds import Scope
from intake.submission import receive
from recovery_site.verbs import Refused
from tests.people import member

pytestmark = pytest.mark.django_db
STEPS = ("open", "close", "withdraw", "hold", "hold the month", "approve", "refuse", "ask to lift", "lift", "round", "week")


class Site:
    """One case, and what may happen to it."""

    def __init__(self, centre, lead, other):
        self.centre, self.lead, self.other, self.now = centre, lead, other, timezone.now()
        self.case = receive.receive(InquiryData(message="help"), form_token=secrets.token_bytes(16)).inquiry
        self.withdrawn = False

    def take(self, step):
        cases = Inquiry.objects.filter(pk=self.case.pk, erased_at=None)
        hold = LegalHold.objects.in_force().order_by("pk").first()
        if step == "open":
            cases.update(state="open", outcome="", closed_at=None)
        elif step == "close":
            cases.update(state="closed", outcome="informed", closed_at=self.now - dt.timedelta(days=60))
        elif step == "withdraw":
            self.withdrawn = self.withdrawn or cases.exists()
            erasure.withdraw(self.case)
        elif step in ("hold", "hold the month"):
            month = Scope(since=self.now - dt.timedelta(days=30), until=self.now + dt.timedelta(days=30))
            scope = Scope(Inquiry.objects.get(pk=self.case.pk)) if step == "hold" else month
            day = timezone.now().date() + dt.timedelta(days=30)
            holds.ask(self.centre, scope, by=self.lead, reason="order", file_number="", review_on=day, readers=[self.lead])
        elif step == "round":
            rounds.run(self.now)
        elif step == "week":
            holds.end_unapproved(timezone.now() + dt.timedelta(days=8))
        elif hold is not None:
            verb = {"approve": holds.approve, "refuse": holds.refuse, "ask to lift": holds.ask_to_lift, "lift": holds.lift}[step]
            with contextlib.suppress(Refused):
                verb(hold, by=self.lead if step == "ask to lift" else self.other)


@pytest.fixture
def people(riverside):
    RetentionRule.objects.create(centre=riverside, outcome="informed", days=30)
    return riverside, member("luisa", "Luisa Ferreira", riverside, "lead"), member("hana", "Hana Holt", riverside, "lead")


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=10))
def test_a_held_case_keeps_its_keys_and_a_withdrawn_one_without_a_hold_has_none(people, steps):
    with transaction.atomic():
        site = Site(*people)
        erased_before = False
        for step in steps:
            site.take(step)
            case = Inquiry.objects.get(pk=site.case.pk)
            has_keys = KeyWrap.objects.filter(inquiry=case).exists()
            if holds.held(case):
                assert has_keys or erased_before, steps
            elif site.withdrawn and step in ("withdraw", "round"):
                assert not has_keys, steps
            assert not (erased_before and has_keys), steps
            erased_before = not has_keys
        assert not ErasingRound.objects.filter(state="waits").exists(), "one case is never too many"
        transaction.set_rollback(True)
