"""The history of guides."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class GuideEvent(models.Model):
    """Something that happened to a guide, and who did it. The person's name is kept after their account is deleted.

    An approval is valid only for the text with its `digest`.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        EDITED = "edited", _("edited")
        SUBMITTED = "submitted", _("submitted for review")
        SENT_BACK = "sent_back", _("sent back")
        APPROVED = "approved", _("approved")
        REVIEWED = "reviewed", _("reviewed as a whole, no change")
        SCHEDULED = "scheduled", _("time of publishing set")
        UNSCHEDULED = "unscheduled", _("time of publishing cancelled")
        PUBLISHED = "published", _("published")
        RESTORED = "restored", _("older edition copied into the draft")
        ARCHIVED = "archived", _("archived")

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="events", verbose_name=_("guide"))
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person"))
    actor_name = models.CharField(_("by"), max_length=120, blank=True)
    actor_credentials = models.CharField(_("credentials"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("history")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["guide", "-at"], name="guide_event_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def signature(self) -> str:
        """The person's name and credentials as shown to readers, for example “Maria Ortiz, RN”."""
        return ", ".join(part for part in (self.actor_name, self.actor_credentials) if part)
