"""Guards on what is installed."""

import ast
import importlib.metadata
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("accounts", "articles", "backups", "compliance", "danger", "intake", "recovery_site", "script")
OURS_IN_DEVELOPMENT = (*OURS, "tests")
# What only developers run, and what it imports is no part of a server.
DEVELOPERS_ONLY = (
    ROOT / "danger" / "corpus" / "training.py",
    ROOT / "articles" / "management" / "commands" / "train_advice.py",
)


def test_psycopg_3_is_not_installed():
    # Django would silently prefer it to psycopg2, at half again the cost in processor time.
    assert importlib.util.find_spec("psycopg") is None


@pytest.mark.parametrize(
    ("folders", "parts"),
    [(OURS[:-1], ("dependencies",)), (OURS_IN_DEVELOPMENT, ("dependencies", "development"))],
    ids=["server", "everything"],
)
def test_every_package_that_the_code_imports_is_named_in_pyproject(folders, parts):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {
        normalized(re.split(r"[\[=]", requirement)[0])
        for part in parts
        for requirement in (project.get(part) or project["optional-dependencies"][part])
    }
    distributions = importlib.metadata.packages_distributions()
    foreign = imported(folders) - sys.stdlib_module_names - set(OURS_IN_DEVELOPMENT)

    unnamed = {module for module in foreign if not named & {normalized(name) for name in distributions.get(module, [module])}}

    assert unnamed == set()


def test_the_page_about_dependencies_reviews_each_direct_one_and_no_other():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text()
    table = page.partition("## Direct dependencies")[2].partition("\n## ")[0]

    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines() if row.startswith("| ")][1:]

    assert {row[0] for row in rows} == {re.split(r"[\[=]", requirement)[0] for requirement in project["dependencies"]}
    assert all(what and license_ and keeper and touches for _, what, license_, keeper, _, touches in rows)


def test_the_review_of_dependencies_has_a_date():
    assert re.search(
        r"^## Direct dependencies, reviewed on 20\d\d-\d\d-\d\d$", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE
    )


def normalized(name: str) -> str:
    """Return a package's name as the index compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folders: tuple[str, ...]) -> set[str]:
    """Return the top-level names of all modules that the Python files in `folders` import."""
    names: set[str] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if path in DEVELOPERS_ONLY and "tests" not in folders:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    names.update(alias.name.split(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.split(".")[0])
    return names
