"""script/upgrade on a real site: a kept database of 0.1.0, and releases with a failing migration and with a doctor that says no.

The steps one by one, each broken and killed, are in test_upgrade_steps.py.
"""

import fcntl
import html
import json
import lzma
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from recovery_site import __version__
from recovery_site.schema.locks import KEY, SUFFIX, WAITING
from tests.ops.test_upgrade import KIND, UPGRADE, restored, run
from tests.support.site import ROOT, environment, on_postgres

pytestmark = pytest.mark.xdist_group("test_upgrade_command.py")

PATIENCE = 1200
CODE = ("accounts", "articles", "backups", "compliance", "danger", "deploy", "intake", "locale", "recovery_site", "script", "templates")
HARMLESS = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("schema", "0001_releases")]
    operations = [migrations.CreateModel("Harmless", [("id", models.BigAutoField(primary_key=True))])]
"""
FAILING = HARMLESS.replace("migrations.CreateModel", "migrations.RunSQL('SELECT zzyzx FROM nowhere'), migrations.CreateModel")
SICK = """
from django.core.checks import Error, register
@register("doctor", deploy=True)
def sick(app_configs, **kwargs):
    return [Error("The new release is sick.", hint="Go back.", id="doctor.E016")]
"""


@dataclass
class Home:
    """A site that ran 0.1.0, with its data beside the code."""

    folder: Path
    variables: dict[str, str]
    facts: dict[str, Any]
    said: list[str] = field(default_factory=list)
    refusal: str = ""

    @property
    def site(self) -> Path:
        """The folder with `current` and `releases`."""
        return self.folder / "site"

    def release(self, version: str, *, migration: str = "", check: str = "") -> Path:
        """Return a folder with today's code as another release."""
        folder = self.folder / version
        for name in CODE:
            # Links to the same files, which are replaced and never written to.
            shutil.copytree(ROOT / name, folder / name, copy_function=os.link, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "static").mkdir()
        shutil.copy(ROOT / "static" / "css" / "site.css", folder / "static")  # all of them take long to compress
        for name in ("manage.py", "requirements-production.txt", "requirements.txt"):
            shutil.copy(ROOT / name, folder / name)
        initial = folder / "recovery_site" / "__init__.py"
        text = initial.read_text().replace(f'__version__ = "{__version__}"', f'__version__ = "{version}"')
        initial.unlink()
        initial.write_text(text)
        if check:
            (folder / "recovery_site" / "schema" / "sick.py").write_text(check)
            app = folder / "recovery_site" / "schema" / "apps.py"
            text = app.read_text() + "\n    def ready(self):\n        from recovery_site.schema import sick\n"
            app.unlink()
            app.write_text(text)
        if migration:
            (folder / "recovery_site" / "schema" / "migrations" / "9000_harmless.py").write_text(migration)
        shutil.copy(ROOT / "CHANGELOG.md", folder)
        return folder

    def start(self, source: Path, *more: str) -> "subprocess.Popen[str]":
        command = [str(ROOT / "script" / "upgrade"), str(source), f"--site={self.site}", "--yes", "--without-backup", *more]
        return subprocess.Popen(
            command,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def upgrade(self, source: Path, *more: str) -> "tuple[int, str]":
        process = self.start(source, *more)
        said, _none = process.communicate(timeout=PATIENCE)
        return process.returncode, said

    @property
    def runs(self) -> str:
        return (self.site / "current").resolve().name.rpartition("-")[0]

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the release that runs."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.site / "current",
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def migrations(self) -> str:
        return self.manage("showmigrations", "schema", "--plan").stdout


@pytest.fixture(scope="module", params=["0.1.0"])
def home(request, tmp_path_factory) -> Home:
    """A site of 0.1.0 after script/upgrade to today's code."""
    folder = tmp_path_factory.mktemp("home")
    facts = json.loads((UPGRADE / f"0.1.0.{KIND}.json").read_text())
    data = folder / "data"
    for name in ("secrets", "centre-keys"):
        (data / name).mkdir(parents=True)
        for file, text in facts[name].items():
            (data / name / file).write_text(text)
    content = lzma.decompress((UPGRADE / f"0.1.0.{KIND}.xz").read_bytes())
    url = restored(content, request) if on_postgres() else ""
    if not url:
        (data / "db.sqlite3").write_bytes(content)
    variables = environment(data, data / "static", 8000, url, RECOVERY_VENV=sys.prefix)
    home = Home(folder, variables, facts)
    old = home.site / "recovery_site" / "__init__.py"
    old.parent.mkdir(parents=True)
    old.write_text('__version__ = "0.1.0"\n')
    (home.site / "manage.py").touch()
    new = home.release(__version__)
    run(["-m", "recovery_site.secrets", str(data / "secrets")], variables)
    housekeeping = [sys.executable, "manage.py", "housekeeping"]
    before = subprocess.run(housekeeping, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=PATIENCE)
    home.refusal = before.stdout + before.stderr
    (data / "secrets" / "organisation_key").unlink()
    # All of its migrations run once here; a copy is migrated first below.
    status, said = home.upgrade(new, "--without-rehearsal")
    assert status == 0, said
    home.said = said.splitlines()
    return home


def test_before_the_upgrade_the_new_code_refuses_the_old_database_in_one_sentence(home):
    [line] = home.refusal.splitlines()
    assert line.startswith(f"Not started. The database is of an older release than the code ({__version__})")
    assert "Run script/upgrade" in line


def test_what_people_wrote_to_0_1_0_opens_afterwards(home):
    variables = {**home.variables, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    seen = json.loads(run(["-m", "tests.support.upgraded"], variables, json.dumps(home.facts)))

    assert home.runs == __version__
    mailbox, case = html.unescape(seen["mailbox"]), html.unescape(seen["case"])
    assert [text for text in home.facts["said"] if text not in mailbox or text not in case] == []


def test_the_operator_read_what_to_do_and_each_step(home):
    assert f"{__version__}: what you must do" in home.said
    steps = [line for line in home.said if line.startswith("==> ")]
    assert any("Signing the centres' keys" in line for line in steps), "0.1.0 had none"
    assert steps[-1].startswith(f"==> {__version__}-")


def test_who_starts_while_a_migration_runs_waits(home):
    if on_postgres():
        held = psycopg2.connect(home.variables["DATABASE_URL"].replace("postgres://", "postgresql://"))
        held.cursor().execute("SELECT pg_advisory_lock(%s)", [KEY])
    else:
        held = Path(home.variables["DATA_DIR"], f"db.sqlite3{SUFFIX}").open("a")  # noqa: SIM115 (closed below)
        fcntl.flock(held, fcntl.LOCK_EX)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "housekeeping", "--only", "remind of reviews"],
        cwd=home.site / "current",
        env=home.variables,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    assert process.stderr.readline().strip() == WAITING
    assert process.poll() is None
    held.close()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


@pytest.mark.once
def test_a_migration_that_fails_is_found_on_a_copy(home):
    before = home.migrations()
    assert "schema.0001_releases" in before

    status, said = home.upgrade(home.release("0.8.1", migration=FAILING))

    assert status == 1
    assert f"The migration of a copy failed (exit status 1). The old release ({__version__}) goes on serving." in said
    assert (home.runs, home.migrations()) == (__version__, before)
    assert list(Path(home.variables["DATA_DIR"]).glob(".upgrade-*")) == []


@pytest.mark.once
def test_a_doctor_that_says_no_leaves_the_old_release_with_the_wider_database(home):
    status, said = home.upgrade(home.release("0.8.2", migration=HARMLESS, check=SICK), "--without-rehearsal")

    assert status == 1
    assert f"The doctor says no: doctor.E016. The old release ({__version__}) goes on serving." in said
    assert "What the migration added to the database stays" in said
    assert home.runs == __version__
    started = home.manage("doctor", "--start")
    assert "The database is of release 0.8.2" in started.stdout
    assert started.returncode == 0


@pytest.mark.once
def test_one_that_was_killed_while_it_migrated_goes_on(home):
    new = home.release("0.8.3", migration=HARMLESS)
    process = home.start(new, "--without-rehearsal")
    assert process.stdout
    for line in process.stdout:
        if line.startswith("==> Migrating the database"):
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert home.runs == __version__

    status, said = home.upgrade(new, "--without-rehearsal")

    assert (status, home.runs) == (0, "0.8.3"), said
    assert "[X]  schema.9000_harmless" in home.migrations()
