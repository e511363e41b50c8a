"""script/upgrade on a machine with systemd: units, users and secrets. And what CHANGELOG.md asks of operators."""

import os
import re
from pathlib import Path

import pytest

import recovery_site
from script.upgrading import changelog, serving
from script.upgrading.commands import Commands
from tests.support.releases import NEW, OLD, Place
from tests.support.site import ROOT

pytestmark = pytest.mark.once

SECRET = "LoadCredential=secret_key:/etc/recovery/secrets/secret_key"


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def units(place) -> Path:
    """Installed units, as the old release shipped them, and programs in place of systemd's."""
    installed = place.folder / "units"
    installed.mkdir()
    (place.folder / "environment").write_text(f"# what it needs\nSITE_URL=https://help.riverside.org\nSTATIC_ROOT={place.static}\n")
    for unit, user in (
        ("recovery-update.service", "recovery"),
        ("recovery-staff.service", "recovery_staff"),
        ("recovery-worker.service", "x"),
    ):
        text = f"[Service]\nUser={user}\nEnvironmentFile={place.folder}/environment\n{SECRET}\n"
        for release in (place.site / "current", place.new):
            (release / "deploy" / "systemd" / unit).write_text(text)
        (installed / unit).write_text(text)
    new = place.new / "deploy" / "systemd"
    for unit in ("recovery-staff.service", "recovery-worker.service"):
        (new / unit).write_text((new / unit).read_text() + "LoadCredential=new_secret:/etc/recovery/secrets/new_secret\n")
    (installed / "recovery-worker.service").write_text("[Service]\nUser=x\n# ours\n")
    return installed


def test_units_that_nobody_adapted_are_replaced_and_others_named(place, units):
    said = []

    assert serving.install_units(units, place.site / "current", place.new, said.append)

    assert "new_secret" in (units / "recovery-staff.service").read_text()
    assert (units / "recovery-worker.service").read_text().endswith("# ours\n")
    [line] = said
    assert line.startswith(f"{units}/recovery-worker.service was adapted here and stays as it is: compare it with {place.new}")
    assert serving.install_units(units, place.new, place.site / "current", said.append), "and back"
    assert "new_secret" not in (units / "recovery-staff.service").read_text()


NEW_TIMER = "[Unit]\nDescription=new\n\n[Timer]\nOnCalendar=hourly\n\n[Install]\nWantedBy=recovery.target\n"


def test_a_unit_that_is_new_in_a_release_is_installed_beside_its_siblings_and_goes_with_it(place, units):
    said = []
    (place.new / "deploy" / "systemd" / "recovery-new.timer").write_text(NEW_TIMER)

    assert serving.install_units(units, place.site / "current", place.new, said.append)

    assert (units / "recovery-new.timer").read_text() == NEW_TIMER
    assert "recovery-new.timer is new in this release and was installed. Let it begin: systemctl enable --now recovery-new.timer" in said
    assert serving.install_units(units, place.new, place.site / "current", said.append), "and back"
    assert not (units / "recovery-new.timer").exists()


def test_a_unit_that_is_new_is_only_named_on_a_machine_that_has_some_of_them(place, units):
    said = []
    (units / "recovery-staff.service").unlink()
    (place.new / "deploy" / "systemd" / "recovery-new.timer").write_text(NEW_TIMER)

    serving.install_units(units, place.site / "current", place.new, said.append)

    assert not (units / "recovery-new.timer").exists()
    assert not (units / "recovery-staff.service").exists(), "what this machine runs without"
    assert f"recovery-new.timer is new in this release and isn't installed: copy it to {units} if this machine needs it" in said


def test_with_units_commands_run_as_their_users_with_their_secrets(place, units, monkeypatch):
    programs = place.folder / "programs"
    programs.mkdir()
    for name in ("systemctl", "systemd-run"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*"\n')
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    commands = Commands.found(units)

    staff = commands.python(place.new, "manage.py", "doctor").stdout
    owner = commands.python(place.new, "manage.py", "migrate", owner=True).stdout

    assert staff.startswith("systemd-run --quiet --pipe --wait --collect --uid=recovery_staff ")
    assert "--uid=recovery --" in owner
    for part in (f"--working-directory={place.new}", f"EnvironmentFile={place.folder}/environment", "LoadCredential=secret_key:"):
        assert part in staff
    assert "LoadCredential=new_secret:" in staff, "a secret that is new in this release"
    assert commands.setting("SITE_URL") == "https://help.riverside.org"
    assert commands.setting("STATIC_ROOT") == str(place.static)
    assert commands.running() == ["recovery-public", "recovery-staff", "recovery-worker", "recovery-housekeeping"]


@pytest.fixture
def visitors(place) -> Path:
    """The units of a machine of the visitors' half alone, and systemd's programs, which write down what they were asked and do it."""
    installed, programs = place.folder / "units", place.folder / "programs"
    installed.mkdir()
    programs.mkdir()
    (place.folder / "environment").write_text(f"SITE_URL=https://help.riverside.org\nSTATIC_ROOT={place.static}\n")
    for unit, user in (("recovery-public.service", "recovery_public"), ("recovery-static.service", "recovery")):
        text = f"[Service]\nUser={user}\nEnvironmentFile={place.folder}/environment\n{SECRET}\n"
        for release in (place.site / "current", place.new):
            (release / "deploy" / "systemd" / unit).write_text(text)
        (installed / unit).write_text(text)
    (programs / "systemctl").write_text('#!/bin/sh\n[ "$1" != is-active ]\n')
    (programs / "systemd-run").write_text(
        '#!/bin/sh\nwhile :; do case $1 in --uid=*) echo "$1" >>"$ASKED"; shift ;; -*) shift ;; *) break ;; esac; done\nexec "$@"\n'
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    return installed


def test_a_machine_of_the_visitors_half_alone_neither_backs_up_nor_migrates_nor_makes_secrets(place, visitors, monkeypatch):
    monkeypatch.setenv("PATH", f"{place.folder}/programs:{os.environ['PATH']}")
    status, said, errors = place.run(str(place.new), "--yes", f"--units={visitors}")
    assert (status, errors) == (0, ""), said
    assert [line.split(" --")[0] for line in place.commands() if line != "--"] == [
        "--uid=recovery_public",
        f"{OLD}: manage.py doctor",
        "--uid=recovery",
        "0.3.0: manage.py collectstatic",
        "--uid=recovery_public",
        "0.3.0: manage.py doctor",
    ]
    assert place.runs.startswith(NEW)
    assert "the staff's machine backs up and migrates" in said


def test_every_release_says_what_an_operator_must_do():
    found = changelog.releases((ROOT / "CHANGELOG.md").read_text())

    assert list(found)[-1] == "0.1.0"
    assert [version for version, section in found.items() if not changelog.must_do(section)] == []


def test_the_newest_heading_is_the_version_of_the_code():
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0].startswith(f"{recovery_site.__version__} (")
