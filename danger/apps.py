"""The application that hears danger in what people write."""

from django.apps import AppConfig


class DangerConfig(AppConfig):
    name = "danger"
