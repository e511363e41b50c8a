"""The systemd units in deploy/ start the same processes as script/server, sandboxed, and the example names real settings."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import load_command_class

from recovery_site import secrets
from recovery_site.periodic import jobs
from script.run import commands
from tests.support.site import ROOT

pytestmark = pytest.mark.once
# The process of script/server that each unit starts, and the half of the site that it belongs to.
UNITS = {"public": "The web server", "staff": "The web server", "worker": "The worker", "housekeeping": "Housekeeping"}
JOBS = ("update", "static", "overwrite", "backup", "rehearsal", "failed@")
SYSTEMD = ROOT / "deploy" / "systemd"
PORTS = {"public": 8000, "staff": 8001}
EXPOSURE = 14  # tenths, as `systemd-analyze security` measured


def unit(name: str) -> list[tuple[str, str]]:
    lines = (SYSTEMD / f"recovery-{name}.service").read_text().splitlines()
    return [(key, value) for key, equals, value in (line.partition("=") for line in lines) if equals and not key.startswith("#")]


def values(name: str, key: str) -> list[str]:
    return [value for one, value in unit(name) if one == key]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_the_same_process_as_script_server(name):
    development_command = shlex.split(commands(PORTS.get(name, 0), 2)[UNITS[name]].removeprefix("exec "))
    program = "granian" if "granian" in development_command else "manage.py"
    unit_command = shlex.split(dict(unit(name))["ExecStart"])
    if program == "granian":  # a web server is asked for pages by what runs it, and systemd is told of the answers
        watched, unit_command = unit_command[: unit_command.index("--")], unit_command[unit_command.index("--") + 1 :]
        assert watched[-3:] == ["-m", "recovery_site.watchdog", str(PORTS[name])]
    # On a server a web process that died is restarted; script/server stops instead, so that a developer notices.
    expected = development_command[development_command.index(program) + 1 :]
    unit_arguments = [word for word in unit_command if word != "--respawn-failed-workers"]
    assert unit_arguments[-len(expected) :] == expected
    assert Path(unit_command[0]).name == ("granian" if program == "granian" else "python")


def test_all_units_are_shut_in_alike():
    own = {"Description", "ExecStart", "ExecStartPre", "Nice", "User", "EnvironmentFile", "LoadCredential", "ReadWritePaths"}
    own |= {"InaccessiblePaths", "PartOf", "Type", "Restart", "RestartSec", "TimeoutStopSec", "WantedBy"}
    own |= {"SetCredential", "WatchdogSec", "KillMode", "OnFailure", "StartLimitIntervalSec", "StartLimitBurst", "Environment", "After"}
    public, *others = ([pair for pair in unit(name) if pair[0] not in own] for name in (*UNITS, *JOBS))
    assert all(other == public for other in others)
    assert {"NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet", "SystemCallFilter", "LimitCORE"} <= {key for key, _value in public}


def test_each_half_is_a_user_of_its_own_with_its_own_secrets_and_no_others():
    """LoadCredential is what a process can read of /etc/recovery/secrets, which belongs to root."""
    given = {name: {value.split(":")[0] for value in values(name, "LoadCredential")} for name in (*UNITS, *JOBS)}
    # Those that not every site has, with an empty value in place of a file that isn't there.
    optional = {name: {value.split(":")[0] for value in values(name, "SetCredential")} for name in (*UNITS, *JOBS)}
    assert optional["public"] == {"health_token", "organisation_public_key"}
    assert all(optional[name] == {"health_token", "text_gateway_password"} for name in ("staff", "worker", "housekeeping"))
    # A backup has what the staff's half has: what isn't in it is missing after a restore.
    assert optional["backup"] == optional["failed@"] == optional["staff"]
    assert given["backup"] == given["staff"]
    given = {name: names - optional[name] for name, names in given.items()}
    assert given.pop("rehearsal") == {"rehearsal_identity"}
    assert given.pop("public") == given.pop("static") == set(secrets.PUBLIC_SECRETS)
    assert all(names == {*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS} for names in given.values())
    users = {name: values(name, "User") for name in (*UNITS, *JOBS)}
    assert users == {
        "public": ["recovery_public"],
        "staff": ["recovery_staff"],
        "worker": ["recovery_staff"],
        "housekeeping": ["recovery_staff"],
        "update": ["recovery"],
        "static": ["recovery"],
        "overwrite": ["recovery"],
        "backup": ["recovery_staff"],
        "rehearsal": ["recovery_staff"],
        "failed@": ["recovery_staff"],
    }
    assert values("public", "ReadWritePaths") == []
    assert "/var/lib/recovery/staff" in values("public", "InaccessiblePaths")[0]
    assert values("public", "EnvironmentFile") == ["/etc/recovery/common", "/etc/recovery/public"]


@pytest.mark.parametrize(
    ("name", "part"),
    [("public", ""), ("staff", ""), ("worker", " worker"), ("housekeeping", " housekeeping")],
    ids=lambda value: value.strip(),
)
def test_nothing_starts_that_the_doctor_says_would_do_harm(name, part):
    """With the account of the other half, with other secrets, with the database of another release."""
    assert values(name, "ExecStartPre") == ["/srv/recovery/current/.venv/bin/python manage.py doctor --start" + part]


def test_the_updates_are_done_by_the_owner_and_end_with_the_rights():
    steps = [shlex.split(command)[2] for command in values("update", "ExecStart")]
    assert steps == ["migrate", "database_roles", "collectstatic"]


def environment_of(name: str, folder: Path) -> dict[str, str]:
    """Return what systemd gives a unit: its lines Environment=, then the files of /etc/recovery, here in `folder`. The last counts."""
    found: dict[str, str] = {}
    for value in values(name, "Environment"):
        found |= dict(word.split("=", 1) for word in shlex.split(value))
    for value in values(name, "EnvironmentFile"):
        file = folder / value.removeprefix("-").removeprefix("/etc/recovery/")
        if value.startswith("-") and not file.exists():
            continue
        found |= dict(shlex.split(line)[0].split("=", 1) for line in file.read_text().splitlines() if line and not line.startswith("#"))
    return found


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """The folder /etc/recovery of a machine."""
    return Path(shutil.copytree(ROOT / "deploy" / "environment", tmp_path / "etc"))


def test_where_the_database_is_elsewhere_its_owner_updates_and_overwrites_and_nobody_else(etc):
    """Both units had the DATABASE_URL of the staff's half: nothing was migrated, and nothing overwritten."""
    with (etc / "staff").open("a") as staff, (etc / "public").open("a") as public:
        staff.write("DATABASE_URL=postgres://recovery_staff:word@db1.internal/recovery\n")
        public.write("DATABASE_URL=postgres://recovery_public:word@db1.internal/recovery\n")
    (etc / "owner").write_text("DATABASE_URL=postgres://recovery:word@db1.internal/recovery\n")
    accounts = {name: environment_of(name, etc)["DATABASE_URL"].split("//")[1].split(":")[0] for name in (*UNITS, *JOBS)}
    assert {name for name, account in accounts.items() if account == "recovery"} == {"update", "overwrite"}
    assert {name for name, account in accounts.items() if account == "recovery_public"} == {"public"}
    staffs = {"staff", "worker", "housekeeping", "backup", "failed@"}
    assert {name for name, account in accounts.items() if account == "recovery_staff"} == staffs


def test_on_one_machine_there_is_no_file_of_the_owner(etc):
    assert not (etc / "owner").exists()
    assert environment_of("update", etc)["DATABASE_URL"] == "postgres:////run/postgresql/recovery"


def test_a_machine_of_the_visitors_half_alone_collects_its_static_files_without_a_secret_of_the_staffs(etc, tmp_path):
    (etc / "staff").unlink()
    own = environment_of("static", etc)
    static, given = tmp_path / "static", tmp_path / "credentials"
    given.mkdir()
    for value in values("static", "LoadCredential"):
        (given / value.split(":")[0]).write_text("a secret of the site\n")
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    own |= {**kept, "STATIC_ROOT": str(static), "CREDENTIALS_DIRECTORY": str(given), "DJANGO_SETTINGS_MODULE": "recovery_site.settings"}
    [command] = values("static", "ExecStart")
    arguments = shlex.split(command)[1:]
    assert arguments == ["manage.py", "collectstatic", "--no-input"]
    # What it would do, without doing it: 174 files are packed in ten seconds of a processor.
    done = subprocess.run([sys.executable, *arguments, "--dry-run"], cwd=ROOT, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d{3} static files", done.stdout)
    assert values("static", "ReadWritePaths") == ["/var/lib/recovery/static"]


def test_the_job_that_only_the_owner_can_do_is_one_of_the_periodic_ones():
    [command] = values("overwrite", "ExecStart")
    assert shlex.split(command)[-1] in jobs()


def test_somebody_is_told_of_each_job_of_a_timer_that_fails():
    names = [file.name.removeprefix("recovery-").removesuffix(".timer") for file in SYSTEMD.glob("*.timer")]
    assert len(names) > 2
    [command] = values("failed@", "ExecStart")
    _python, _manage, verb, instance = shlex.split(command)
    assert instance == "%i"
    for name in names:
        assert values(name, "OnFailure") == [f"recovery-failed@{name}.service"]
        load_command_class("intake", verb).create_parser("manage.py", verb).parse_args([name])
        assert not [key for key, _value in unit(name) if key.startswith("Assert")], "systemd doesn't count it as a failure"
    assert (dict(unit("failed@"))["Restart"], values("failed@", "StartLimitBurst")) == ("on-failure", ["3"])


@pytest.mark.parametrize("place", ["data", "keys"])
def test_a_backup_fails_where_a_place_is_not_mounted_and_sees_it_past_its_own_mounts(place):
    asked = f"+/usr/bin/nsenter --target 1 --mount /usr/bin/mountpoint /var/backups/recovery/{place}"
    assert asked in values("backup", "ExecStartPre")
    assert f"/var/backups/recovery/{place}" in values("backup", "ReadWritePaths")[0], "which is a mount inside of the unit"


@pytest.mark.parametrize("name", ["backup", "rehearsal"])
def test_the_jobs_of_backups_give_options_that_their_commands_have(name):
    [command] = values(name, "ExecStart")
    _python, _manage, verb, *arguments = shlex.split(command)
    if verb == "backup":  # what docs/operations.md has operators write
        assert arguments.pop() == "$RECIPIENTS"
        [recipients] = re.findall(r'Environment="RECIPIENTS=(.*)"', (ROOT / "docs" / "operations.md").read_text())
        arguments += recipients.split()
    parsed = load_command_class("backups", verb).create_parser("manage.py", verb).parse_args(arguments)
    assert vars(parsed)[{"backup": "prune", "restore": "drill"}[verb]] is True
    assert (SYSTEMD / f"recovery-{name}.timer").exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
def test_systemd_understands_every_unit(tmp_path):
    """A copy with a program that is there, because systemd-analyze looks for it."""
    for file in SYSTEMD.glob("recovery*"):
        (tmp_path / file.name).write_text(re.sub(r"/srv/recovery/current/\.venv/bin/\w+", "/bin/true", file.read_text()))
    names = [str(file) for file in tmp_path.iterdir() if not file.name.endswith(".conf")]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    # A word that systemd doesn't know is a line on standard error, and no failure.
    assert [line for line in done.stderr.splitlines() if "recovery" in line] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
@pytest.mark.parametrize("name", [*UNITS, *JOBS])
def test_a_unit_is_shut_in_at_least_as_well_as_it_was_measured(name):
    """systemd's own figure, from 0 (shut in) to 10 (not at all). What keeps it above 0 is the network, which the site needs."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}"]
    done = subprocess.run([*command, SYSTEMD / f"recovery-{name}.service"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("name", UNITS)
def test_a_process_that_hangs_is_started_again(name):
    facts = dict(unit(name))
    assert (facts["Type"], facts["Restart"]) == ("notify", "always")
    # The worker, and the pages of visitors, are missed by somebody before the site itself says so (heartbeats.LIMITS).
    assert int(facts["WatchdogSec"]) <= (1800 if name == "housekeeping" else 180)


def test_the_users_and_folders_of_the_units_are_made():
    made = (SYSTEMD / "recovery.sysusers.conf").read_text()
    folders = re.findall(r"^d\s+(\S+)\s+(\d+)\s+(\S+)", (SYSTEMD / "recovery.tmpfiles.conf").read_text(), re.MULTILINE)
    for name in (*UNITS, *JOBS):
        [user] = values(name, "User")
        assert re.search(rf"^u\s+{user}\s", made, re.MULTILINE), user
        for folder in " ".join(values(name, "ReadWritePaths")).split():
            assert [owner for path, _mode, owner in folders if path == folder] == [user]
    assert ("/etc/recovery/secrets", "0700", "root") in folders


def test_the_worker_that_carries_alarms_waits_for_nobody():
    worker = dict(unit("worker"))
    assert "Nice" not in worker
    assert dict(unit("housekeeping"))["Nice"] == "10"
    processes = commands(8000, 2)
    assert "nice" not in processes["The worker"]
    assert "nice" in processes["Housekeeping"]


def test_every_variable_of_the_example_is_a_setting():
    examples = (ROOT / "deploy" / "environment").iterdir()
    names = [name for example in examples for name in re.findall(r"^([A-Z_]+)=", example.read_text(), re.MULTILINE)]
    settings = (ROOT / "recovery_site" / "settings.py").read_text()
    assert len(names) > 5
    assert [name for name in names if f'"{name}"' not in settings] == []
