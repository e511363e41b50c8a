"""What the reports count, kept a day at a time, so that no report reads the cases of months."""

from django.db import models

from intake.models.centres import Centre


class DayFigures(models.Model):
    """The figures of the inquiries that arrived at one centre on one day of its own calendar (intake.figures)."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="day_figures", db_index=False)
    day = models.DateField()
    # Which opening hours, holidays and time zone its minutes were counted with: other ones make it out of date.
    clock = models.CharField(max_length=32)
    figures = models.JSONField()

    class Meta:
        verbose_name = "figures of a day"
        verbose_name_plural = "figures of days"
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="one_figures_a_day")]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.day:%Y-%m-%d}"


class FiguresMark(models.Model):
    """The newest event that the stored figures take into account: what happened later may have changed a day."""

    event = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.event)
