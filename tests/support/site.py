"""Runs the site as in production, with its own data folder and database, demo staff and guides."""

import contextlib
import email
import email.policy
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from tests.support.cluster import Cluster, free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "only-for-the-tests-7"
PATIENCE = 300  # seconds until the first page must respond


@dataclass
class Site:
    """A site: its URL, its data folder and methods to control it."""

    folder: Path
    environment: dict[str, str]
    port: int
    cluster: Cluster | None = None
    database: str = ""
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The site's URL without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def people(self) -> dict[str, str]:
        """The passwords of the demo staff by username (demo-triage, demo-lead, demo-editor, demo-reviewer, demo-operator)."""
        from intake.demo import PEOPLE  # needs settings, which the benchmarks' own process has none of

        return {person.username: PASSWORD for person in PEOPLE}

    def start(self, workers: int = 1) -> None:
        """Start web server, worker and housekeeping; return when the first page has answered."""
        command = [sys.executable, "-m", "script.run", "--port", str(self.port), "--workers", str(workers)]
        with self.log.open("ab") as log:
            # A new session, so that Ctrl-C in the tests doesn't reach it first.
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with opener.open(self.url + "/", timeout=10):
                    return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError(f"The site didn't start:\n{self.logs()}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop all processes with SIGINT, like Ctrl-C."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise

    def kill(self) -> None:
        """Kill all processes at once, as a machine that loses its power would; return when they are gone."""
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"DATA_DIR={self.folder}\0".encode() in (folder / "environ").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)
        if self.process:
            self.process.wait(PATIENCE)

    @property
    def log(self) -> Path:
        """The file with the output of all processes."""
        return self.folder / "log"

    def logs(self) -> str:
        """The output of all processes."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def manage(self, *arguments: str) -> str:
        """Run a management command on this site's data. Return its output, or raise an error with it."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def mails(self) -> list[EmailMessage]:
        """Return the mails that the site has sent, oldest first. Waits some time for the first one."""
        deadline = time.monotonic() + PATIENCE
        while True:
            mails = whole_mails(self.folder / "mail")
            if mails or time.monotonic() > deadline:
                return mails
            time.sleep(0.05)

    def stored(self) -> bytes:
        """The raw database: the SQLite files or a dump of PostgreSQL."""
        if self.cluster:
            return self.cluster.dump(self.database)
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("db.sqlite3*")))


def whole_mails(folder: Path) -> list[EmailMessage]:
    """Return the complete mails that Django's file backend has written to `folder`."""
    mails = []
    for path in sorted(folder.glob("*.log")):
        # Each mail ends with a line of dashes. Text after the last one is incomplete or empty.
        *texts, _incomplete = path.read_text().split("\n" + "-" * 79 + "\n")
        mails += [email.message_from_string(text, policy=email.policy.default) for text in texts]
    return mails


def environment(folder: Path, static: Path, port: int, database_url: str = "", **more: str) -> dict[str, str]:
    """Return the environment of a site with its data in `folder`, without settings of the test run."""
    ours = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATA_DIR", "SITE_ROLE", "SECRETS_DIR", "CENTRE_KEYS_DIR", "EMAIL_URL", "CACHE_URL")
    inherited = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith(("TEST_", "PYTEST_"))}
    own = {
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(static),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DEMO_PASSWORD": PASSWORD,
        "DEMO_CASES": "0",
        "REQUIRE_SECOND_FACTOR": "false",
        "TAKE_BACK_SECONDS": "0",  # a reply is there at once
        # Each browser is at an address of its own (tests.support.browser): many forms of one are asked for once more.
        "CLIENT_ADDRESS_HEADER": "HTTP_X_TEST_ADDRESS",
    }
    own["ROUTING_SECONDS"] = "0"  # changes of rules must be effective at once in tests
    if database_url:
        own["DATABASE_URL"] = database_url
    return {**inherited, **own, **more}


def prepare(folder: Path, static: Path, database_url: str = "") -> None:
    """Create a site's data in `folder` like script/server, with PASSWORD as everyone's password.

    The static files are collected into `static` by whoever comes first; test processes share them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    static.mkdir(parents=True, exist_ok=True)
    with (static.parent / f"{static.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "-m", "script.prepare"],
            cwd=ROOT,
            env=environment(folder, static, 8000, database_url),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


@contextlib.contextmanager
def site_like(template: Path, folder: Path, static: Path, cluster: Cluster | None = None, **more: str) -> Iterator[Site]:
    """Yield a running site with a copy of the data of `template` (see prepare()), then stop it.

    With a cluster, the database is a copy of the one named like the template's folder. `more` are settings.
    """
    shutil.copytree(template, folder)
    port = free_port()
    database = database_url = ""
    if cluster:
        database = f"site_{port}"
        database_url = cluster.create_database(database, template.name)
    site = Site(folder, environment(folder, static, port, database_url, **more), port, cluster, database)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        if cluster:
            cluster.drop_database(database)


def on_postgres(variables: Mapping[str, str] = os.environ) -> bool:
    """Return whether the suite runs on PostgreSQL."""
    return variables.get("DATABASE_URL", "").startswith("postgres")
