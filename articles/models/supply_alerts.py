"""Warnings about the drug supply, which stand on the site for days or weeks."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recovery_site.places import regions


class SupplyAlert(models.Model):
    """A short warning about what is in the drugs of a region. Its words never change: a correction is another alert.

    Visitors read it from the approval by a second person until `ends_at`, or until somebody ends it (`ended_at`).
    Only articles.safety.supply_alerts writes it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second clinician")
        LIVE = "live", _("shown now")
        ENDED = "ended", _("over")

    region = models.CharField(_("where"), max_length=8, blank=True, choices=regions.choices)
    substances = models.JSONField(_("substances"), default=list)  # codes of topics.SUBSTANCES
    texts = models.JSONField(_("texts"), default=dict)  # {language: text}
    source = models.CharField(_("where this is known from"), max_length=300)
    ends_at = models.DateTimeField(_("ends"), db_index=True)
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("written by"))
    writer_name = models.CharField(_("written by"), max_length=120)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("approved by"))
    approver_name = models.CharField(_("approved by"), max_length=250, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    ender = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("ended by"))
    ender_name = models.CharField(_("ended by"), max_length=120, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("supply alert")
        verbose_name_plural = _("supply alerts")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.where}: {self.text_in(settings.LANGUAGE_CODE)[:60]}"

    @property
    def where(self) -> str:
        """The name of the region."""
        return str(self.get_region_display())

    def text_in(self, language: str) -> str:
        """Return the text in `language`, or else in the site's own."""
        return str(self.texts.get(language) or self.texts.get(settings.LANGUAGE_CODE, ""))

    def state_at(self, now: dt.datetime) -> "SupplyAlert.State":
        """Return whether it waits, is shown or is over."""
        if self.ended_at is not None or self.ends_at <= now:
            return self.State.ENDED
        return self.State.LIVE if self.approved_at is not None else self.State.PROPOSED
