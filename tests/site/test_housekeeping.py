"""Housekeeping goes on when a part of it fails."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from recovery_site import periodic

called: list[object] = []


def broken(now):
    raise RuntimeError("quillon@example.org")


def fine(now):
    called.append(now)
    return {"things": 2, "nothing": 0}


@pytest.fixture(autouse=True)
def only_these(monkeypatch):
    called.clear()
    periodic.jobs()  # the real ones register once, when they are imported
    monkeypatch.setattr("recovery_site.periodic._JOBS", {})
    periodic.periodic("break")(broken)
    periodic.periodic("do fine")(fine)


def test_one_failing_part_does_not_stop_the_others(capsys):
    with pytest.raises(CommandError, match="log says which"):
        call_command("housekeeping")
    assert len(called) == 1
    assert capsys.readouterr().out == "do fine: things 2\n"


def test_a_pause_of_no_length_is_refused():
    with pytest.raises(CommandError, match="1 or more"):
        call_command("housekeeping", loop=0)


def test_two_jobs_can_not_share_a_name():
    with pytest.raises(ValueError, match="do fine"):
        periodic.periodic("do fine")(fine)
