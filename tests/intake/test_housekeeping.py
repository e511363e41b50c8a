"""Housekeeping goes on when a part of it fails."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

called: list[object] = []


def broken(now):
    raise RuntimeError("quillon@example.org")


def fine(now):
    called.append(now)
    return {"things": 2, "nothing": 0}


@pytest.fixture(autouse=True)
def parts(settings):
    called.clear()
    settings.HOUSEKEEPING = [f"{__name__}.broken", f"{__name__}.fine"]


def test_one_failing_part_does_not_stop_the_others(capsys):
    with pytest.raises(CommandError, match="log says which"):
        call_command("housekeeping")
    assert len(called) == 1
    assert capsys.readouterr().out == f"{__name__}.fine: things 2\n"


def test_a_pause_of_no_length_is_refused():
    with pytest.raises(CommandError, match="1 or more"):
        call_command("housekeeping", loop=0)
