"""Recusals, watches and presences of staff on a case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.inquiries import Inquiry


class Recusal(models.Model):
    """A conflict of interest: the staff member knows the person, can't see the case, and is never assigned it."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recusals")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [models.UniqueConstraint(fields=["inquiry", "user"], name="one_recusal_a_person")]

    def __str__(self) -> str:
        return str(self.inquiry_id)


class Watch(models.Model):
    """A staff member is notified of changes to a case that somebody else owns."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [models.UniqueConstraint(fields=["user", "inquiry"], name="one_watch_a_person")]

    def __str__(self) -> str:
        return str(self.inquiry_id)


class Presence(models.Model):
    """A staff member has the case open in a browser. Valid for seconds only."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["inquiry", "user"], name="one_presence_a_person")]

    def __str__(self) -> str:
        return str(self.inquiry_id)
