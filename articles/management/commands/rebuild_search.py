"""manage.py rebuild_search: rebuild the search index."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search import index


class Command(BaseCommand):
    help = "Rebuild the search index from the live guides. Only needed after a restore or an upgrade; publishing updates it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{index.rebuild()} guides are in the index.")
