"""`manage.py migrate`, one at a time, and with a note of the release that migrated."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from recovery_site.schema import locks, state
from recovery_site.schema.executor import WholeMigrations

ONLY_LOOKS = ("check_unapplied", "plan")


# Django's command has no option for it.
migrate.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined] # its stub lacks it


class Command(migrate.Command):
    """Django's migrate. While another one runs it waits, and it writes down the release, which older code reads.

    A migration that is killed has happened whole or not at all.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        if any(options.get(name) for name in ONLY_LOOKS):
            super().handle(*args, **options)
            return
        with locks.migrating(connections[alias], self.stderr.write):
            if alias == DEFAULT_DB_ALIAS:
                state.announce()
            super().handle(*args, **options)
            if alias == DEFAULT_DB_ALIAS:
                state.record()
