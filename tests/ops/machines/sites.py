"""The site on several machines: two public nodes, one for staff with worker and housekeeping, and a second worker with housekeeping."""

import contextlib
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recovery_site import secrets
from tests.ops.machines.databases import Pair, pair, wait_until
from tests.ops.machines.network import Machine, network
from tests.support.cluster import free_port
from tests.support.site import ROOT, whole_mails

NAMES = ("db1", "db2", "public1", "public2", "staff", "spare")
OURS = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATA_DIR", "SITE_ROLE", "SECRETS_DIR", "CENTRE_KEYS_DIR", "EMAIL_URL", "CACHE_URL")


@dataclass
class Node:
    """A machine that runs parts of the site, with the database's account, secrets and folders of its role."""

    machine: Machine
    role: str
    port: int
    environment: dict[str, str] = field(repr=False)
    loop: int = 60

    @property
    def url(self) -> str:
        return f"http://{self.machine.address}:{self.port}"

    def start(self, *units: str) -> None:
        """Start units of deploy/systemd with what they run, at this machine's address."""
        for unit in units:
            self.machine.start(command_of(unit, self.machine.address, self.port, self.loop), self.environment, again=True)

    def manage(self, *arguments: str, **more: str) -> str:
        """Run a management command and return its output. Raises AssertionError when it fails."""
        return self.machine.run([sys.executable, "manage.py", *arguments], {**self.environment, **more})

    def answers(self) -> bool:
        """Return whether a page is served."""
        try:
            return self.get("/help-now/")[0] == 200
        except OSError:
            return False

    def get(self, path: str) -> tuple[int, bytes]:
        """Read a page past any proxy; return status and body. Raises OSError."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _KeepErrors())
        with opener.open(self.url + path, timeout=60) as answer:
            return answer.status, answer.read()


class _KeepErrors(urllib.request.HTTPErrorProcessor):
    """Returns pages of errors like all others."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


@dataclass
class Machines:
    """Everything that runs."""

    databases: Pair
    public: tuple[Node, Node]
    staff: Node
    spare: Node

    @property
    def addresses(self) -> list[str]:
        return [node.url for node in self.public]

    def issues(self) -> list[str]:
        """Return what the staff's machine says is wrong."""
        program = "from intake.health import state; from django.utils import timezone; import json; "
        text = self.staff.manage("shell", "-v", "0", "-c", program + "print(json.dumps(state.look(timezone.now()).codes))")
        return list(json.loads(text.splitlines()[-1]))

    def is_on_both(self) -> bool:
        """Return whether commits wait for both database machines now."""
        return any(
            server.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'") == 1
            for server in (self.databases.first, self.databases.second)
        )

    def was_told(self, words: str) -> bool:
        """Return whether a mail with these words has left one of the staff's machines."""
        mails = [mail for node in (self.staff, self.spare) for mail in whole_mails(node.machine.folder / "mail")]
        return any(words in str(mail.get_content()) for mail in mails)


@contextlib.contextmanager
def machines(static: Path, *, look: str = "2", loop: int = 2, **more: str) -> Iterator[Machines]:
    """Start all machines, with a centre and an operator, and stop them at the end. `loop`: seconds between rounds of housekeeping."""
    with _folder() as folder, network(folder, NAMES) as made, pair(made["db1"], made["db2"], free_port(), look=look) as databases:
        site = _Site(databases, static, free_port(), more)
        staff = site.node(made["staff"], "staff")
        _fill(staff, databases)
        keys = Path(staff.environment["CENTRE_KEYS_DIR"])
        for name in ("public1", "public2", "spare"):
            site.node(made[name], "staff" if name == "spare" else "public", source=made["staff"].folder)
        shutil.copytree(keys, made["spare"].folder / "keys")
        public1, public2 = site.nodes["public1"], site.nodes["public2"]
        running = Machines(databases, (public1, public2), staff, site.nodes["spare"])
        done = databases.second.script("join")
        assert done.returncode == 0, done.stdout
        databases.second.watch()
        public1.start("public")
        public2.start("public")
        for node in (staff, running.spare):
            node.loop = loop
            node.start("worker", "housekeeping")
        for node in running.public:
            wait_until(node.answers, node.url)
        wait_until(running.is_on_both, "both database machines")
        yield running


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach, and short enough for a socket's path. Each machine's own is below it."""
    with tempfile.TemporaryDirectory(prefix="recovery-machines-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@dataclass
class _Site:
    databases: Pair
    static: Path
    port: int
    more: dict[str, str]
    nodes: dict[str, Node] = field(default_factory=dict)

    def node(self, machine: Machine, role: str, source: Path | None = None) -> Node:
        """Give a machine what its role has: secrets (from `source`, or new ones), folders, settings."""
        folder = machine.folder
        if source is None:
            secrets.create_missing(folder / "secrets")
        else:
            (folder / "secrets").mkdir()
            for name in secrets.PUBLIC_SECRETS + (secrets.STAFF_SECRETS if role == "staff" else ()):
                shutil.copy(source / "secrets" / name, folder / "secrets")
        inherited = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith(("TEST_", "PYTEST_"))}
        own = {
            "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
            "SITE_ROLE": role,
            "SITE_URL": f"http://{machine.address}:{self.port}",
            "ALLOWED_HOSTS": machine.address,
            "DATABASE_URL": self.databases.url(f"recovery_{role}"),
            "DATA_DIR": str(folder),
            "CREDENTIALS_DIRECTORY": str(folder / "secrets"),
            "STATIC_ROOT": str(self.static),
            "CLIENT_ADDRESS_HEADER": "HTTP_X_REAL_IP",
            "PROOF_OF_WORK": "never",
        }
        if role == "staff":
            own["CENTRE_KEYS_DIR"] = str(folder / "keys")
        self.nodes[machine.name] = Node(machine, role, self.port, {**inherited, **own, **self.more})
        return self.nodes[machine.name]


def _fill(staff: Node, databases: Pair) -> None:
    """Create the tables as their owner, and a centre with its key, a lead and an operator."""
    owner = {**staff.environment, "DATABASE_URL": databases.url("recovery")}
    words = staff.machine.folder / "words"
    staff.machine.run([sys.executable, "-m", "tests.adversarial.filled_database", "1", words], owner)
    person = {"DJANGO_SUPERUSER_USERNAME": "olga", "DJANGO_SUPERUSER_EMAIL": "olga@example.org", "DJANGO_SUPERUSER_PASSWORD": "a" * 20}
    staff.manage("createsuperuser", "--noinput", **person)
    if not (Path(staff.environment["STATIC_ROOT"]) / "staticfiles.json").exists():
        staff.manage("collectstatic", "--no-input")


def command_of(unit: str, address: str, port: int, loop: int = 60) -> list[str]:
    """Return what a unit of deploy/systemd starts, with this environment's programs, at an address of its own, every `loop` seconds."""
    text = (ROOT / f"deploy/systemd/recovery-{unit}.service").read_text()
    [line] = re.findall(r"^ExecStart=/srv/recovery/\.venv/bin/(.*)$", text, re.M)
    program, *arguments = shlex.split(line)
    arguments = [{"127.0.0.1": address, "8000": str(port), "8001": str(port), "60": str(loop)}.get(word, word) for word in arguments]
    return [sys.executable, *(["-m", "granian"] if program == "granian" else []), *arguments]
