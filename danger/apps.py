"""Finds danger in what people write."""

from django.apps import AppConfig


class DangerConfig(AppConfig):
    name = "danger"

    def ready(self) -> None:
        from danger import stage_two  # noqa: F401 (registers a system check)
