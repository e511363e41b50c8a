"""Long changes of data in a migration, in batches that resume (CONTRIBUTING.md, "Change many rows in a migration").

class Migration(migrations.Migration):
    atomic = False  # each batch is a transaction of its own
    dependencies = [("schema", "0001_releases"), ("intake", "0031_…")]
    operations = [migrations.RunPython(batches.over("intake", "Inquiry", fill_country, name="intake.0032"), migrations.RunPython.noop)]
"""

import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

SIZE = 1000  # rows of a batch: a fraction of a second, so nobody waits long for the database
Change = Callable[[StateApps, Any], None]


class NotResumable(Exception):
    """A migration whose batches would all be one transaction."""


def over(
    app: str,
    model: str,
    change: Change,
    *,
    name: str,
    where: Q | None = None,
    size: int = SIZE,
    write: Callable[[str], object] | None = None,
) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
    """Return a function for RunPython that calls `change(apps, rows)` for the rows of a model, `size` at a time, by primary key.

    `rows` is a queryset of one batch. Each batch is committed together with its position, so a migration that was killed goes on
    where it was, and no row is changed twice. `where` says which rows are meant. The old code may add rows while the migration runs and
    after it: the new code must cope with those. The migration must have `atomic = False`,
    and depend on ("schema", "0001_releases"). Raises NotResumable otherwise.
    """

    def run(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.atomic_migration or schema_editor.connection.in_atomic_block:
            raise NotResumable(f"{name}: write `atomic = False` into the migration.")
        say = write or sys.stdout.write
        rows = apps.get_model(app, model)._default_manager.using(schema_editor.connection.alias).filter(where or Q()).order_by("pk")
        count, shown = rows.count(), 0
        while True:
            done = _batch(apps, schema_editor.connection.alias, name, rows, change, size)
            if done is None:
                return
            percent = min(99, 100 * done // max(1, count, done))
            if count > size and percent >= shown + 10:
                shown = percent
                say(f"  {name}: {done:,} of about {max(count, done):,} rows\n")

    return run


def _batch(apps: StateApps, alias: str, name: str, rows: Any, change: Change, size: int) -> int | None:
    """Change the next rows. Return how many were changed so far, or None when none is left."""
    positions = apps.get_model("schema", "BatchPosition")._default_manager.using(alias)
    with transaction.atomic(using=alias):
        positions.get_or_create(name=name)
        # Of two that run at once, one waits here for the other's batch.
        position = positions.select_for_update().get(name=name)
        if position.finished_at:
            return None
        left = rows.filter(pk__gt=position.last) if position.last else rows
        keys = list(left.values_list("pk", flat=True)[:size])
        if not keys:
            position.finished_at = dt.datetime.now(dt.UTC)
            position.save()
            return None
        change(apps, rows.filter(pk__gte=keys[0], pk__lte=keys[-1]))
        position.last, position.rows = str(keys[-1]), position.rows + len(keys)
        position.save()
        done: int = position.rows
    return done
