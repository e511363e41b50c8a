"""The lint rule that the pinned requirements follow pyproject.toml."""

from pathlib import Path

import pytest

from script.checks import requirements

pytestmark = pytest.mark.once

PROJECT = """
[project]
dependencies = ["Django==5.2.19", "typed_words[all]==1.0"]
[project.optional-dependencies]
development = ["pytest==9.2.0"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose two requirements files say what its pyproject.toml says."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    server = "django==5.2.19 \\\n    --hash=sha256:00\n    # via recovery-site\ntyped-words==1.0\nsqlparse==0.6.1 ; python_version < '4'\n"
    (tmp_path / "requirements-production.txt").write_text(server)
    (tmp_path / "requirements.txt").write_text(server + "pytest==9.2.0\n")
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_files_that_agree_are_right(project):
    assert list(requirements.find(project)) == []


def test_another_version_in_pyproject_is_named_for_both_files(project):
    change(project / "pyproject.toml", "5.2.19", "5.2.20")

    assert list(requirements.find(project)) == [
        "requirements-production.txt: django is 5.2.19, not 5.2.20; run script/lock",
        "requirements.txt: django is 5.2.19, not 5.2.20; run script/lock",
    ]


def test_a_new_package_for_the_tests_is_missed(project):
    change(project / "pyproject.toml", '["pytest==9.2.0"]', '["pytest==9.2.0", "polib==1.2.0"]')

    assert list(requirements.find(project)) == ["requirements.txt: polib is missing, not 1.2.0; run script/lock"]


def test_a_server_has_the_versions_that_the_tests_have(project):
    change(project / "requirements-production.txt", "sqlparse==0.6.1", "sqlparse==0.6.0")

    assert list(requirements.find(project)) == ["requirements.txt: sqlparse is 0.6.1, not 0.6.0; run script/lock"]
