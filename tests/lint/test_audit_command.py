"""script/audit never says that all is well without having checked everything."""

import json
import subprocess
import sys

import pytest

from script.audit_dependencies import CLEAN, NOT_CHECKED, VULNERABLE, verdict
from tests.support.site import ROOT

pytestmark = pytest.mark.once

PINS = {"django": "5.2.19", "lxml": "6.1.3"}


def answer(**vulnerabilities: list[dict[str, object]]) -> str:
    """Return what pip-audit prints about the pins that are named."""
    rows = [{"name": name, "version": PINS[name], "vulns": found} for name, found in vulnerabilities.items()]
    return json.dumps({"dependencies": rows, "fixes": []})


def test_every_package_checked_and_nothing_known_is_the_only_green():
    assert verdict(PINS, answer(django=[], lxml=[]), "") == (CLEAN, "2 packages were checked, and no vulnerability is known.")


def test_a_vulnerability_is_named_with_the_release_that_mends_it():
    found = {"id": "PYSEC-2026-1", "fix_versions": ["5.2.20"], "aliases": [], "description": ""}

    status, sentence = verdict(PINS, answer(django=[found], lxml=[]), "Found 1 known vulnerability in 1 package")

    assert status == VULNERABLE
    assert "django 5.2.19: PYSEC-2026-1, mended in 5.2.20" in sentence


def test_a_package_that_was_left_out_is_not_green():
    status, sentence = verdict(PINS, answer(django=[]), "")

    assert status == NOT_CHECKED
    assert sentence == "Only 1 of 2 packages were checked, not lxml."


def test_a_package_that_was_skipped_is_not_green():
    skipped = json.dumps({"dependencies": [{"name": name, "skip_reason": "not found"} for name in PINS], "fixes": []})

    assert verdict(PINS, skipped, "")[0] == NOT_CHECKED


def test_another_version_than_the_pinned_one_was_not_checked():
    assert verdict(PINS | {"lxml": "6.1.4"}, answer(django=[], lxml=[]), "")[0] == NOT_CHECKED


def test_nothing_to_check_is_not_green():
    assert verdict({}, answer(), "")[0] == NOT_CHECKED


def test_a_service_out_of_reach_is_said_in_one_sentence_and_not_green():
    # Nothing listens on port 9 of this machine, so this fails with and without a network.
    done = subprocess.run(
        [sys.executable, "-m", "script.audit_dependencies"],
        cwd=ROOT,
        env={"PATH": "", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == NOT_CHECKED
    assert done.stdout == ""
    assert done.stderr.startswith("script/audit: Nothing was checked, because the service that knows of vulnerabilities did not answer (")
    assert done.stderr.count("\n") == 1
