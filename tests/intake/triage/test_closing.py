"""The end of a case."""

import pytest

from intake import triage
from intake.models import Inquiry
from recovery_site.verbs import Refused

pytestmark = pytest.mark.django_db


def test_closing_needs_an_outcome_and_records_it(inquiry, amara):
    with pytest.raises(Refused):
        triage.close(inquiry, outcome="whatever", by=amara, version=inquiry.version)
    triage.close(inquiry, outcome="informed", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome) == ("closed", "informed")
    assert inquiry.events.last().data == {"outcome": "informed"}


def test_a_closed_case_takes_no_step_until_it_is_reopened(inquiry, amara):
    triage.close(inquiry, outcome="informed", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    with pytest.raises(Refused):
        triage.reply(inquiry, text="One more thing", by=amara, version=inquiry.version)
    triage.reopen(inquiry, by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, inquiry.closed_at) == ("open", "", None)


def test_a_reopened_case_comes_back_to_the_one_who_had_it(inquiry, amara, ben):
    triage.claim(inquiry, by=amara)
    inquiry.refresh_from_db()
    triage.close(inquiry, outcome="informed", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    triage.reopen(inquiry, by=ben, version=inquiry.version)
    inquiry.refresh_from_db()
    assert inquiry.claimed_by == amara


def test_what_nobody_has_read_is_not_closed(inquiry, amara):
    Inquiry.objects.filter(pk=inquiry.pk).update(has_unread_message=True)
    with pytest.raises(Refused):
        triage.close(inquiry, outcome="informed", by=amara, version=inquiry.version)
    triage.close(inquiry, outcome="spam", by=amara, version=inquiry.version)
