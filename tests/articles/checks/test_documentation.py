"""The reference of the checks in the editors' handbook is up to date."""

import pytest
from django.core.management import CommandError, call_command

from articles.checks import CHECKS, documentation
from articles.management.commands.describe_checks import HANDBOOK

pytestmark = pytest.mark.once


def test_the_handbook_is_up_to_date():
    text = HANDBOOK.read_text(encoding="utf-8")
    assert documentation.brought_up_to_date(text) == text, "Run manage.py describe_checks."
    for name in CHECKS:
        assert f"## {name}" in text


def test_the_command_changes_only_the_generated_part(tmp_path, capsys):
    file = tmp_path / "checks.md"
    file.write_text(f"Before\n{documentation.BEGIN}\nold\n{documentation.END}\nAfter\n")
    call_command("describe_checks", file=file)
    text = file.read_text()
    assert text.startswith("Before\n")
    assert text.endswith("After\n")
    assert "old\n" not in text
    assert "## clinical-safety" in text


@pytest.mark.parametrize("text", ["No marks.", documentation.BEGIN])
def test_a_file_without_markers_is_not_changed(tmp_path, text):
    file = tmp_path / "checks.md"
    file.write_text(text)
    with pytest.raises(CommandError, match="markers"):
        call_command("describe_checks", file=file)
    assert file.read_text() == text
