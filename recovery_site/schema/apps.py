"""The app that keeps which releases migrated the database."""

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "recovery_site.schema"
    label = "schema"
