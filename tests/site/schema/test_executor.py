"""A migration that is killed at any moment has happened whole, or not at all."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel, Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from recovery_site.management.commands import migrate
from recovery_site.schema.executor import WholeMigrations

TABLE = "schema_killed"


class Killed(BaseException):
    """Stands for kill -9."""


def migration(name="9999_killed"):
    """Make a table with an index, which Django makes after everything else."""
    made = Migration(name, "schema")
    made.operations = [CreateModel("Killed", [("id", models.AutoField(primary_key=True)), ("day", models.DateField(db_index=True))])]
    return made


@pytest.fixture
def no_table_is_left(transactional_db):
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
    MigrationRecorder.Migration.objects.filter(app="schema", name="9999_killed").delete()


@pytest.mark.usefixtures("no_table_is_left")
def test_a_migration_that_is_killed_before_it_is_recorded_has_not_happened(monkeypatch):
    executor = migrate.migrate.MigrationExecutor(connection)
    assert isinstance(executor, WholeMigrations)

    def kill(*_arguments):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(executor.recorder, "record_applied", kill)
        with pytest.raises(Killed):
            executor.apply_migration(ProjectState(), migration())
    assert TABLE not in connection.introspection.table_names()

    executor.apply_migration(ProjectState(), migration())
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, TABLE)
    assert any(constraint["index"] and constraint["columns"] == ["day"] for constraint in constraints.values())
    assert ("schema", "9999_killed") in executor.recorder.applied_migrations()
