"""Follow the page "Deploying" on a bare Debian: `python -m script.try_deploying`, as root, in some minutes.

It makes a Debian root with mmdebstrap, boots that root's own systemd in namespaces (a network of its own, nothing of this machine is
touched), types every command of the page, and then uses what came of it: a visitor sends the form over https, the lead chooses a
password by the mailed link and reads what was sent, the doctor looks, a stuck process is restarted, the machine is started again.
What happened is printed as a page, which is kept as docs/deploying-tried.md.

Packages come from the mirrors that this machine's apt and pip are set to, before the namespaces are made: in there is no network.
"""

import argparse
import ctypes
import datetime as dt
import http.client
import os
import re
import shutil
import socket
import ssl
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from script.bare_debian import (
    MAIL_PORT,
    PATIENCE,
    PUBLIC_ADDRESS,
    ROOT,
    SITE,
    STAFF,
    STAFF_ADDRESS,
    TOOLS,
    Failed,
    Machine,
    answers,
    mail_server,
    mail_to,
    make,
    run,
    start_authority,
)

PAGE = ROOT / "docs" / "operations.md"
PROTOCOL = ROOT / "docs" / "deploying-tried.md"
OPERATOR, LEAD = "olga@example.org", "ada@example.org"
PASSWORD = "only for this trial, 7 words"  # noqa: S105
# The command lines of what is held, from their beginning: the shell that looks for them has the same words in its own.
STUCK = {
    "recovery-worker": "^/srv/recovery/.*manage.py send_notifications",
    "recovery-housekeeping": "^/srv/recovery/.*manage.py housekeeping",
    "recovery-public": "^/srv/recovery/releases/.*granian.*port 8000",  # not the process that watches it
}
# After how many seconds of silence systemd ends it in the trial.
SOON = {"recovery-worker": 20, "recovery-housekeeping": 90, "recovery-public": 40}


def page_commands(text: str) -> list[str]:
    """Return the commands of the page "Deploying", in order: the lines of its blocks of kind sh."""
    page = text.partition("\n## Deploying\n")[2].partition("\n## ")[0]
    return [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        for line in block.replace("\\\n", "").splitlines()
        if line.strip() and not line.startswith("#")
    ]


class Person:
    """A browser: https to one half of the site, with cookies, without JavaScript."""

    def __init__(self, host: str, address: str, network: str) -> None:
        self.host, self.address, self.network = host, address, network
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str, http.client.HTTPMessage]:
        context = ssl._create_unverified_context()  # noqa: S323 (the authority is pebble's, of this run)
        connection = http.client.HTTPSConnection(self.host, context=context, timeout=PATIENCE)
        connection.sock = context.wrap_socket(_socket(self.address, self.network), server_hostname=self.host)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{self.host}{path}",
        }
        connection.request(method, path, urlencode(fields), headers)
        response = connection.getresponse()
        page = response.read().decode(errors="replace")
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        connection.close()
        return response.status, page, response.headers

    def open(self, path: str) -> tuple[str, str]:
        """Ask for a page and follow where it leads; return the page and its address."""
        for _ in range(5):
            status, page, headers = self.ask("GET", path)
            if status not in (301, 302, 303):
                if status != 200:
                    raise Failed(f"{path} answered with {status}: {text_of(page)[:300]}")
                return page, path
            path = urlsplit(urljoin(f"https://{self.host}{path}", headers["Location"]))._replace(scheme="", netloc="").geturl()
        raise Failed(f"{path} leads in a circle.")

    def submit(self, path: str, page: str, **fields: str) -> str:
        """Send the form of a page; return where that leads."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        status, answer, headers = self.ask("POST", path, **({"csrfmiddlewaretoken": token[1]} if token else {}), **fields)
        if status not in (302, 303):
            raise Failed(f"{path} wasn't taken ({status}): {text_of(answer)[:600]}")
        return urlsplit(urljoin(f"https://{self.host}{path}", headers["Location"]))._replace(scheme="", netloc="").geturl()


def _socket(address: str, network: str) -> socket.socket:
    """Return a connection to port 443 of an address in another network: a socket stays in the network in which it was made."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/self/ns/net").open() as ours, Path(network).open() as theirs:
        try:
            if libc.setns(theirs.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns")
            return socket.create_connection((address, 443), timeout=PATIENCE)
        finally:
            libc.setns(ours.fileno(), 0)


def text_of(page: str) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL).split())


class Trial:
    """One run of the page, and what is looked at afterwards."""

    def __init__(self, machine: Machine, mails: Path) -> None:
        self.machine, self.mails = machine, mails
        self.words = f"words of a visitor, {dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}"

    def person(self, host: str) -> Person:
        address = PUBLIC_ADDRESS if host == SITE else STAFF_ADDRESS
        return Person(host, address, f"/proc/{self.machine.pid()}/ns/net")

    def follow(self, page: str, **changes: str) -> None:
        """Type every command of the page; edit the answers when they are there."""
        for command in page_commands(page):
            self.machine.step(f"`{command}`", partial(self.machine.inside, command))
            file = self.machine.root / "root" / "answers"
            if file.exists() and changes:
                file.write_text(answers(file.read_text(), **changes))
                file.chmod(0o600)
                changes = {}

    def send_the_form(self) -> str:
        visitor = self.person(SITE)
        _status, page, _headers = visitor.ask("GET", "/contact/")
        tokens = re.findall(r'name="token" value="([^"]*)"', page)
        if not tokens:
            raise Failed(f"No form: {text_of(page)[:500]}")
        fields = {"token": tokens[0], "for_whom": "self", "contact_way": "mailbox", "message": self.words}
        status, page, _headers = visitor.ask("POST", "/contact/", **fields)
        if status != 303:
            raise Failed(f"The form wasn't taken ({status}): {text_of(page)[:500]}")
        return f"sent, and the receipt is shown: {'receipt' in visitor.open('/contact/sent/')[0]}"

    def choose_a_password(self, address: str) -> str:
        self.machine.wait_for(f"the mail to {address}", lambda: mail_to(self.mails, address, "/admin/password/"))
        link = re.search(rf"https://{re.escape(STAFF)}(/admin/password/\S+)", mail_to(self.mails, address, "/admin/password/"))
        if link is None:
            raise Failed("The mail has no link.")
        person = self.person(STAFF)
        page, path = person.open(link[1])
        person.submit(path, page, new_password1=PASSWORD, new_password2=PASSWORD)
        return "by the link of the mail"

    def sign_in(self, address: str) -> Person:
        person = self.person(STAFF)
        page, path = person.open("/admin/login/")
        person.submit(path, page, username=address, password=PASSWORD, next="/admin/")
        return person

    def read_the_case(self) -> str:
        lead = self.sign_in(LEAD)
        page, _path = lead.open("/admin/intake/inquiry/")
        links = re.findall(r'href="(/admin/intake/inquiry/[0-9A-Z]{4}-[0-9A-Z]{4}/)"', page)
        for link in links:
            if self.words in text_of(lead.open(link)[0]):
                return "opened, with the visitor's words"
        raise Failed(f"Not in the queue of the lead ({links}): {text_of(page)[:800]}")

    def the_operator_reads_none(self) -> str:
        operator = self.sign_in(OPERATOR)
        status, page, _headers = operator.ask("GET", "/admin/intake/inquiry/")
        if self.words in page:
            raise Failed("The operator read a case.")
        return f"refused ({status})"

    def again(self) -> str:
        came = self.machine.inside("recovery-site/deploy/install /root/answers")
        if "Nothing was changed." not in came:
            raise Failed(f"The second run changed something:\n{came}")
        return "Nothing was changed."

    def stuck(self, service: str, pattern: str) -> str:
        """Stop processes as a fault would hold them, and see them started again. With shorter watches than the units': for the trial."""
        inside = self.machine.inside
        inside(f"mkdir -p /run/systemd/system/{service}.service.d")
        inside(f"printf '[Service]\nWatchdogSec={SOON[service]}\n' >/run/systemd/system/{service}.service.d/soon.conf")
        inside(f"systemctl daemon-reload; systemctl restart {service}")
        before = inside(f"systemctl show -P NRestarts {service}")
        inside(f"kill -STOP $(pgrep -f '{pattern}')")
        began = time.monotonic()
        self.machine.wait_for(f"{service} to be started again", lambda: inside(f"systemctl show -P NRestarts {service}") != before)
        self.machine.wait_for(f"{service} to run", lambda: inside(f"systemctl is-active {service}", check=False) == "active")
        seconds = time.monotonic() - began
        inside(f"rm -r /run/systemd/system/{service}.service.d; systemctl daemon-reload")
        return f"started again after {seconds:.0f} s (WatchdogSec={SOON[service]} for the trial)"

    def restart_the_machine(self) -> str:
        self.machine.off()
        self.machine.boot()
        self.machine.wait_for("the site", lambda: self.person(SITE).ask("GET", "/")[0] == 200)
        self.machine.wait_for("the staff's half", lambda: self.person(STAFF).ask("GET", "/admin/login/")[0] == 200)
        return "all services are up by themselves"

    def down(self) -> str:
        """Stop the visitors' half: nginx says whom to call, and its log has a line without a visitor."""
        self.machine.inside("systemctl stop recovery-public")
        status, page, _headers = self.person(SITE).ask("GET", "/contact/")
        self.machine.inside("systemctl start recovery-public")
        log = self.machine.inside("cat /var/log/nginx/recovery-failures.log")
        if status != 503 or "911" not in page or PUBLIC_ADDRESS in log or "contact" in log or "status=503" not in log:
            raise Failed(f"{status}, and the log: {log}")
        return log.splitlines()[-1]


def page_of(machine: Machine, suite: str, certificate: str) -> str:
    """Return the protocol as a page."""
    version = machine.inside(". /etc/os-release; echo $PRETTY_NAME", check=False)
    systemd = machine.inside("systemctl --version | head -n 1", check=False)
    commit = run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]).strip()
    typed = sum(1 for what, _came, _seconds in machine.rows if what.startswith("`"))
    noise = re.compile(
        r"^(\(Reading database|Selecting|Preparing|Unpacking|Setting up|debconf:|Processing|Reading |Building ).*\n?", re.MULTILINE
    )
    rows = "".join(
        f"\n### {what}\n{seconds:.1f} s\n" + (f"\n```\n{noise.sub('', came).strip()}\n```\n" if came else "")
        for what, came, seconds in machine.rows
    )
    command = f"python -m script.try_deploying --suite {suite} --certificate {certificate} --write"
    return (
        f'# The page "Deploying", tried\nWritten by `{command}`; not by hand. {version}, {systemd} as the first process of its own '
        f"namespaces, commit {commit}, {dt.datetime.now(dt.UTC):%Y-%m-%d}. {typed} commands were typed, all that the page has, in its "
        "order; the answers were changed after the command that copies them. Packages of Debian and Python had been fetched before, "
        "because the namespaces have no network: on a real machine that adds the time of the download.\n" + rows
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m script.try_deploying", description=__doc__)
    parser.add_argument("--suite", default="bookworm", help="the release of Debian (default: %(default)s)")
    parser.add_argument("--certificate", choices=["certbot", "own"], default="certbot", help="by certbot and a stand-in for Let's Encrypt")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "try-deploying", metavar="FOLDER", help="for what is fetched")
    parser.add_argument("--keep", action="store_true", help="leave the machine's folder there")
    parser.add_argument("--write", action="store_true", help=f"write the protocol into {PROTOCOL.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    missing = [f"{tool} (Debian: apt-get install {package})" for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if os.geteuid() != 0 or missing:
        sys.stderr.write(f"try_deploying: It needs root, and here is no {', '.join(missing) or 'root'}.\n")
        return 1
    cache = options.cache.resolve()
    folder = cache / f"machine-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    machine = make(folder, options.suite, cache)
    try:
        machine.boot()
        with mail_server(machine) as mails:
            try_everything(Trial(machine, mails), machine, options.certificate)
        protocol = page_of(machine, options.suite, options.certificate)
    except Failed as failed:
        sys.stderr.write(f"try_deploying: {failed}\n")
        return 1
    finally:
        machine.off()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if options.write:
        PROTOCOL.write_text(protocol)
    return 0


def try_everything(trial: Trial, machine: Machine, certificate: str) -> None:
    changes = {"MAIL_SERVER": f"smtp://127.0.0.1:{MAIL_PORT}", "OPERATOR": OPERATOR, "LEAD": LEAD}
    if certificate == "certbot":
        machine.step("A stand-in for Let's Encrypt (pebble), which certbot's own settings name", lambda: start_authority(machine))
    else:
        subject = f"openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN={SITE} -addext subjectAltName=DNS:{SITE},DNS:{STAFF}"
        machine.step(
            "A certificate of our own",
            lambda: machine.inside(f"{subject} -keyout /etc/ssl/help.key -out /etc/ssl/help.pem 2>&1 | tail -n 1"),
        )
        changes["CERTIFICATE"] = "/etc/ssl/help.pem /etc/ssl/help.key"
    trial.follow(PAGE.read_text(), **changes)
    machine.step("Run deploy/install once more", trial.again)
    machine.step("A visitor sends the form over https", trial.send_the_form)
    machine.step("The lead chooses a password", lambda: trial.choose_a_password(LEAD))
    machine.step("The lead reads what was sent", trial.read_the_case)
    machine.step("The operator chooses a password", lambda: trial.choose_a_password(OPERATOR))
    machine.step("The operator looks for it", trial.the_operator_reads_none)
    machine.step("The visitors' half is stopped", trial.down)
    for service, pattern in STUCK.items():
        machine.step(f"{service} hangs", partial(trial.stuck, service, pattern))
    machine.step("The machine loses its power, and starts again", trial.restart_the_machine)
    machine.step("The lead reads what was sent before", trial.read_the_case)
    machine.step("The doctor", lambda: machine.inside("/srv/recovery/current/deploy/manage doctor"))
    analysis = "systemd-analyze security --no-pager | grep recovery"
    machine.step("How shut in the units are", lambda: machine.inside(analysis))


if __name__ == "__main__":
    raise SystemExit(main())
