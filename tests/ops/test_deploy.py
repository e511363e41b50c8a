"""The systemd units in deploy/ start the same processes as script/server, sandboxed, and the example names real settings."""

import re
import shlex
from pathlib import Path

import pytest

from script.run import commands
from tests.support.site import ROOT

pytestmark = pytest.mark.once
UNITS = {"web": "The web server", "worker": "The worker", "housekeeping": "Housekeeping"}


def unit(name: str) -> list[tuple[str, str]]:
    lines = (ROOT / "deploy" / "systemd" / f"recovery-{name}.service").read_text().splitlines()
    return [(key, value) for key, equals, value in (line.partition("=") for line in lines) if equals and not key.startswith("#")]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_the_same_process_as_script_server(name):
    development_command = shlex.split(commands(8000, 2)[UNITS[name]].removeprefix("exec "))
    program = "granian" if "granian" in development_command else "manage.py"
    unit_command = shlex.split(dict(unit(name))["ExecStart"])
    # On a server a web process that died is restarted; script/server stops instead, so that a developer notices.
    expected = development_command[development_command.index(program) + 1 :]
    unit_arguments = [word for word in unit_command if word != "--respawn-failed-workers"]
    assert unit_arguments[-len(expected) :] == expected
    assert Path(unit_command[0]).name == ("granian" if program == "granian" else "python")


def test_the_units_differ_in_nothing_else():
    different = {"Description", "ExecStart", "Nice"}
    web, *others = ([pair for pair in unit(name) if pair[0] not in different] for name in UNITS)
    assert all(other == web for other in others)
    assert {"NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet", "SystemCallFilter", "LimitCORE"} <= {key for key, _value in web}


def test_the_worker_that_carries_alarms_waits_for_nobody():
    worker = dict(unit("worker"))
    assert "Nice" not in worker
    assert dict(unit("housekeeping"))["Nice"] == "10"
    processes = commands(8000, 2)
    assert "nice" not in processes["The worker"]
    assert "nice" in processes["Housekeeping"]


def test_every_variable_of_the_example_is_a_setting():
    names = re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "environment.example").read_text(), re.MULTILINE)
    settings = (ROOT / "recovery_site" / "settings.py").read_text()
    assert len(names) > 5
    assert [name for name in names if f'"{name}"' not in settings] == []
