"""deploy/install: what it asks, what it refuses in one sentence, and the files it writes, below a folder in place of a machine.

The whole of it on a bare Debian is `python -m script.try_deploying`.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from recovery_site import __version__
from script.try_deploying import PAGE, page_commands
from tests.support.site import ROOT

pytestmark = pytest.mark.once
INSTALL = ROOT / "deploy" / "install"
ANSWERS = (ROOT / "deploy" / "answers").read_text()


class Machine:
    """A folder that stands for a machine, and the answers of its operator."""

    def __init__(self, folder: Path) -> None:
        self.root, self.answers = folder / "root", folder / "answers"
        self.root.mkdir()
        self.answers.write_text(ANSWERS)

    def answer(self, **changes: str) -> None:
        text = self.answers.read_text()
        for name, value in changes.items():
            text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        self.answers.write_text(text)

    def install(self, *options: str, code: Path = ROOT) -> "subprocess.CompletedProcess[str]":
        command: list[str | Path] = ["sh", code / "deploy" / "install", *options, "--root", self.root, self.answers]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def files(self) -> dict[str, tuple[int, str]]:
        """Return {path: (mode, text)} of what was written, without the code."""
        found = (path for path in self.root.rglob("*") if path.is_file() and "srv" not in path.relative_to(self.root).parts)
        return {str(path.relative_to(self.root)): (path.stat().st_mode & 0o777, path.read_text()) for path in found}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As much of a release as the files need, so that a test doesn't copy all of it."""
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    (folder / "recovery_site").mkdir()
    for name in ("__init__.py", "helplines.toml"):
        shutil.copy(ROOT / "recovery_site" / name, folder / "recovery_site")
    return folder


@pytest.fixture
def installed(machine: Machine, code: Path) -> Machine:
    done = machine.install(code=code)
    assert done.returncode == 0, done.stderr
    return machine


WRONG = {
    "SITE": ("https://help.example.org", "SITE is 'https://help.example.org', which is no host name."),
    "STAFF": ("help.example.org", "SITE and STAFF are the same name."),
    "STAFF_ADDRESS": ("my vpn", "STAFF_ADDRESS is 'my vpn'."),
    "CERTIFICATE": ("/nowhere.pem", "CERTIFICATE isn't certbot, so it needs two files"),
    "HSTS": ("later", "HSTS is 'later'. Write yes or no."),
    "SENDER": ("Office", "SENDER is 'Office', which is no e-mail address."),
    "MAIL_SERVER": ("mail.example.org", "MAIL_SERVER can't be read."),
    "SECOND_MAIL_SERVER": ("mail.example.org", "SECOND_MAIL_SERVER can't be read."),
    "HEARTBEAT_URL": ("http://watch.example.org/1", "HEARTBEAT_URL is 'http://watch.example.org/1'. Write the whole address"),
    "COUNTRY": ("us", "COUNTRY is 'us'. Write two capital letters"),
    "LEAD": ("you@example.org", "OPERATOR and LEAD are one address."),
    "CENTER": ("", "CENTER is missing in"),
    "CENTER_ZONE": ("Eastern", "CENTER_ZONE is 'Eastern'."),
    "CENTER_OPEN": ("weekdays", "CENTER_OPEN is 'weekdays'."),
    "SITE_NAME": ('"Harbor House"', "SITE_NAME in"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_one_sentence_with_the_mend_and_nothing_is_changed(machine, code, name):
    value, sentence = WRONG[name]
    machine.answer(**{name: value})
    done = machine.install(code=code)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(machine.root.iterdir()) == []


def test_a_misspelt_question_is_named(machine, code):
    machine.answers.write_text(ANSWERS.replace("CENTER_PHONE=", "CENTRE_PHONE="))
    assert "has CENTRE_PHONE, which is no question" in machine.install(code=code).stderr


def test_no_emergency_numbers_for_a_country_is_said_before_anything_is_done(machine, code):
    machine.answer(COUNTRY="XX")
    assert "no emergency numbers for COUNTRY XX" in machine.install(code=code).stderr


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["/nowhere/answers"], ["--root"]])
def test_a_wrong_command_line_is_one_sentence(arguments):
    done = subprocess.run(["sh", INSTALL, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_check_changes_nothing(machine, code):
    done = machine.install("--check", code=code)
    assert "Nothing was changed." in done.stdout
    assert list(machine.root.iterdir()) == []


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for both names, its key, and another key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("certified")
    names = "subjectAltName=DNS:help.example.org,DNS:staff.help.example.org"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-subj", "/CN=x"]
    for name in ("own", "other"):
        files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
        subprocess.run([*make, "-addext", names, *files], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("certificate", "key", "answers", "sentence"),
    [
        ("own.pem", "other.key", {}, "isn't the key of"),
        ("own.pem", "own.key", {"SITE": "other.example.org"}, "isn't for other.example.org"),
        ("own.key", "own.key", {}, "is no certificate in PEM"),
        ("gone.pem", "own.key", {}, "there is no"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused_before_anything_is_done(  # noqa: PLR0917
    machine, code, certified, certificate, key, answers, sentence
):
    shutil.copytree(certified, machine.root / "own")
    machine.answer(CERTIFICATE=f"/own/{certificate} /own/{key}", **answers)
    done = machine.install(code=code)
    assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
    assert [path.name for path in machine.root.iterdir()] == ["own"]


def test_a_certificate_of_ones_own_is_what_nginx_shows(machine, code, certified):
    shutil.copytree(certified, machine.root / "own")
    machine.answer(CERTIFICATE="/own/own.pem /own/own.key")
    assert machine.install(code=code).returncode == 0
    for name in ("recovery.conf", "recovery-staff.conf"):
        assert "ssl_certificate /own/own.pem;" in (machine.root / "etc/nginx/conf.d" / name).read_text()


def test_a_second_run_changes_nothing(installed, code):
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in installed.root.rglob("*")}
    done = installed.install(code=code)
    assert done.stdout.splitlines()[-1] == "Nothing was changed."
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in installed.root.rglob("*")} == before


def test_settings_and_password_are_readable_by_root_only(installed):
    files = installed.files()
    assert {files[f"etc/recovery/{name}"][0] for name in ("common", "public", "staff")} == {0o600}
    assert [name for name, (_mode, text) in files.items() if "name:password@" in text] == ["etc/recovery/staff"]


def test_no_example_is_left_in_what_was_written(machine, code):
    machine.answer(
        SITE="hope.test", STAFF="team.hope.test", STAFF_ADDRESS="10.9.8.7", SENDER="a@hope.test", MAIL_SERVER="smtp://mail.hope.test"
    )
    assert machine.install(code=code).returncode == 0
    own = {name: text for name, (_mode, text) in machine.files().items() if "etc/recovery" in name or "nginx/conf.d" in name}
    assert len(own) == 5
    assert [
        name
        for name, text in own.items()
        if "example.org" in text or "CHANGE" in text.replace("lines marked CHANGE", "").replace(" CHANGE outside", "")
    ] == []
    assert "listen 10.9.8.7:443 ssl http2;" in own["etc/nginx/conf.d/recovery-staff.conf"]


def test_a_password_with_any_signs_reaches_systemd_and_the_shell_alike(machine, code):
    value = 'smtp+tls://me:a$b#c\\d`e%40f"g@mail.example.org:587'
    machine.answers.write_text(re.sub(r"^MAIL_SERVER=.*$", lambda _match: f"MAIL_SERVER={value}", ANSWERS, flags=re.MULTILINE))
    assert machine.install(code=code).returncode == 0
    shell = ["sh", "-c", f'. {machine.root}/etc/recovery/staff; printf %s "$EMAIL_URL"']
    assert subprocess.run(shell, capture_output=True, text=True, check=True).stdout == value


def test_the_second_way_to_tell_goes_to_the_staffs_half_and_may_be_left_out(machine, code):
    machine.answer(SECOND_MAIL_SERVER="smtp://mail.else.test", HEARTBEAT_URL="https://watch.test/1?a=b")
    assert machine.install(code=code).returncode == 0
    files = machine.files()
    assert 'EMAIL_URL_2="smtp://mail.else.test"\nHEARTBEAT_URL="https://watch.test/1?a=b"' in files["etc/recovery/staff"][1]
    assert "watch.test" not in files["etc/recovery/common"][1] + files["etc/recovery/public"][1]
    machine.answers.write_text(re.sub("^(SECOND_MAIL_SERVER|HEARTBEAT_URL)=.*\n", "", ANSWERS, flags=re.MULTILINE))
    assert machine.install(code=code).returncode == 0, "answers of an older release have no such line"
    assert 'EMAIL_URL_2=""\nHEARTBEAT_URL=""' in machine.files()["etc/recovery/staff"][1]


def test_a_second_mail_server_is_another_one(machine, code):
    machine.answer(SECOND_MAIL_SERVER="smtp+tls://name:password@mail.example.org:587")
    assert "is the same as MAIL_SERVER" in machine.install(code=code).stderr


def test_a_file_that_was_changed_by_hand_stays_and_ours_lies_beside_it(installed, code):
    unit = installed.root / "etc/systemd/system/recovery-worker.service"
    unit.write_text(unit.read_text() + "# mine\n")
    installed.answer(SITE_NAME="Another name")
    settings = installed.root / "etc/recovery/common"
    done = installed.install(code=code)
    assert unit.read_text().endswith("# mine\n")
    assert unit.with_name(f"{unit.name}.new").read_text() == (ROOT / "deploy/systemd/recovery-worker.service").read_text()
    assert "was changed by hand and stays" in done.stdout
    assert 'SITE_NAME="Another name"' in settings.read_text(), "what was not changed by hand follows the answers"
    assert installed.install(code=code).stdout.splitlines()[-1] == "Nothing was changed."


def test_settings_that_were_there_before_are_left_and_used(machine, code):
    """With the database on another machine the operator writes its address before (docs/several-machines.md)."""
    settings = machine.root / "etc/recovery/staff"
    settings.parent.mkdir(parents=True)
    settings.write_text("DATABASE_URL=postgres://recovery_staff:word@db1.internal/recovery\n")
    assert machine.install(code=code).returncode == 0
    assert "db1.internal" in settings.read_text()
    assert "EMAIL_URL" in settings.with_name("staff.new").read_text()
    assert not (settings.parent / "owner").exists()


def test_an_install_that_was_killed_while_it_copied_the_code_goes_on(machine, code):
    half = machine.root / "srv/recovery/releases" / f".{__version__}"
    half.mkdir(parents=True)
    (half / "half").write_text("half")
    assert machine.install(code=code).returncode == 0
    release = machine.root / "srv/recovery/releases" / __version__
    assert (release / "deploy/install").exists()
    assert not (release / "half").exists()
    assert (machine.root / "srv/recovery/current").readlink() == Path("releases") / __version__


def test_browsers_are_told_to_remember_https_only_when_the_operator_says_so(installed, code):
    settings = installed.root / "etc/recovery/common"
    assert "HSTS_DAYS=0\n" in settings.read_text()
    installed.answer(HSTS="yes")
    installed.install(code=code)
    assert "HSTS_DAYS=365\n" in settings.read_text()


def test_staff_without_a_vpn_share_the_address_of_the_visitors(machine, code):
    machine.answer(STAFF_ADDRESS="shared")
    assert machine.install(code=code).returncode == 0
    assert "    listen 443 ssl http2;" in (machine.root / "etc/nginx/conf.d/recovery-staff.conf").read_text()


def test_the_page_is_a_handful_of_commands_and_names_files_that_exist():
    commands = page_commands(PAGE.read_text())
    assert 6 <= len(commands) <= 15
    named = {name for command in commands for name in re.findall(r"recovery-site/(deploy/[\w.]+)", command)}
    assert [name for name in named if not (ROOT / name).exists()] == []
