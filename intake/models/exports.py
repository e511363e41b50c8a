"""The record of what left the house as a file."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportRecord(models.Model):
    """One export: who, when, of what stretch, with whose identity, and why. Only added to."""

    class Reason(models.TextChoices):
        REPORTING = "reporting", _("report to funders or authorities")
        AUDIT = "audit", _("audit")
        MOVE = "move", _("move to another system")
        LEGAL = "legal", _("court order or other legal duty")

    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    with_identity = models.BooleanField(_("with names and contacts"), default=False)
    file_format = models.CharField(_("format"), max_length=4)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    centres = models.JSONField(_("centres"), default=list)
    rows = models.PositiveIntegerField(_("rows"))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
