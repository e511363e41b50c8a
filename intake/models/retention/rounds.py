"""Rounds of erasing: what was erased at one go, or waits for a person because it is more than usual or the clock jumped."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre


class ErasingRound(models.Model):
    """Cases of one centre that housekeeping erased by its rules in one run, or that wait for a person to allow it."""

    class State(models.TextChoices):
        WAITS = "waits", _("waits for a person")
        ALLOWED = "allowed", _("allowed")
        DONE = "done", _("done")

    class Why(models.TextChoices):
        LARGE = "large", _("more cases than usual")
        CLOCK = "clock", _("the clock of the server jumped")

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="erasing_rounds", verbose_name=_("centre"))
    at = models.DateTimeField(_("when"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    # Why it had to wait; empty when it hadn't.
    why = models.CharField(_("why it waits"), max_length=8, choices=Why.choices, blank=True)
    # Number of cases by outcome, as counted last. Outcomes are those of RetentionRule.
    counts = models.JSONField(_("cases"), default=dict)
    # How many may be erased, and how many are.
    limit = models.PositiveIntegerField(default=0)
    erased = models.PositiveIntegerField(_("erased"), default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("allowed by")
    )
    allowed_at = models.DateTimeField(_("allowed"), null=True, blank=True)

    class Meta:
        verbose_name = _("round of erasing")
        verbose_name_plural = _("rounds of erasing")
        ordering = ["-at"]
        indexes = [models.Index("centre", "state", "at", name="erasing_round_of_centre")]
        constraints = [
            models.UniqueConstraint(fields=["centre"], condition=Q(state__in=["waits", "allowed"]), name="one_open_erasing_a_centre")
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.get_state_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def number(self) -> int:
        """The number of cases, as counted last."""
        return sum(self.counts.values())
