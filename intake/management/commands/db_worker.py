"""The task library's worker, as a guest of the machine that visitors come first on."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from recovery_site.durability import losable_process


class Command(db_worker.Command):
    """What it writes down is that something was sent: when a power cut takes that, it is sent again."""

    def handle(self, *args: Any, **options: Any) -> None:
        with losable_process():
            super().handle(*args, **options)
