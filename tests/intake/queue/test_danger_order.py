"""In "Danger now" what nobody looks after stands above all others, whatever it is due."""

import pytest
from django.utils import timezone

from intake import triage
from intake.models import Inquiry
from intake.queue import queue, shift_handover
from tests.intake.triage.test_danger import LATER, MINUTE, do

pytestmark = pytest.mark.django_db


def references(user, **how):
    return [case.reference for case in queue.page(user, **how).rows]


def test_at_night_a_new_case_stands_above_an_older_one_that_somebody_tried(arrives, amara):
    """The new one is due in the morning, the older one in half an hour."""
    now = timezone.now()
    tried = arrives(priority=1, received_at=now - LATER)
    do(triage.log_attempt, tried, amara, way="phone", outcome="no_answer", next_action_at=now + 20 * MINUTE)
    claimed = arrives(priority=1, received_at=now - LATER, answer_by=now - MINUTE)
    triage.claim(claimed, by=amara)
    unseen = arrives(priority=1, answer_by=now + LATER)
    assert references(amara) == [unseen.reference, claimed.reference, tried.reference]
    assert [case.reference for case in shift_handover.board(amara, now).danger] == references(amara)


def test_new_words_bring_an_older_case_to_the_top_again(arrives, amara):
    now = timezone.now()
    first, second = arrives(priority=1, answer_by=now - 2 * MINUTE), arrives(priority=1, answer_by=now - MINUTE)
    for case in (first, second):
        triage.claim(case, by=amara)
    assert references(amara) == [first.reference, second.reference]
    Inquiry.objects.filter(pk=second.pk).update(has_unread_message=True)
    assert references(amara) == [second.reference, first.reference]


def test_pages_follow_on_each_other_through_danger_and_beyond(arrives, amara):
    now = timezone.now()
    cases = [arrives(priority=priority, answer_by=now + number * MINUTE) for number, priority in enumerate((1, 1, 1, 3, 3))]
    triage.claim(cases[0], by=amara)
    expected = [cases[number].reference for number in (1, 2, 0, 3, 4)]
    for size in (1, 2, 3, 4):
        seen, page = [], queue.page(amara, size=size)
        seen += [case.reference for case in page.rows]
        while page.next:
            page = queue.page(amara, after=queue.Place.from_token(page.next.token()), size=size)
            seen += [case.reference for case in page.rows]
        assert seen == expected, size
