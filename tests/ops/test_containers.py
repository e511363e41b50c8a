"""What deploy/container and deploy/compose.yaml promise: no root, nothing to write to, each half only its own secrets."""

import re
import shlex
import subprocess
import sys

import pytest
import yaml

from recovery_site.secrets import PUBLIC_SECRETS, STAFF_SECRETS
from tests.ops.machines.sites import command_of
from tests.support.site import ROOT

pytestmark = pytest.mark.once
FOLDER = ROOT / "deploy" / "container"
PARTS = ("update", "public", "staff", "worker", "housekeeping", "overwrite")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Containerfile as (instruction, arguments), with continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (FOLDER / "Containerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _space, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_built_in_two_stages_and_runs_without_rights(instructions):
    froms = [rest for name, rest in instructions if name == "FROM"]
    assert froms == ["${BASE} AS build", "${BASE}"]
    last = instructions[max(place for place, (name, _rest) in enumerate(instructions) if name == "FROM") :]
    assert [rest for name, rest in last if name == "USER"] == ["10001"]
    assert [name for name, _rest in last if name in ("HEALTHCHECK", "ENTRYPOINT")] == ["HEALTHCHECK", "ENTRYPOINT"]
    assert not any("pip" in rest or "venv" in rest for name, rest in last if name == "RUN")  # only what was built
    assert all(rest.startswith(("--from=build ", "requirements", ". .")) for name, rest in instructions if name == "COPY")
    assert not any(name == "ADD" for name, _rest in instructions)
    base = next(rest for name, rest in instructions if name == "ARG").partition("=")[2]
    assert not base.endswith(":latest")
    assert ":" in base


def test_packages_come_with_hashes_and_leave_no_lists_behind(instructions):
    runs = [rest for name, rest in instructions if name == "RUN"]
    assert any("--require-hashes -r requirements-production.txt" in run for run in runs)
    for run in runs:
        if "apt-get install" in run:
            assert "--no-install-recommends" in run
            assert "rm -rf /var/lib/apt/lists/*" in run


def test_no_secret_data_or_history_gets_into_the_image():
    left_out = set((ROOT / ".containerignore").read_text().split())
    assert {".git", ".venv", "var", "*.key", "secrets", "centre-keys", "*.sqlite3*"} <= left_out
    assert {"deploy/secrets", "**/.env"} <= left_out
    assert {"/deploy/secrets/", "/deploy/.env"} <= set((ROOT / ".gitignore").read_text().split())


def test_a_container_runs_the_same_programs_as_the_units():
    run = re.sub(r"\\\n\s*", "", (FOLDER / "run").read_text())
    started = [shlex.split(line) for line in re.findall(r"\bexec (.*?)(?: ;;)?$", run, re.MULTILINE)]
    for unit in ("public", "worker", "housekeeping"):
        wanted = command_of(unit, "0.0.0.0", 8000)
        [command] = [words for words in started if words[-1] == wanted[-1] and "--only" not in words]
        silence = re.search(r"^WatchdogSec=(\d+)$", (ROOT / f"deploy/systemd/recovery-{unit}.service").read_text(), re.MULTILINE)[1]
        assert command[:4] == ["python", "deploy/container/watched.py", silence, "--"]
        words = command[len(command) - command[::-1].index("--") :]
        assert words[1:] == wanted[3 if "granian" in wanted else 1 :]
    [overwrite] = [words for words in started if "--only" in words]
    [unit] = re.findall(r"^ExecStart=.*?manage.py (.*)$", (ROOT / "deploy/systemd/recovery-overwrite.service").read_text(), re.MULTILINE)
    assert overwrite == ["python", "manage.py", *shlex.split(unit), "--loop", "3600"]
    assert subprocess.run(["sh", "-n", FOLDER / "run"], check=False).returncode == 0
    unknown = subprocess.run([FOLDER / "run", "nonsense"], capture_output=True, text=True, check=False)
    assert (unknown.returncode, unknown.stderr) == (2, "run: nonsense is none of web, worker, housekeeping, overwrite, update, manage\n")


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_no_rights_and_a_file_system_that_cannot_be_written(compose, name):
    part = compose["services"][name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in part
    assert "ports" not in part


def test_the_visitors_half_has_its_own_secrets_and_no_way_out(compose):
    public = compose["services"]["public"]
    assert sorted(public["secrets"]) == sorted([*PUBLIC_SECRETS, "health_token"])
    assert public["environment"]["SITE_ROLE"] == "public"
    assert "recovery_public:" in public["environment"]["DATABASE_URL"]
    assert "EMAIL_URL" not in public["environment"]
    assert "volumes" not in public
    assert public["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}


def test_the_staffs_parts_have_all_secrets(compose):
    for name in ("staff", "worker", "housekeeping", "update", "overwrite"):
        assert set(compose["services"][name]["secrets"]) == {*PUBLIC_SECRETS, *STAFF_SECRETS, "health_token"}
        assert compose["services"][name]["environment"]["SITE_ROLE"] == "staff"


def test_each_part_has_the_account_of_its_half_which_the_database_is_made_with(compose):
    made = set(re.findall(r"CREATE ROLE (\w+) LOGIN PASSWORD", (FOLDER / "accounts.sh").read_text()))
    used = {compose["services"][name]["environment"]["DATABASE_URL"].split("//")[1].split(":")[0] for name in PARTS}
    assert used == made == {"recovery", "recovery_public", "recovery_staff"}
    for name in ("update", "overwrite"):  # only the owner of a table may migrate and rewrite it
        assert compose["services"][name]["environment"]["DATABASE_URL"].startswith("postgres://recovery:")


def test_a_container_is_told_what_a_unit_is(compose):
    """HSTS above all: without HSTS_DAYS browsers would be told at the first visit what nobody can take back for a year."""
    lines = (ROOT / "deploy" / "environment" / "common").read_text().splitlines()
    wanted = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    elsewhere = {"DATABASE_URL", "STATIC_ROOT", "MEDIA_ROOT"}  # in the image, or in the volume of DATA_DIR
    for name in PARTS:
        environment = compose["services"][name]["environment"]
        assert wanted - elsewhere <= set(environment), name
        assert environment["HSTS_DAYS"] == "0"


def watched(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(FOLDER / "watched.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_a_program_that_hangs_in_a_container_is_ended_and_one_that_works_goes_on():
    alive = "import time; from recovery_site import watchdog; watchdog.ready(); watchdog.alive(); print('works'); "
    hung = watched("0.5", "--", sys.executable, "-c", alive + "time.sleep(600)")
    assert (hung.returncode, "No sign of life" in hung.stderr) == (1, True)
    assert watched("60", "--", sys.executable, "-c", alive + "raise SystemExit(3)").returncode == 3
    never = watched("60", "--start-within=0.5", "--", sys.executable, "-c", "import time; time.sleep(600)")
    assert never.returncode == 1


def test_the_image_can_back_up_the_database_of_the_compose_file(instructions, compose):
    last = instructions[max(place for place, (name, _rest) in enumerate(instructions) if name == "FROM") :]
    assert any("postgresql-client" in rest for name, rest in last if name == "RUN")
    # Debian 12, which the image is made of, has the client of 15: an older one can't copy a newer server.
    assert compose["services"]["postgres"]["image"].endswith("postgres:15")
    assert next(rest for name, rest in instructions if name == "ARG").endswith("debian:bookworm-slim")


def test_everything_that_a_service_names_is_defined(compose):
    for name, service in compose["services"].items():
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
        assert set(service.get("networks", ())) <= set(compose["networks"]), name
        named = {volume.partition(":")[0] for volume in service.get("volumes", ()) if not volume.startswith(("/", "."))}
        assert named <= set(compose["volumes"]), name
        waits_for = service.get("depends_on", {})
        assert set(waits_for) <= set(compose["services"]), name
    assert {name for name, service in compose["services"].items() if "ports" in service} == {"nginx"}
