"""Who has a case."""

import threading

import pytest
from django.db import OperationalError, connection

from intake import triage
from intake.models import Event, Inquiry
from recovery_site.verbs import NotAllowed, Refused

pytestmark = pytest.mark.django_db


def kinds(inquiry):
    return list(inquiry.events.values_list("kind", "actor__username"))


def test_claiming_makes_it_mine_and_is_recorded(inquiry, amara):
    triage.claim(inquiry, by=amara)
    inquiry.refresh_from_db()
    assert (inquiry.claimed_by, inquiry.state) == (amara, Inquiry.State.OPEN)
    assert kinds(inquiry)[-1] == ("claimed", "amara")


def test_the_second_to_claim_is_told_who_has_it(inquiry, amara, ben):
    triage.claim(inquiry, by=amara)
    with pytest.raises(triage.AlreadyTaken) as refused:
        triage.claim(inquiry, by=ben)
    assert refused.value.owner == amara
    assert "Amara Diallo" in refused.value.message
    inquiry.refresh_from_db()
    assert inquiry.claimed_by == amara


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_wins(inquiry, amara, ben):
    start = threading.Barrier(2)
    results = {}

    def claim(person):
        start.wait()
        while person not in results:
            try:
                triage.claim(inquiry, by=person)
                results[person] = "won"
            except triage.AlreadyTaken as refused:
                results[person] = refused.owner
            except OperationalError:
                # Only SQLite's in-memory database of the tests: it does not wait for a lock, so wait for it here.
                continue
        connection.close()

    threads = [threading.Thread(target=claim, args=(person,)) for person in (amara, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    inquiry.refresh_from_db()
    loser = ben if inquiry.claimed_by == amara else amara
    assert results == {inquiry.claimed_by: "won", loser: inquiry.claimed_by}
    assert Event.objects.filter(kind=Event.Kind.CLAIMED).count() == 1


def test_only_its_owner_or_a_lead_gives_a_case_back(inquiry, amara, ben, luisa):
    triage.claim(inquiry, by=amara)
    with pytest.raises(NotAllowed):
        triage.release(inquiry, by=ben)
    triage.release(inquiry, by=luisa)
    inquiry.refresh_from_db()
    assert inquiry.claimed_by is None
    assert kinds(inquiry)[-1] == ("released", "luisa")


def test_a_case_is_given_to_a_colleague_of_the_same_centre_only(inquiry, amara, ben, noor):
    triage.assign(inquiry, to=ben, by=amara)
    inquiry.refresh_from_db()
    assert inquiry.claimed_by == ben
    with pytest.raises(NotAllowed):
        triage.assign(inquiry, to=amara, by=amara)
    with pytest.raises(Refused):
        triage.assign(inquiry, to=noor, by=ben)
