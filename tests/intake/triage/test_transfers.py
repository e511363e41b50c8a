"""Transfers to another centre, recusals and watching."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.cases import case_keys
from intake.cases.permissions import visible_inquiries
from intake.crypto import sealing
from intake.models import Inquiry, Notification, Watch
from intake.notifications import recipients
from intake.notifications.kinds import Kind
from intake.queue import queue
from intake.scheduling import safe_times
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def fresh(inquiry):
    return Inquiry.objects.get(pk=inquiry.pk)


def test_only_the_new_centre_can_open_a_transferred_case(inquiry, amara, noor, open_harbor):
    triage.claim(inquiry, by=amara)
    triage.hand_over(inquiry, to=open_harbor, by=amara, version=fresh(inquiry).version)
    assert not visible_inquiries(amara).exists()
    case = triage.open_case(inquiry, by=noor, with_contact=True)
    assert case.contact["name"] == "Quillon"
    assert list(inquiry.key_wraps.values_list("centre_key__centre__slug", flat=True)) == ["harbor"]
    assert fresh(inquiry).claimed_by is None
    assert inquiry.events.filter(kind="handed_over", actor=amara).exists()
    assert Notification.objects.filter(inquiry=inquiry, kind="new_inquiry").count() == 2


def test_the_persons_time_zone_is_kept_when_the_case_moves(inquiry, amara, open_harbor):
    Inquiry.objects.update(safe_windows=[[1, "08:00", "12:00"]])
    tuesday_noon_in_chicago = dt.datetime(2026, 11, 24, 17, 30, tzinfo=dt.UTC)
    assert not safe_times.is_safe_time(fresh(inquiry), tuesday_noon_in_chicago)
    triage.hand_over(inquiry, to=open_harbor, by=amara, version=inquiry.version)
    assert fresh(inquiry).time_zone == "America/New_York"
    assert not safe_times.is_safe_time(fresh(inquiry), tuesday_noon_in_chicago)


def test_a_missed_deadline_stays_on_record_after_a_transfer(inquiry, amara, open_harbor):
    now = timezone.now()
    Inquiry.objects.update(answer_by=now - dt.timedelta(hours=3), first_response_at=now)
    triage.hand_over(inquiry, to=open_harbor, by=amara, version=inquiry.version)
    assert fresh(inquiry).answer_by == now - dt.timedelta(hours=3)


def test_a_centre_that_accepts_no_inquiries_gets_no_transfer(inquiry, amara, open_harbor):
    open_harbor.accepts_inquiries = False
    open_harbor.save()
    with pytest.raises(Refused):
        triage.hand_over(inquiry, to=open_harbor, by=amara, version=inquiry.version)
    assert sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_keys.for_staff(fresh(inquiry), amara))


def test_amara_never_sees_a_case_again_that_she_is_recused_from(inquiry, amara, luisa):
    triage.claim(inquiry, by=amara)
    triage.recuse(inquiry, by=amara)
    assert fresh(inquiry).claimed_by is None
    assert queue.page(amara).rows == []
    assert not visible_inquiries(amara).exists()
    with pytest.raises(NotAllowed):
        case_keys.for_staff(inquiry, amara)
    with pytest.raises(Inquiry.DoesNotExist):
        triage.claim(inquiry, by=amara)
    with pytest.raises(Refused):
        triage.assign(inquiry, to=amara, by=luisa)


def test_amara_is_not_notified_of_a_case_that_she_is_recused_from(inquiry, amara, luisa):
    for person in (amara, luisa):
        person.email = f"{person.username}@example.org"
        person.save()
    triage.recuse(inquiry, by=amara)
    assert [person for person, _when in recipients.recipients_for(inquiry, Kind.NEW_INQUIRY, timezone.now())] == [luisa]


def test_a_case_can_be_watched(inquiry, amara):
    triage.watch(inquiry, by=amara)
    triage.watch(inquiry, by=amara)
    assert Watch.objects.count() == 1
    triage.unwatch(inquiry, by=amara)
    assert not Watch.objects.exists()


def test_watchers_get_the_same_notifications_as_the_owner(inquiry, amara, ben, luisa):
    for person in (amara, ben, luisa):
        person.email = f"{person.username}@example.org"
        person.save()
    triage.claim(inquiry, by=amara)
    triage.watch(inquiry, by=luisa)
    told = recipients.recipients_for(fresh(inquiry), Kind.VISITOR_WROTE, timezone.now())
    assert [person for person, _when in told] == [amara, luisa]
