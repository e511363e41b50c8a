"""Steps that ask once, and follow-ups by one press."""

import datetime as dt

import pytest

from intake import triage
from intake.models import Inquiry
from intake.scheduling import follow_up_times
from tests.people import member

pytestmark = pytest.mark.django_db
QUEUE = "/admin/intake/inquiry/"
SUNDAY_NIGHT = dt.datetime(2026, 11, 30, 3, 40, tzinfo=dt.UTC)  # 22:40 in New York


def times(inquiry):
    return {name: proposal.at for name, proposal in follow_up_times.proposals(inquiry, SUNDAY_NIGHT).items()}


def local(at):
    return at.astimezone(follow_up_times.safe_times.zone("America/New_York")).strftime("%a %d %H:%M")


def test_the_proposed_times_are_soon_tomorrow_morning_and_in_a_week(inquiry):
    assert {name: local(at) for name, at in times(inquiry).items()} == {
        "soon": "Mon 30 00:40",
        "tomorrow": "Mon 30 09:00",
        "week": "Sun 06 09:00",
    }


def test_the_proposed_times_lie_inside_the_safe_times(arrives):
    careful = arrives(safe_windows=[[day, "17:00", "21:00"] for day in range(5)])
    assert {local(at) for at in times(careful).values()} == {"Mon 30 17:00", "Mon 07 17:00"}


def test_a_person_who_may_only_be_answered_in_the_mailbox_can_have_a_follow_up(arrives):
    assert set(times(arrives(no_longer_safe=True))) == set(follow_up_times.NAMES)


def test_a_follow_up_needs_a_date_or_one_of_the_times(inquiry, amara, client):
    triage.reply(inquiry, text="Hello", by=amara, version=inquiry.version)
    inquiry.refresh_from_db()
    client.force_login(amara)
    answer = client.post(f"{QUEUE}{inquiry.reference}/follow-up/", {"follow_up-version": inquiry.version})
    assert answer.status_code == 422
    assert "Choose a date, or one of the times above." in answer.content.decode()


def test_closing_as_information_given_asks_once_when_nobody_has_answered(inquiry, amara, client):
    client.force_login(amara)
    address = f"{QUEUE}{inquiry.reference}/close/"
    form = {"close-version": inquiry.version, "close-outcome": "informed"}
    answer = client.post(address, form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nobody has written to this person or tried to reach them yet." in page
    assert 'type="checkbox" name="close-sure"' in page
    assert Inquiry.objects.get().state == "new"
    assert client.post(address, {**form, "close-sure": "on"}).status_code == 303
    assert Inquiry.objects.get().outcome == "informed"


def test_closing_does_not_ask_after_an_answer_or_with_another_outcome(arrives, amara, client):
    answered, declined = arrives(), arrives()
    triage.reply(answered, text="Here it is", by=amara, version=answered.version)
    client.force_login(amara)
    for case, outcome in ((answered, "informed"), (declined, "declined")):
        case.refresh_from_db()
        form = {"close-version": case.version, "close-outcome": outcome}
        assert client.post(f"{QUEUE}{case.reference}/close/", form).status_code == 303


def test_several_cases_are_not_closed_as_information_given_when_nobody_has_answered(arrives, amara, client):
    case = arrives()
    client.force_login(amara)
    sent = {"step": "close", "outcome": "informed", "case": f"{case.reference}:{case.version}"}
    page = client.post(QUEUE + "bulk/", sent, follow=True).content.decode()
    assert f"{case.reference}: Nobody has written to this person" in page
    assert Inquiry.objects.get().state == "new"


def test_handing_over_says_who_is_told_and_that_the_danger_moves(arrives, amara, open_harbor, client):
    case = arrives(priority=1, claimed_by=amara)
    client.force_login(member("leon", "Leon Lee", case.centre, "lead"))
    page = client.get(f"{QUEUE}{case.reference}/").content.decode()
    assert "The danger moves with the case" in page
    assert "Amara Diallo no longer has the case, and is not told by mail." in page
    assert "Its staff are told now" in page
