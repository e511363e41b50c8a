"""Every migration since 0.1.0 leaves the old code able to serve: it adds, and takes nothing away that the old code writes.

During an upgrade, and after going back from one, processes of the former release work with the new database
(docs/decisions/0073-an-upgrade-only-adds.md).
"""

import lzma
import sqlite3
from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

import recovery_site
from recovery_site.schema.state import number
from tests.support.site import ROOT

pytestmark = pytest.mark.once

UPGRADE = ROOT / "tests" / "data" / "upgrade"
FIRST = "0.1.0"
# They change no table that the old code reads or writes, or only make its queries slower.
HARMLESS = (
    *(migrations.CreateModel, migrations.AddIndex, migrations.RemoveIndex, migrations.RemoveConstraint),
    *(migrations.AlterModelOptions, migrations.AlterModelManagers),
)
# What a rule can't judge, each with the reason why the old code goes on. Everything else has to be written in another way.
REASONS = {
    "account.0006_emailaddress_lower RunPython": "a package's table that 0.1.0 doesn't have",
    "account.0008_emailaddress_unique_primary_email_fixup RunPython": "a package's table that 0.1.0 doesn't have",
    "accounts.0002_user_phone AddField user.phone": "without a default of the database, 0.1.0 can't add an account until it is upgraded",
    "intake.0002_alarms AddField webhookendpoint.danger_only": "likewise, 0.1.0 can't add a webhook until it is upgraded",
    "intake.0003_danger_never_rests RemoveField inquiry.queue_rank": "the database computes this column; nobody writes it",
    "intake.0003_danger_never_rests AddField inquiry.queue_rank": "the same column again, with the same numbers",
    "intake.0005_looks_automatic RunPython": "it fills a column that 0.1.0 doesn't have",
    "intake.0009_centre_pages AddConstraint holiday": "it is about columns that 0.1.0 doesn't have",
    "intake.0034_fewer_indexes SeparateDatabaseAndState": "it drops indexes that nothing needs, and no column or constraint",
    "intake.0021_unchangeable_events RunPython": "triggers that refuse to change events, which 0.1.0 never changes",
}


def applied_in(release: str) -> set[tuple[str, str]]:
    """Return the migrations of a release, from its kept database."""
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(lzma.decompress((UPGRADE / f"{release}.sqlite3.xz").read_bytes()))
        return set(connection.execute("SELECT app, name FROM django_migrations"))


def steps(
    loader: MigrationLoader, before: set[tuple[str, str]]
) -> Iterator[tuple[str, str, str, migrations.operations.base.Operation, ProjectState]]:
    """Yield (app, migration, model, operation, state before it) of those after a release, without what concerns tables that are new."""
    state, new = ProjectState(real_apps=loader.unmigrated_apps), set()
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), True):
        for operation in loader.graph.nodes[app, name].operations:
            if (app, name) in before:
                operation.state_forwards(app, state)
                continue
            former = state.clone()
            operation.state_forwards(app, state)
            model = getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", "")
            if isinstance(operation, migrations.CreateModel):
                new.add((app, model))
            elif (app, model) not in new:
                yield app, name, model, operation, former


def only_adds(app: str, model: str, operation: migrations.operations.base.Operation, former: ProjectState) -> bool:
    """Return whether code that doesn't know of the operation reads and writes as before."""
    if isinstance(operation, migrations.AddField):
        field = operation.field
        return bool(field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED)
    if isinstance(operation, migrations.AlterField):
        old, new = former.models[app, model].get_field(operation.name), operation.field
        return stored(old) == stored(new) or (wider(old, new) and {**stored(old), **WIDER} == {**stored(new), **WIDER})
    return isinstance(operation, HARMLESS)


WIDER = {"null": None, "max_length": None}


def stored(field: models.Field) -> dict[str, object]:
    """Return what of a field matters to the database."""
    _name, path, _arguments, details = field.deconstruct()
    return {"type": path, **{name: value for name, value in details.items() if name not in field.non_db_attrs}}


def wider(old: models.Field, new: models.Field) -> bool:
    """Return whether a column takes all that it took before."""
    return (new.null or not old.null) and (new.max_length or 0) >= (old.max_length or 0)


def named(app: str, name: str, model: str, operation: migrations.operations.base.Operation) -> str:
    """Return the words by which REASONS has it."""
    field = f".{operation.name}" if isinstance(operation, (migrations.AddField, migrations.RemoveField, migrations.AlterField)) else ""
    return f"{app}.{name} {type(operation).__name__} {model}{field}".strip()


def judged() -> list[tuple[str, bool]]:
    before = applied_in(FIRST)
    return [
        (named(app, name, model, operation), only_adds(app, model, operation, former))
        for app, name, model, operation, former in steps(MigrationLoader(None), before)
    ]


def test_the_old_code_goes_on_serving_with_every_migration_since():
    """A migration that takes something away is split: first a release that no longer uses it, then one that removes it."""
    assert sorted({name for name, adds in judged() if not adds} - set(REASONS)) == []


def test_no_reason_stays_for_what_is_gone():
    assert sorted(set(REASONS) - {name for name, adds in judged() if not adds}) == []


def test_the_release_says_from_which_one_on_its_database_is_served():
    """script/upgrade and the start of an older process believe it."""
    assert number(FIRST) <= number(recovery_site.SERVES_FROM) <= number(recovery_site.__version__)


@pytest.mark.parametrize(
    ("operation", "adds"),
    [
        (migrations.AddField("centre", "motto", models.TextField(default="")), False),
        (migrations.AddField("centre", "motto", models.TextField(db_default="")), True),
        (migrations.AddField("centre", "motto", models.TextField(null=True)), True),
        (migrations.RemoveField("centre", "name"), False),
        (migrations.RenameField("centre", "name", "title"), False),
        (migrations.AlterField("centre", "phone", models.CharField(max_length=5, blank=True)), False),
        (migrations.AlterField("centre", "phone", models.CharField(max_length=900, blank=True)), True),
        (migrations.DeleteModel("centre"), False),
        (migrations.RunSQL("SELECT 1"), False),
        (migrations.RunPython(migrations.RunPython.noop), False),
    ],
    ids=lambda value: value.__class__.__name__,
)
def test_the_rule_knows_what_breaks_old_code(operation, adds):
    former = MigrationLoader(None).project_state()
    assert only_adds("intake", "centre", operation, former) is adds
