"""Each claim of the pages about security names the tests that attack it, and these exist."""

import ast
import functools
import re

import pytest
from django.apps import apps
from django.db import models

from intake.models import Inquiry
from tests.support.site import ROOT

pytestmark = pytest.mark.once

THREAT_MODEL = ROOT / "docs" / "threat-model.md"
PAGES = [THREAT_MODEL, ROOT / "docs" / "dependencies.md", *sorted((ROOT / "docs" / "security").glob("*.md"))]
TEST = re.compile(r"`([\w/.-]+\.py)::(\w+)`")
FILE = re.compile(r"`(tests/[\w/.-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@functools.cache
def names_in(path: str) -> set[str]:
    """Return the names of the tests of a file below tests/; none if there is no such file."""
    file = ROOT / "tests" / path
    if not file.is_file():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def attacked_rows() -> list[tuple[str, str]]:
    """Return (the row, its cell "attacked by") of each table of the threat model that has that column."""
    rows = []
    column = None
    for line in THREAT_MODEL.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if not cells:
            column = None
        elif "attacked by" in cells:
            column = cells.index("attacked by")
        elif column is not None and not set(cells[0]) <= {"-"}:
            rows.append((line, cells[column]))
    return rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_test_that_is_named_exists(page):
    missing = [f"{path}::{name}" for path, name in TEST.findall(page.read_text()) if name not in names_in(path)]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_file_that_is_named_or_linked_exists(page):
    text = page.read_text()
    named = [ROOT / path for path in FILE.findall(text)]
    linked = [page.parent / path for path in LINK.findall(text)]

    assert [str(path) for path in named + linked if not path.exists()] == []


def test_each_row_of_the_threat_model_is_attacked_by_a_test():
    rows = attacked_rows()

    assert len(rows) > 50
    assert [row for row, cell in rows if not TEST.search(cell)] == []


def test_no_row_of_the_threat_model_leaves_a_cell_empty():
    assert [row for row, _cell in attacked_rows() if row.count("|") != 6 or re.search(r"\|\s*\|", row)] == []


def test_the_threat_model_lists_every_column_in_clear_of_what_belongs_to_an_inquiry():
    section = THREAT_MODEL.read_text().partition("## Every column in clear")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| ")][1:]
    listed = {table: set(re.findall(r"`(\w+)`", columns)) for table, columns, _tells in rows}

    assert listed == {model.__name__: columns_in_clear(model) for model in apps.get_models() if belongs_to_an_inquiry(model)}


def belongs_to_an_inquiry(model: type[models.Model]) -> bool:
    return model is Inquiry or any(field.related_model is Inquiry for field in model._meta.concrete_fields)


def columns_in_clear(model: type[models.Model]) -> set[str]:
    """Return the names of all columns but bytes, which are sealed or hashed, and the ids of the row and of its inquiry."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if not isinstance(field, models.BinaryField) and not field.primary_key and field.name != "inquiry"
    }
