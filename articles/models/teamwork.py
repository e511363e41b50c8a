"""Collaboration on drafts: comments, unsaved text, presence, share links, reminders and justifications."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Comment(models.Model):
    """A comment on a section of a draft. It is kept when it is resolved and when its author's account is deleted."""

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="comments", verbose_name=_("guide"))
    section = models.CharField(_("section"), max_length=200, blank=True, help_text=_("The heading it is about; empty for the whole guide."))
    text = models.TextField(_("comment"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("written by"))
    writer_name = models.CharField(_("name"), max_length=120)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("resolved by")
    )
    resolver_name = models.CharField(_("resolved by"), max_length=120, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.writer_name}: {self.text[:40]}"


class UnsavedText(models.Model):
    """What somebody typed into the editor and did not save, as the browser sends it: {name: [value, ...]}.

    The id is that of the page it was typed into, so the same guide in two tabs is two texts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Null: of a guide that was never saved.
    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="unsaved_texts", null=True)
    fields = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at"]
        indexes = [models.Index("user", "guide", name="unsaved_by_person"), models.Index("saved_at", name="unsaved_to_forget")]

    def __str__(self) -> str:
        return f"{self.guide_id} {self.saved_at:%Y-%m-%d %H:%M}"


class Presence(models.Model):
    """A user who has a guide open in the editor. Informative only, not a lock; deleted seconds after they leave."""

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="presences", verbose_name=_("guide"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("person at work")
        verbose_name_plural = _("people at work")
        constraints = [models.UniqueConstraint(fields=["guide", "user"], name="one_guide_presence_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.guide_id}"


class ShareLink(models.Model):
    """Gives somebody without an account read access to a draft until it expires. Only a hash of the token is stored."""

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="share_links", verbose_name=_("guide"))
    token_digest = models.CharField(max_length=64, unique=True)
    made_for = models.CharField(_("for whom"), max_length=120, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.guide_id} {self.expires_at:%Y-%m-%d}"


class Reminder(models.Model):
    """A review reminder that was mailed, so that it isn't sent twice."""

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="reminders", verbose_name=_("guide"))
    due_on = models.DateField(_("review due"))
    days_before = models.SmallIntegerField(_("days before"), help_text=_("0: it is over its date."))
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["guide", "due_on", "days_before"], name="one_reminder_a_step")]

    def __str__(self) -> str:
        return f"{self.guide_id} {self.due_on} {self.days_before}"


class Justification(models.Model):
    """The reason for leaving a check's warning as it is, for one phrase of a guide. It stays valid as long as that phrase stands."""

    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="justifications", verbose_name=_("guide"))
    check_name = models.CharField(_("check"), max_length=40)
    finding = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=500)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person"))
    person_name = models.CharField(_("by"), max_length=120)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("reason for a warning")
        verbose_name_plural = _("reasons for warnings")
        constraints = [
            models.UniqueConstraint(fields=["guide", "finding"], name="one_reason_a_finding"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_reason_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name}: {self.reason[:40]}"
