"""Long changes of data in a migration, in batches that resume (CONTRIBUTING.md, "Change many rows in a migration").

class Migration(migrations.Migration):
    atomic = False  # each batch is a transaction of its own
    dependencies = [("schema", "0001_releases"), ("intake", "0031_…")]
    operations = [migrations.RunPython(Batches("intake.Inquiry", fill_country, name="intake.0032"), migrations.RunPython.noop)]
"""

import datetime as dt
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

SIZE = 1000  # rows of a batch: a fraction of a second, so nobody waits long for the database


class NotResumable(Exception):
    """A migration whose batches would all be one transaction."""


@dataclass(frozen=True)
class Batches:
    """A function for RunPython that calls `change(apps, rows)` for the rows of a model, `size` at a time, by primary key.

    `rows` is a queryset of one batch. Each batch is committed together with its position, so a migration that was killed goes on where
    it was, and no row is changed twice. `where` says which rows are meant. The old code may add rows while the migration runs and after
    it: the new code must cope with those. The migration must have `atomic = False`, and depend on ("schema", "0001_releases").
    """

    model: str
    change: Callable[[StateApps, Any], None]
    name: str
    where: Q | None = None
    size: int = SIZE

    def __call__(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Change all rows that are left. Raises NotResumable."""
        if schema_editor.atomic_migration or schema_editor.connection.in_atomic_block:
            raise NotResumable(f"{self.name}: write `atomic = False` into the migration.")
        alias = schema_editor.connection.alias
        rows = apps.get_model(self.model)._default_manager.using(alias).filter(self.where or Q()).order_by("pk")
        left, shown = rows.count(), 0
        while (done := self._next(apps, alias, rows)) is not None:
            if left > self.size and (percent := 100 * done // max(left, done)) >= shown + 10:
                shown = percent
                sys.stdout.write(f"  {self.name}: {done:,} of about {max(left, done):,} rows\n")
                sys.stdout.flush()

    def _next(self, apps: StateApps, alias: str, rows: Any) -> int | None:
        """Change the next rows. Return how many were changed so far, or None when none is left."""
        positions = apps.get_model("schema", "BatchPosition")._default_manager.using(alias)
        with transaction.atomic(using=alias):
            positions.get_or_create(name=self.name)
            # Of two that run at once, one waits here for the other's batch.
            position = positions.select_for_update().get(name=self.name)
            left = rows.filter(pk__gt=position.last) if position.last else rows
            keys = [] if position.finished_at else list(left.values_list("pk", flat=True)[: self.size])
            if not keys:
                position.finished_at = position.finished_at or dt.datetime.now(dt.UTC)
                position.save()
                return None
            self.change(apps, rows.filter(pk__gte=keys[0], pk__lte=keys[-1]))
            position.last, position.rows = str(keys[-1]), position.rows + len(keys)
            position.save()
            done: int = position.rows
        return done
