"""Machines of a network: each in a network namespace of its own where that is allowed, and with an address of 127.0.0.0/8 otherwise."""

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.site import ROOT

PATIENCE = 300  # seconds


@dataclass
class Machine:
    """A machine with an address and a folder of its own, on which programs are started."""

    name: str
    address: str
    folder: Path
    # What a command begins with, so that it runs on this machine.
    inside: tuple[str, ...] = ()
    link: str = ""  # its network cable, when it is in a namespace
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def log(self) -> Path:
        """The output of everything that runs on this machine."""
        return self.folder / "log"

    def start(self, command: Sequence[str | Path], environment: Mapping[str, str], *, again: bool = False) -> "subprocess.Popen[bytes]":
        """Start a program in a process group of its own. With `again` it is started again each time it ends, as systemd does."""
        loop = ("sh", "-c", 'while :; do "$@"; sleep 1; done', "again") if again else ()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*self.inside, *loop, *map(str, command)],
                cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def run(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
        """Run a program to its end and return its output. Raises AssertionError with it when the program fails."""
        done = self.attempt(command, environment)
        assert done.returncode == 0, f"{self.name}: {command}\n{done.stdout}"
        return done.stdout

    def attempt(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end. A file takes its output: a server that it starts would keep a pipe open."""
        output = self.folder / f"output-{secrets.token_hex(4)}"
        with output.open("wb") as file:
            done = subprocess.run(
                [*self.inside, *map(str, command)],
                cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, stdout=file, stderr=file, timeout=PATIENCE, check=False,
            )  # fmt: skip
        text = output.read_text(errors="replace")
        output.unlink()
        return subprocess.CompletedProcess(done.args, done.returncode, text, "")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to everything that was started here."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)

    def kill(self) -> None:
        """End everything that was started here at once, as a loss of power does."""
        self.signal(signal.SIGKILL)
        for process in self.processes:
            process.wait(PATIENCE)
        self.processes.clear()


@contextlib.contextmanager
def network(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """Yield machines with these names, and take the network down at the end."""
    token, number = secrets.token_hex(2), secrets.randbelow(250) + 1
    is_allowed = may_use_namespaces()
    machines = {}
    for place, name in enumerate(names, 11):
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(0o755)
        address = f"10.{200 + number % 50}.{number}.{place}" if is_allowed else f"127.{number}.{secrets.randbelow(250) + 1}.{place}"
        space = f"rs{token}-{name}"
        inside, link = (("ip", "netns", "exec", space), f"rs{token}{place}") if is_allowed else ((), "")
        machines[name] = Machine(name, address, folder / name, inside, link)
    try:
        if is_allowed:
            _connect(f"rs{token}", list(machines.values()))
        yield machines
    finally:
        for machine in machines.values():
            machine.kill()
        if is_allowed:
            for machine in machines.values():
                _ip("netns", "del", machine.inside[3], check=False)
            _ip("link", "del", f"rs{token}", check=False)


def may_use_namespaces() -> bool:
    """Return whether this user may make network namespaces and bridges here."""
    name = f"rs{secrets.token_hex(3)}"
    try:
        made = _ip("netns", "add", name, check=False) and _ip("link", "add", name, "type", "bridge", check=False)
    except FileNotFoundError:  # no iproute2
        return False
    _ip("link", "del", name, check=False)
    _ip("netns", "del", name, check=False)
    return made


def _connect(bridge: str, machines: Sequence[Machine]) -> None:
    """Lay a cable from each machine to a bridge, by which this process reaches them as well."""
    gateway = machines[0].address.rsplit(".", 1)[0] + ".1"
    _ip("link", "add", bridge, "type", "bridge")
    _ip("address", "add", f"{gateway}/24", "dev", bridge)
    _ip("link", "set", bridge, "up")
    for machine in machines:
        space = machine.inside[3]
        _ip("netns", "add", space)
        _ip("link", "add", machine.link, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", machine.link, "master", bridge, "up")
        _ip("-n", space, "address", "add", f"{machine.address}/24", "dev", "eth0")
        _ip("-n", space, "link", "set", "eth0", "up")
        _ip("-n", space, "link", "set", "lo", "up")


def _ip(*arguments: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
    return done.returncode == 0
