"""Which releases migrated the database, and how far long migrations have come."""

from django.db import models


class Release(models.Model):
    """A release whose migrations were begun. Older code reads the newest one to know whether it may go on serving."""

    version = models.CharField(max_length=32, primary_key=True)
    # The oldest release that still works with this schema (recovery_site.SERVES_FROM).
    serves_from = models.CharField(max_length=32)
    migrated_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.version


class BatchPosition(models.Model):
    """How far a migration in batches has come (recovery_site.schema.batches)."""

    name = models.CharField(max_length=200, primary_key=True)
    # The primary key of the last row that was changed, as text; empty before the first batch.
    last = models.CharField(max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
