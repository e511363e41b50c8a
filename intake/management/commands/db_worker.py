"""The db_worker command of django-tasks-db with asynchronous commits."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from recovery_site.durability import losable_process


class Command(db_worker.Command):
    """The worker's bookkeeping may be lost on power failure; the task is then repeated."""

    def handle(self, *args: Any, **options: Any) -> None:
        with losable_process():
            super().handle(*args, **options)
