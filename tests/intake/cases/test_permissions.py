"""Who sees and does what: one definition for lists and verbs."""

import pytest
from django.contrib.auth.models import AnonymousUser

from intake import triage
from intake.cases import case_keys
from intake.cases.permissions import VERBS, may, visible_inquiries
from intake.models import Inquiry
from recovery_site.verbs import NotAllowed

pytestmark = pytest.mark.django_db


def test_staff_see_the_inquiries_of_their_centre(inquiry, amara, luisa):
    assert list(visible_inquiries(amara)) == list(visible_inquiries(luisa)) == [inquiry]


def test_nobody_else_sees_any(inquiry, noor, olga, edith):
    for person in (noor, olga, edith, AnonymousUser()):
        assert not visible_inquiries(person).exists()
        assert not any(may(person, verb, inquiry) for verb in VERBS)


def test_someone_who_left_sees_nothing(inquiry, amara):
    amara.is_active = False
    amara.save()
    assert not visible_inquiries(amara).exists()


def test_the_key_of_a_case_is_not_given_to_others(inquiry, noor, olga):
    for person in (noor, olga):
        with pytest.raises(NotAllowed):
            case_keys.for_staff(inquiry, person)


def test_for_another_centre_a_case_does_not_exist(inquiry, noor, olga):
    for person in (noor, olga):
        with pytest.raises(Inquiry.DoesNotExist):
            triage.claim(inquiry, by=person)
        with pytest.raises(Inquiry.DoesNotExist):
            triage.open_case(inquiry, by=person, with_contact=True)
    assert not inquiry.events.exclude(kind__in=["received", "notified"]).exists()
