"""Counters of the rate limits."""

from django.db import models


class RateBucket(models.Model):
    """How often one address block did one thing in one stretch of minutes. The block is kept as a keyed hash only."""

    key = models.BinaryField(primary_key=True, max_length=16)
    count = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count}"
