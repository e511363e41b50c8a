"""What the reports count, kept of a day, of a week and of four weeks, so that no report reads the cases of months."""

from django.db import models

from intake.models.centres import Centre


class StoredFigures(models.Model):
    """The figures of the inquiries that arrived at one centre on one day, in a week or in four, of its own calendar."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="stored_figures", db_index=False)
    first = models.DateField()
    # 1, 7 from a Monday on, or 28.
    days = models.PositiveSmallIntegerField()
    # Which opening hours, holidays and time zone its minutes were counted with: other ones make it out of date.
    clock = models.CharField(max_length=32)
    # Empty when the figures are of all of it; else they end here.
    until = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField()
    # Numbers in their order, as intake.reporting.runs packs them: no percentile can be made from other percentiles.
    response = models.BinaryField()
    contact = models.BinaryField()
    unanswered = models.BinaryField()
    # Of a day, what was counted of each case (intake.reporting.tallies.Case). The last column, so that who wants sums reads past none.
    cases = models.JSONField()

    class Meta:
        verbose_name = "stored figures"
        verbose_name_plural = "stored figures"
        constraints = [models.UniqueConstraint(fields=["centre", "days", "first"], name="one_figures_a_stretch")]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.first:%Y-%m-%d} {self.days}"


class FiguresMark(models.Model):
    """The newest event that the stored figures take into account: what happened later may have changed a day."""

    event = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.event)
