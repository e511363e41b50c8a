"""Writes the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search import index


class Command(BaseCommand):
    help = "Write the search index anew from the live guides. Publishing keeps it by itself: this is for after a restore or an upgrade."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{index.rebuild()} guides are in the index.")
