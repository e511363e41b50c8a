"""Whoever works wherever: what a list shows and what may be done agree, and nothing of another centre is in either."""

import secrets

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from intake.cases import permissions
from intake.cases.inquiry_data import InquiryData
from intake.models import Inquiry, Membership, Recusal
from intake.submission import receive

pytestmark = pytest.mark.django_db

ROLES = st.sampled_from([None, "triage", "lead"])
PEOPLE = st.fixed_dictionaries(
    {
        "riverside": ROLES,
        "harbor": ROLES,
        "active": st.booleans(),
        "staff": st.booleans(),
        "operator": st.booleans(),
        "recused": st.sets(st.integers(0, 3)),
    }
)


@pytest.fixture
def cases(riverside, open_harbor):
    """Two cases of each centre."""
    for _each in range(4):
        receive.receive(InquiryData(message="help"), form_token=secrets.token_bytes(16))
    cases = list(Inquiry.objects.order_by("received_at", "pk"))
    Inquiry.objects.filter(pk__in=[case.pk for case in cases[:2]]).update(centre=open_harbor)
    return list(Inquiry.objects.order_by("received_at", "pk"))


@settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=PEOPLE)
def test_the_list_and_the_step_agree(who, cases, riverside, open_harbor, tom):
    """Each example begins with no membership and no recusal."""
    Membership.objects.filter(user=tom).delete()
    Recusal.objects.filter(user=tom).delete()
    User.objects.filter(pk=tom.pk).update(is_active=who["active"], is_staff=who["staff"], is_superuser=who["operator"])
    works_at = {}
    for centre, role in ((riverside, who["riverside"]), (open_harbor, who["harbor"])):
        if role:
            Membership.objects.create(user=tom, centre=centre, role=role)
            works_at[centre.pk] = role
    for number in who["recused"]:
        Recusal.objects.create(user=tom, inquiry=cases[number], made_at=timezone.now())
    person = User.objects.get(pk=tom.pk)
    works = who["active"] and who["staff"]

    listed = set(permissions.visible_inquiries(person))
    assert listed == {case for case in cases if permissions.may(person, "open_case", case)}
    assert listed == {case for number, case in enumerate(cases) if works and case.centre_id in works_at and number not in who["recused"]}
    for verb in permissions.VERBS:
        assert {case for case in cases if permissions.may(person, verb, case)} <= listed
    readable = set(permissions.visible_events(person).exclude(inquiry=None).values_list("inquiry_id", flat=True))
    if not (works and who["operator"]):
        led = {centre for centre, role in works_at.items() if role == "lead"} if works else set()
        assert readable <= {case.pk for case in cases if case.centre_id in led}
    assert not readable & ({cases[number].pk for number in who["recused"]} if works and works_at else set())
