"""Readers' answers to “Was this helpful?”, as anonymous counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HelpfulCount(models.Model):
    """How often readers of a guide answered yes and no in a month, given as its first day."""

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="helpful_counts", verbose_name=_("guide"))
    month = models.DateField(_("month"))
    yes = models.PositiveIntegerField(_("helpful"), default=0)
    no = models.PositiveIntegerField(_("not helpful"), default=0)

    class Meta:
        verbose_name = _("answers to “Was this helpful?”")
        verbose_name_plural = _("answers to “Was this helpful?”")
        ordering = ["-month", "guide"]
        constraints = [models.UniqueConstraint(fields=["guide", "month"], name="one_count_a_month")]

    def __str__(self) -> str:
        return f"{self.guide}, {self.month:%Y-%m}"
