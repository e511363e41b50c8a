"""The contracts on imports in pyproject.toml, each broken on purpose in a copy of the apps."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WITHOUT_INQUIRIES = "articles never imports intake"
WITHOUT_APPS = "recovery_site, accounts and danger import neither articles nor intake"
DANGER = "danger: page and commands -> corpus -> assessment -> vocabulary"
ARTICLES = "articles: views, admin, commands -> verbs -> domain -> models"
INTAKE = "intake: views, admin, commands -> verbs -> domain -> models"
NO_CIRCLE = "No circle between the modules of a package, at any depth"
APPS = ("recovery_site", "accounts", "articles", "danger", "intake", "compliance", "backups")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The modules of the apps and the contracts."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for app in APPS:
        shutil.copytree(ROOT / app, folder / app, ignore=lambda _folder, names: [name for name in names if name == "__pycache__"])
    return folder


@pytest.fixture
def broken(copy):
    """Return a function that adds an import to a module and returns the contracts that this breaks."""
    changed: dict[Path, str] = {}

    def add(module: str, line: str) -> list[str]:
        path = copy / f"{module.replace('.', '/')}.py"
        if not path.exists() and (copy / module.replace(".", "/")).is_dir():
            path = copy / module.replace(".", "/") / "__init__.py"
        changed[path] = path.read_text() if path.exists() else ""
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{changed[path]}\n{line}\n")
        return contracts_broken(copy)

    yield add
    for path, text in changed.items():
        path.write_text(text)


def contracts_broken(folder):
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    summary = done.stdout.split("Broken contracts")[0]
    assert "KEPT" in summary, done.stdout + done.stderr
    return re.findall(r"^(.+) BROKEN", summary, re.MULTILINE)


def test_none_is_broken(copy):
    assert contracts_broken(copy) == []


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("articles.published", "import intake.models", WITHOUT_INQUIRIES),
        ("recovery_site.languages", "import articles.models", WITHOUT_APPS),
        ("accounts.roles", "import intake.models", WITHOUT_APPS),
        ("danger.assess", "import intake.models", WITHOUT_APPS),
        ("danger.text", "import danger.assess", DANGER),
        (
            "articles.rendering.body_html",
            "import articles.workflow.drafts",
            ARTICLES,
        ),
        ("articles.workflow.review", "import articles.views.guides", ARTICLES),
        ("intake.cases.labels", "import intake.triage.claims", INTAKE),
        ("intake.views", "import intake.admin", INTAKE),
        ("articles.search.words", "import articles.search.query", NO_CIRCLE),
    ],
)
def test_an_import_against_the_direction_breaks_its_contract(broken, module, line, contract):
    assert contract in broken(module, line)


def test_a_new_package_must_be_put_in_a_layer(broken):
    assert INTAKE in broken("intake.gossip", "")
