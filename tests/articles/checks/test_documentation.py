"""The editors' handbook says what the checks do now."""

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


def test_the_command_changes_only_what_is_made(tmp_path, capsys):
    file = tmp_path / "checks.md"
    file.write_text(f"Before\n{documentation.BEGIN}\nold\n{documentation.END}\nAfter\n")
    call_command("describe_checks", file=file)
    text = file.read_text()
    assert text.startswith("Before\n")
    assert text.endswith("After\n")
    assert "old\n" not in text
    assert "## clinical-safety" in text


@pytest.mark.parametrize("text", ["No marks.", documentation.BEGIN])
def test_a_file_without_marks_is_left_alone(tmp_path, text):
    file = tmp_path / "checks.md"
    file.write_text(text)
    with pytest.raises(CommandError, match="markers"):
        call_command("describe_checks", file=file)
    assert file.read_text() == text
