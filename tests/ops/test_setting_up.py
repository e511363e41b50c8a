"""The errors of script/server and script/test during set-up: one line that says what to do, and an exit code."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.ops.commands import Machine

pytestmark = pytest.mark.once

WORKING = 'ln -s "$inner" "$folder/bin/python"'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the single line of the error output of a command that failed."""
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    return line


def test_a_python_that_is_too_old(machine):
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        machine.program(name, 'if [ "$1" = -V ]; then echo "Python 3.9.2"; else exit 1; fi')

    line = one_line(machine.run("server"))

    assert line.startswith(f"server: Python 3.9.2 at {machine.bin}/python3 is too old. Install Python 3.11 or newer")


def test_an_old_python3_beside_a_newer_one_does_no_harm(machine):
    machine.python(venv=WORKING)
    (machine.bin / "python3").rename(machine.bin / "python3.12")
    machine.program("python3", 'if [ "$1" = -V ]; then echo "Python 3.9.2"; else exit 1; fi')

    assert machine.run("server").returncode == 0


def test_the_python_that_was_named_is_too_old(machine):
    machine.program("old-python", 'if [ "$1" = -V ]; then echo "Python 3.10.1"; else exit 1; fi')

    assert one_line(machine.run("server", PYTHON="old-python")) == (
        "server: old-python is Python 3.10.1, which is too old. Set PYTHON to a Python 3.11 or newer."
    )


def test_the_named_python_does_not_exist(machine):
    assert "There is no Python at PYTHON=/nowhere/python" in one_line(machine.run("test", PYTHON="/nowhere/python"))


@pytest.mark.parametrize("command", ["server", "test", "lint"])
def test_no_venv_module(machine, command):
    machine.python(venv="exit 1")
    machine.program("apt-get", f"echo apt-get $* >>{machine.folder}/apt; exit 100")
    machine.program("sudo", "exit 1")

    line = one_line(machine.run(command))

    assert "Python's venv module is missing." in line
    assert "apt-get update && apt-get install -y python3-venv" in line
    # Only root may install it; root does so instead of asking.
    assert (machine.folder / "apt").exists() == (os.geteuid() == 0)


def test_the_venv_module_is_installed_where_that_is_allowed(machine):
    machine.python(venv=f"[ -e {machine.folder}/venv-module ] || exit 1; {WORKING}")
    machine.program("apt-get", f"touch {machine.folder}/venv-module")
    machine.program("sudo", 'shift; exec "$@"')

    assert machine.run("server").returncode == 0


def test_an_incomplete_environment_is_created_again(machine):
    machine.python(venv=WORKING)
    (machine.project / ".venv" / "bin").mkdir(parents=True)

    assert machine.run("server").returncode == 0
    assert machine.calls[0] == "install"


@pytest.mark.parametrize("command", ["server", "test"])
def test_a_full_disk(machine, command):
    machine.program("df", "echo Filesystem 1024-blocks Used Available Capacity Mounted on", "echo /dev/disk 1000000 990000 10240 99% /")

    line = one_line(machine.run(command))

    assert " has 10 MB free and this needs 1200 MB. Free some space" in line


def test_the_disk_fills_up_while_pip_works(machine):
    machine.python(venv=WORKING, pip_install='echo "ERROR: [Errno 28] No space left on device"; exit 1')

    assert one_line(machine.run("server")).startswith("server: The disk is full. Free about 1200 MB")


def test_no_network_for_pip(machine):
    machine.python(venv=WORKING, pip_install='echo "[Errno -3] Temporary failure in name resolution"; exit 1')

    assert one_line(machine.run("server")).startswith("server: pip cannot reach the package index. Check the network")


def test_an_install_that_failed_is_tried_again_and_one_that_worked_is_not(machine):
    machine.python(venv=WORKING, pip_install="exit 1")
    assert machine.run("server").returncode == 1
    machine.python(venv=WORKING)
    assert machine.run("server").returncode == 0
    assert machine.run("server").returncode == 0
    assert machine.calls.count("install") == 2

    with (machine.project / "requirements.txt").open("a") as requirements:
        requirements.write("# changed\n")
    assert machine.run("server").returncode == 0
    assert machine.calls.count("install") == 3


def test_the_server_is_started_at_the_port_that_was_asked_for(machine):
    machine.python(venv=WORKING)

    assert machine.run("server", "--port", "8765").returncode == 0
    assert machine.run("server", PORT="08766").returncode == 0
    assert [call for call in machine.calls if call.startswith("-m script.run")] == [
        "-m script.run --port 8765",
        "-m script.run --port 8766",
    ]


@pytest.mark.parametrize("arguments", [["--port", "8765"], ["--port=8765"]])
def test_a_port_that_is_taken(machine, arguments):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])

        line = one_line(machine.run("server", *[argument.replace("8765", port) for argument in arguments]))

    assert line == f"server: Port {port} is taken. Choose another: script/server --port {int(port) + 1}"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_an_invalid_port(machine, port):
    assert "must be a number from 1 to 65535" in one_line(machine.run("server", "--port", port))


def test_a_port_option_without_a_number(machine):
    assert "--port needs a number" in one_line(machine.run("server", "--port"))


@pytest.mark.parametrize("command", ["server", "lint"])
def test_an_unknown_option(machine, command):
    assert one_line(machine.run(command, "--prot", "8000")) == f"{command}: Unknown option: --prot. See script/{command} --help."


@pytest.mark.parametrize("command", ["server", "test", "lint"])
def test_help_needs_no_setting_up(machine, command):
    done = machine.run(command, "--help")

    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: script/{command}")
    assert not (machine.project / ".venv").exists()


def test_a_given_environment_must_work(machine, tmp_path):
    assert "is not a working virtual environment" in one_line(machine.run("server", RECOVERY_VENV=str(tmp_path)))
