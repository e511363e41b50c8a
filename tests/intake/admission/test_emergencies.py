"""An emergency of a pre-screen rings staff and stays in "Danger now", like any danger."""

import pytest
from django.utils import timezone

from intake import admission, triage
from intake.admission import prescreens
from intake.models import Alarm, Inquiry, Notification
from tests.intake.triage.test_danger import LATER, do, fresh, in_danger_now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("flag", sorted(prescreens.EMERGENCIES))
def test_an_emergency_of_the_pre_screen_rings_and_stays_in_danger_now(arrives, amara, flag):
    case = arrives(priority=3, answer_by=timezone.now() + LATER)
    do(triage.log_attempt, case, amara, way="phone", outcome="reached", next_action_at=timezone.now() + LATER)
    do(admission.save_prescreen, case, amara, answers={"red_flags": [flag]})
    assert Alarm.objects.get(inquiry=case).acknowledged_at is None
    assert Notification.objects.filter(inquiry=case, kind="danger").exists()
    assert fresh(case).state == Inquiry.State.OPEN
    assert in_danger_now(case, amara)


def test_naming_the_same_emergency_again_rings_no_second_time(arrives, amara):
    case = arrives(priority=3)
    for _save in range(2):
        do(admission.save_prescreen, case, amara, answers={"red_flags": ["suicide"]})
    assert Alarm.objects.get(inquiry=case).cries == 1


def test_a_flag_ticked_by_mistake_and_taken_back_ends_its_alarm(arrives, amara):
    case = arrives(priority=3)
    do(admission.save_prescreen, case, amara, answers={"red_flags": ["suicide"]})
    do(admission.save_prescreen, case, amara, answers={"red_flags": []})
    assert not in_danger_now(case, amara)
    assert Alarm.objects.get(inquiry=case).acknowledged_by == amara


def test_a_flag_that_rings_no_alarm_rings_none(arrives, amara):
    case = arrives(priority=3)
    do(admission.save_prescreen, case, amara, answers={"red_flags": ["vomiting"]})
    assert not Alarm.objects.exists()
