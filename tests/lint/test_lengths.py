"""The lint rule on a module's length."""

import pytest

from script.checks import lengths

pytestmark = pytest.mark.once


def test_a_module_of_more_than_400_lines_is_named(tmp_path):
    (tmp_path / "long.py").write_text("x = 1\n" * 401)
    (tmp_path / "short.py").write_text("x = 1\n" * 400)

    assert list(lengths.find(sorted(tmp_path.glob("*.py")))) == [f"{tmp_path / 'long.py'}: 401 lines; split it (at most 400)"]


def test_a_migration_may_be_longer(tmp_path):
    migration = tmp_path / "migrations" / "0001_initial.py"
    migration.parent.mkdir()
    migration.write_text("x = 1\n" * 900)

    assert list(lengths.find([migration])) == []
