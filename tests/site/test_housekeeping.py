"""The periodic jobs."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from recovery_site import periodic
from recovery_site.management.commands.housekeeping import Command

called: list[object] = []


def broken(now):
    raise RuntimeError("quillon@example.org")


def fine(now):
    called.append(now)
    return {"things": 2, "nothing": 0}


@pytest.fixture(autouse=True)
def only_these(monkeypatch):
    called.clear()
    periodic.jobs()  # the real jobs are registered only once, when they are imported
    monkeypatch.setattr("recovery_site.periodic._JOBS", {})
    periodic.periodic("break")(broken)
    periodic.periodic("do fine")(fine)


def test_a_failing_job_does_not_stop_the_others(capsys):
    with pytest.raises(CommandError, match="see the log"):
        call_command("housekeeping")
    assert len(called) == 1
    assert capsys.readouterr().out == "do fine: things 2\n"


def test_a_pause_of_no_length_is_refused():
    with pytest.raises(CommandError, match="1 or more"):
        call_command("housekeeping", loop=0)


def test_two_jobs_can_not_share_a_name():
    with pytest.raises(ValueError, match="do fine"):
        periodic.periodic("do fine")(fine)


def test_a_process_that_waits_for_another_looks_at_its_own_machine_only(monkeypatch, capsys):
    periodic.periodic("look here", on_each_machine=True)(fine)
    monkeypatch.setattr("recovery_site.management.commands.housekeeping.alone.is_chosen", lambda name: False)
    Command().round()
    assert capsys.readouterr().out == "look here: things 2\n"


def test_a_database_that_is_away_ends_no_housekeeping(monkeypatch, caplog):
    def away(name):
        raise OperationalError

    monkeypatch.setattr("recovery_site.management.commands.housekeeping.alone.is_chosen", away)
    Command().round()
    assert called == []
    assert "Housekeeping: failed (OperationalError), and is tried again." in caplog.text


def test_what_tells_of_a_database_that_is_away_runs_all_the_same(monkeypatch):
    def away(_now):
        raise OperationalError

    told: list[object] = []
    periodic.periodic("ask the database")(away)
    monkeypatch.setattr("recovery_site.management.commands.housekeeping.outages.is_away", lambda error: isinstance(error, OperationalError))
    monkeypatch.setattr("recovery_site.management.commands.housekeeping.import_string", lambda _path: told.append)
    command = Command()
    command.only = None
    assert not command.once()
    assert len(told) == 1
    monkeypatch.setattr("recovery_site.management.commands.housekeeping.alone.is_chosen", away)
    command.round()
    assert len(told) == 2
