"""What `script/test --all` does on a machine that lacks something."""

import pytest

from tests.support import machine, suite
from tests.support.machine import Needed


@pytest.fixture
def without_nginx(monkeypatch, tmp_path):
    """A machine that has all but nginx, and an apt-get of ours that only notes how it was called."""
    (tmp_path / "apt-get").write_text(f'#!/bin/sh\necho "apt-get $*" >>{tmp_path}/calls\n[ "$1" = update ] || touch {tmp_path}/nginx\n')
    (tmp_path / "sudo").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    for name in ("apt-get", "sudo"):
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(machine, "NEEDED", (Needed("nginx", "nginx", (tmp_path / "nginx").exists), Needed("git", "git", lambda: True)))
    return tmp_path


def test_what_is_missing_is_installed_and_nothing_else(without_nginx):
    assert machine.install(machine.missing()) == []
    assert (without_nginx / "calls").read_text() == "apt-get update\napt-get install -y --no-install-recommends nginx\n"


def test_who_may_not_install_gets_the_one_line_that_does(without_nginx, monkeypatch, capsys):
    for name in ("apt-get", "sudo"):
        (without_nginx / name).write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setattr(suite.cluster, "clean_up_when_told_to_stop", lambda: None)

    assert suite.main(["--all"]) == 1

    line = "script/test --all needs what this machine lacks. As root: apt-get update && apt-get install -y --no-install-recommends nginx\n"
    assert capsys.readouterr().err == line
