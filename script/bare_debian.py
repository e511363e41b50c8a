"""A bare Debian in namespaces of this machine, with its own systemd, to try the page "Deploying" on (script/try_deploying.py)."""

import contextlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SITE, STAFF = "help.example.org", "staff.help.example.org"
PUBLIC_ADDRESS, STAFF_ADDRESS = "192.0.2.10", "10.0.0.5"
MAIL_PORT = 2525
PATIENCE = 300  # seconds
# A bare Debian as its installer leaves it, in as far as the page needs it.
BARE = "systemd,systemd-sysv,dbus,ca-certificates,apt,iproute2,procps,openssl,nano,logrotate"
# What deploy/install and the page install: fetched before, because the namespaces have no network. pebble is for the proof only.
# The Python of each release of Debian.
PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
FETCHED = "python3 python3-venv postgresql nginx certbot unattended-upgrades nftables tzdata ca-certificates pebble"
TOOLS = {"mmdebstrap": "mmdebstrap", "unshare": "util-linux", "nsenter": "util-linux", "ip": "iproute2", "git": "git"}
BOOT = """
set -e
R={root}
mount --make-rprivate /
mount --rbind "$R" "$R"
mount -t proc proc "$R/proc"
mount -t sysfs sysfs "$R/sys" -o ro
mount -t tmpfs tmpfs "$R/run" -o mode=755
mount -t tmpfs tmpfs "$R/tmp"
mount -t tmpfs tmpfs "$R/dev" -o mode=755
for name in null zero full random urandom tty; do touch "$R/dev/$name"; mount --bind "/dev/$name" "$R/dev/$name"; done
ln -s /proc/self/fd "$R/dev/fd"
ln -s /proc/self/fd/0 "$R/dev/stdin"; ln -s /proc/self/fd/1 "$R/dev/stdout"; ln -s /proc/self/fd/2 "$R/dev/stderr"
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts devpts "$R/dev/pts" -o newinstance,ptmxmode=0666,mode=620,gid=5
ln -s pts/ptmx "$R/dev/ptmx"
mount -t tmpfs tmpfs "$R/dev/shm"
: >"{console}"; touch "$R/dev/console"; mount --bind "{console}" "$R/dev/console"
ip link set lo up
ip address add {public}/32 dev lo
ip address add {staff}/32 dev lo
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
else
    mount -t tmpfs tmpfs "$R/sys/fs/cgroup"; mkdir "$R/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$R/sys/fs/cgroup/systemd"
fi
cd "$R"
mkdir -p .before
pivot_root . .before
umount -l /.before
mount --make-rshared / # as systemd does itself where it isn't in a container: units' credentials come that way
exec env -i container=lxc PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --log-target=console --show-status=no
"""


class Failed(Exception):
    """A step of the page, or what should have come of it, went wrong."""


def run(command: list[str | Path]) -> str:
    """Run a program of this machine; return its output. Raises Failed with its last lines."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Failed(f"{command[0]} ended with {done.returncode}:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-15:]))
    return done.stdout


@dataclass
class Machine:
    """A Debian that runs in namespaces: its root folder, and the process of its systemd."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    rows: list[tuple[str, str, float]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def boot(self) -> None:
        """Start its systemd, and wait until it takes commands."""
        script = BOOT.format(root=self.root, console=self.folder / "console", public=PUBLIC_ADDRESS, staff=STAFF_ADDRESS)
        command = ["unshare", "-m", "-p", "-f", "--kill-child", "-n", "-i", "-u", "-C", "sh", "-c", script]
        with (self.folder / "boot.log").open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603
        self.wait_for(
            "its systemd", lambda: self.pid() and self.inside("systemctl is-system-running", check=False) in ("running", "degraded")
        )

    def pid(self) -> str:
        """Return the process that is the first one in there, or ""."""
        if self.process is None or self.process.poll() is not None:
            log = (self.folder / "boot.log").read_text()
            raise Failed(f"The machine ended: {log[-500:]}")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return children[0] if children else ""

    def off(self) -> None:
        """Switch it off as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def inside(self, command: str, *, check: bool = True) -> str:
        """Run a line of shell in there, as root in /root, as at a terminal; return what it printed."""
        environment = ["env", "-i", "HOME=/root", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        line = ["nsenter", "-t", self.pid(), "-a", *environment, "sh", "-c", f"cd /root\n{command}"]
        done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
        if check and done.returncode:
            raise Failed(f"{command}\nended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return (done.stdout + (done.stderr if check else "")).strip()

    def wait_for(self, what: str, is_there: Callable[[], Any]) -> None:
        """Wait until a function returns something true."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(Failed, OSError):
                if is_there():
                    return
            if time.monotonic() > deadline:
                raise Failed(f"Waited in vain for {what}.")
            time.sleep(0.2)

    def step(self, what: str, action: Callable[[], Any]) -> str:
        """Do something, and note for the protocol what came of it and how long it took."""
        began = time.monotonic()
        came = str(action() or "")
        self.rows.append((what, came, time.monotonic() - began))
        indented = "".join(f"          {line}\n" for line in came.splitlines())
        sys.stdout.write(f"{time.monotonic() - began:6.1f} s  {what}\n{indented}")
        sys.stdout.flush()
        return came


def make(folder: Path, suite: str, cache: Path) -> Machine:
    """Return a machine that isn't started: a bare Debian with the project's archive, as an operator would copy it there."""
    base, wheels = cache / f"{suite}.tar", cache / f"wheels-{suite}"
    cache.mkdir(parents=True, exist_ok=True)
    if not base.exists():
        # From the mirrors of this machine's own apt, but for the release.
        fetch = f'chroot "$1" apt-get install -y -q --download-only --no-install-recommends {FETCHED}'
        run(["mmdebstrap", "--variant=minbase", f"--include={BARE}", "--skip=cleanup/apt", f"--customize-hook={fetch}", suite, base])
    if not wheels.exists():
        # For Debian's Python, which may be another than this one, and need packages that this one doesn't.
        pinned = re.sub(r" ; python_full_version [^\\\n]*", " ", (ROOT / "requirements-production.txt").read_text())
        (cache / "pinned.txt").write_text(pinned)
        python = ["--only-binary=:all:", f"--python-version={PYTHONS[suite]}"] if suite in PYTHONS else []
        run([sys.executable, "-m", "pip", "download", "-q", "--require-hashes", "-d", wheels, *python, "-r", cache / "pinned.txt"])
    machine = Machine(folder)
    machine.root.mkdir(parents=True)
    run(["tar", "-xf", base, "-C", machine.root])
    shutil.copytree(wheels, machine.root / "opt" / "wheels")
    (machine.root / "etc" / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /opt/wheels\n")
    with (machine.root / "etc" / "hosts").open("a") as hosts:
        hosts.write(f"127.0.0.1 localhost\n{PUBLIC_ADDRESS} {SITE}\n{PUBLIC_ADDRESS} {STAFF}\n")
    (machine.root / "etc" / "hostname").write_text("recovery\n")
    (machine.root / "etc" / "resolv.conf").unlink(missing_ok=True)
    (machine.root / "etc" / "resolv.conf").write_text("")
    archive = machine.root / "root" / "recovery-site.tar.gz"
    run(["git", "-C", ROOT, "archive", "--prefix=recovery-site/", "-o", archive, "HEAD"])
    return machine


def answers(text: str, **changes: str) -> str:
    """Return the file of answers with some changed, as an editor would."""
    for name, value in changes.items():
        text, count = re.subn(rf"^{name}=.*$", lambda _match: f"{name}={value}", text, flags=re.MULTILINE)  # noqa: B023
        if count != 1:
            raise Failed(f"deploy/answers has no line {name}=")
    return text


# --- What stands around the machine: a mail server, and the authority that signs certificates ---
class MailTaker:
    """Keeps each mail in a folder, for `python -m script.bare_debian FOLDER` in the machine's network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        number = len(list(self.folder.iterdir()))
        (self.folder / f"{number:04}.part").write_bytes(envelope.content)
        (self.folder / f"{number:04}.part").rename(self.folder / f"{number:04}.eml")
        return "250 taken"


def take_mail(folder: Path) -> None:
    from aiosmtpd.controller import Controller

    Controller(MailTaker(folder), hostname="127.0.0.1", port=MAIL_PORT).start()
    signal.pause()


@contextlib.contextmanager
def mail_server(machine: Machine) -> Iterator[Path]:
    """A mail server in the machine's network; yields the folder of its mails."""
    folder = machine.folder / "mail"
    folder.mkdir(exist_ok=True)
    command = ["nsenter", "-t", machine.pid(), "-n", sys.executable, "-m", "script.bare_debian", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    try:
        yield folder
    finally:
        process.terminate()
        process.wait()


def mail_to(folder: Path, address: str, words: str) -> str:
    """Return the text of the newest mail to somebody that has these words, or ""."""
    for path in sorted(folder.glob("*.eml"), reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if address in str(mail["To"]) and words in mail.get_content():
            return str(mail.get_content())
    return ""


AUTHORITY = """{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
"certificate": "/opt/authority/certificate.pem", "privateKey": "/opt/authority/key.pem", "httpPort": 80, "tlsPort": 443,
"ocspResponderURL": "", "externalAccountBindingRequired": false}}"""


def start_authority(machine: Machine) -> str:
    """Run pebble, Let's Encrypt's own small server for tests, in the machine, and let certbot ask it. What was typed stays the same."""
    folder = machine.root / "opt" / "authority"
    folder.mkdir(parents=True)
    (folder / "pebble.json").write_text(AUTHORITY)
    machine.inside(
        "apt-get install -y -q pebble openssl && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost -keyout /opt/authority/key.pem -out /opt/authority/certificate.pem && "
        "systemd-run --unit=authority --setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=0 "
        "pebble -config /opt/authority/pebble.json"
    )
    (machine.root / "root" / ".config" / "letsencrypt").mkdir(parents=True, exist_ok=True)
    (machine.root / "root" / ".config" / "letsencrypt" / "cli.ini").write_text(
        "server = https://localhost:14000/dir\nno-verify-ssl = true\n"
    )
    return machine.inside("pebble -version 2>&1 | head -n 1", check=False)


if __name__ == "__main__":
    take_mail(Path(sys.argv[1]))
