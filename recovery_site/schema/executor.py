"""Migrations that are recorded in the transaction that makes their changes."""

from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState


class WholeMigrations(MigrationExecutor):
    """Django's executor, for which a migration that was killed has happened whole or not at all.

    Django runs indexes and constraints last, and then records the migration in a transaction of its own. Killed between both, the next
    start would make the same tables again, and fail.
    """

    def apply_migration(self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False) -> ProjectState:
        """Run a migration forwards, and record it, in one transaction."""
        if fake or fake_initial or not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        report: Any = self.progress_callback or (lambda *_arguments: None)
        report("apply_start", migration, fake)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
            while editor.deferred_sql:
                editor.execute(editor.deferred_sql.pop(0), None)
            self.record_migration(migration)  # type: ignore[arg-type, call-arg] # its stub is of an older Django
        report("apply_success", migration, fake)
        return state
