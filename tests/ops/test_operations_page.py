"""docs/operations.md keeps up with the settings."""

import re

import pytest

from tests.support.site import ROOT

pytestmark = pytest.mark.once


def test_every_setting_an_operator_may_make_is_explained():
    settings = (ROOT / "recovery_site" / "settings.py").read_text()
    page = (ROOT / "docs" / "operations.md").read_text()

    names = re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', settings)

    assert len(names) > 10
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_every_command_it_names_exists():
    page = (ROOT / "docs" / "operations.md").read_text()
    ours = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    others = {"migrate", "collectstatic", "createsuperuser", "check"}

    named = set(re.findall(r"manage\.py (\w+)", page))

    assert named - others <= ours
