"""Erasing waits for a person when it is more than usual, or when the clock jumped."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from intake.models import ErasingRound, Event, Heartbeat, Inquiry, RetentionRule
from intake.retention import rounds
from intake.scheduling import clock
from recovery_site.verbs import NotAllowed, Refused, Stale
from tests.support.housekeeping import run as housekeeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def old_cases(arrives, riverside, now):
    """Make so many cases that are due by a rule of 30 days."""
    RetentionRule.objects.create(centre=riverside, outcome="spam", days=30)

    def make(number, days_ago=40):
        first = arrives(state="closed", outcome="spam", closed_at=now - dt.timedelta(days=days_ago))
        copies = []
        for _copy in range(number - 1):
            copy = Inquiry.objects.defer("queue_rank", "due_at").get(pk=first.pk)
            fresh = Inquiry()
            copy.pk, copy.reference, copy.submission = fresh.pk, fresh.reference, None
            copy._state.adding = True
            copies.append(copy)
        Inquiry.objects.bulk_create(copies)

    return make


def erased():
    return Inquiry.objects.exclude(erased_at=None).count()


def test_a_usual_round_asks_nobody(old_cases, now):
    old_cases(50)
    assert rounds.run(now) == {"closed_cases_erased": 50}
    assert not ErasingRound.objects.exclude(state="done").exists()


def test_a_round_larger_than_usual_erases_nothing_and_a_lead_is_told_once(old_cases, now, luisa, olga, riverside):
    luisa.email = "luisa@example.org"
    luisa.save()
    old_cases(51)
    for minute in range(3):
        rounds.run(now + dt.timedelta(minutes=minute))
    assert erased() == 0
    [letter] = mail.outbox
    assert letter.to == ["luisa@example.org"]
    assert "spam: 51" in letter.body
    [event] = Event.objects.filter(kind="erasing_waits")
    assert (event.centre, event.data["why"], event.data["cases"]) == (riverside, "large", 51)


def test_five_times_the_median_of_the_last_rounds_is_usual(old_cases, now, riverside):
    for number in (10, 30, 300):
        ErasingRound.objects.create(centre=riverside, at=now, state="done", erased=number)
    assert rounds.usual(riverside) == 150
    old_cases(120)
    assert rounds.run(now) == {"closed_cases_erased": 120}


def test_a_lead_allows_what_was_shown_once(old_cases, now, luisa, amara, monkeypatch):
    monkeypatch.setattr(rounds, "AT_ONCE", 40)
    old_cases(60)
    rounds.run(now)
    waiting = ErasingRound.objects.get()
    with pytest.raises(NotAllowed):
        rounds.allow(waiting, by=amara, number=60, now=now)
    with pytest.raises(Stale):
        rounds.allow(waiting, by=luisa, number=59, now=now)
    rounds.allow(waiting, by=luisa, number=60, now=now)
    with pytest.raises(Refused):
        rounds.allow(waiting, by=luisa, number=60, now=now)
    assert rounds.run(now) == {"closed_cases_erased": 40}
    assert rounds.run(now) == {"closed_cases_erased": 20}
    waiting.refresh_from_db()
    assert (waiting.state, waiting.erased, waiting.allowed_by) == ("done", 60, luisa)
    assert Event.objects.get(kind="erasing_allowed").actor == luisa


def test_a_waiting_round_ends_by_itself_when_the_rule_is_changed_back(old_cases, now, riverside):
    old_cases(60)
    rounds.run(now)
    riverside.retention_rules.update(days=400)
    rounds.run(now)
    assert ErasingRound.objects.get().state == "done"
    assert erased() == 0


@pytest.mark.parametrize("jump", [dt.timedelta(days=60), dt.timedelta(days=3652), dt.timedelta(days=-2)])
def test_after_a_jump_of_the_clock_nothing_is_erased_and_a_person_is_told(jump, old_cases, now, luisa, riverside):
    """O11: one run of housekeeping with the clock 60 days ahead erased 15 cases for good."""
    luisa.email = "luisa@example.org"
    luisa.save()
    rounds.run(now)
    old_cases(3, days_ago=20 if jump.days > 0 else 40)
    Inquiry.objects.filter(state="closed").update(closed_at=now - dt.timedelta(days=33 if jump.days < 0 else 20))
    housekeeping(now + jump)
    assert erased() == 0
    assert "clock" in mail.outbox[-1].body
    assert Event.objects.get(kind="erasing_waits").data["why"] == "clock"


def test_a_first_round_by_a_wrong_clock_erases_nothing_either(old_cases, now):
    old_cases(2, days_ago=0)
    rounds.run(now + dt.timedelta(days=3652))
    assert erased() == 0


def test_when_the_clock_is_right_again_nobody_has_to_do_anything(old_cases, now):
    rounds.run(now)
    old_cases(2, days_ago=29)
    rounds.run(now + dt.timedelta(days=3652))
    rounds.run(now + dt.timedelta(minutes=1))
    assert ErasingRound.objects.get().state == "done"
    assert erased() == 0
    rounds.run(now + dt.timedelta(days=2))
    assert erased() == 2


def test_a_site_that_was_off_for_a_week_goes_on_once_a_person_says_so(old_cases, now, luisa, riverside):
    Heartbeat.objects.update_or_create(part="clock", defaults={"at": now - dt.timedelta(days=7)})
    old_cases(2)
    rounds.run(now)
    assert erased() == 0
    rounds.allow(ErasingRound.objects.get(state="waits"), by=luisa, number=2, now=now)
    rounds.run(now + dt.timedelta(minutes=1))
    assert erased() == 2
    assert not clock.jumped(now + dt.timedelta(minutes=2))


def test_the_operator_sees_the_numbers_and_allows_it_in_a_shell(old_cases, now, olga, amara, capsys):
    old_cases(51)
    rounds.run(now)
    call_command("erasing")
    assert "riverside: more cases than usual" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Say who allows it"):
        call_command("erasing", allow="riverside")
    with pytest.raises(CommandError, match="Only a lead"):
        call_command("erasing", allow="riverside", by="amara")
    with pytest.raises(CommandError, match="No round of this centre waits"):
        call_command("erasing", allow="nowhere", by="olga")
    call_command("erasing", allow="riverside", by="olga")
    assert rounds.run(timezone.now()) == {"closed_cases_erased": 51}
    assert Event.objects.get(kind="erasing_allowed").actor == olga
    call_command("erasing")
    assert "Nothing waits." in capsys.readouterr().out
