"""The outbox, the webhooks it sends to, and the signs of life of the processes that send."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id
from intake.models.centres import Centre
from intake.models.inquiries import Inquiry


class WebhookEndpoint(models.Model):
    """An address of ours that is told of inquiries in the Standard Webhooks format; it learns no more than a mail says."""

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=300)
    centre = models.ForeignKey(
        Centre, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("centre"), help_text=_("Empty: all.")
    )
    # Sealed under a key of the site's: who steals the database can't sign.
    sealed_secret = models.BinaryField(editable=False, default=bytes)
    is_active = models.BooleanField(_("in use"), default=True)
    danger_only = models.BooleanField(
        _("for danger only"), default=False, help_text=_("For a pager or a push service: it is told of nothing else.")
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class Notification(models.Model):
    """One notification that must go out: written in the transaction it tells of, sent by a worker, retried until it is sent.

    The table is the worker's queue (intake.notifications.outbox). `kind` and `channel` have no choices here: their codes and
    labels are in intake.notifications.kinds and intake.notifications.channels, so that a new one needs no migration.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="notifications", verbose_name=_("inquiry"))
    kind = models.CharField(_("what of"), max_length=32)
    channel = models.CharField(_("to"), max_length=32)
    # When what it tells of happened; a row for one recipient has that of the row for everyone. Null in rows of older releases.
    happened_at = models.DateTimeField(null=True, editable=False)
    # That of the inquiry when it was written: the worker sends the most urgent first.
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Inquiry.Priority.choices)
    # Neither this nor the webhook is looked up, so neither has an index: a row for each recipient would write to both.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person"), db_index=False
    )
    endpoint = models.ForeignKey(
        "intake.WebhookEndpoint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("webhook"), db_index=False
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    # While a worker holds it: when its lease ends.
    next_attempt_at = models.DateTimeField(_("next try"))
    # What the clock was when next_attempt_at was chosen: equal or later where it is to be tried at once. Null in rows of older releases.
    scheduled_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The class of the last error, never its message.
    last_error = models.CharField(_("last error"), max_length=80, blank=True)

    # Not stored: it left by EMAIL_URL_2, so that it says nothing about the first mail server.
    left_by_second_server = False

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index("priority", "next_attempt_at", name="notification_due", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"


class Heartbeat(models.Model):
    """When a part of the site was last at work, so that the other parts notice its silence (intake.notifications.heartbeats)."""

    class Part(models.TextChoices):
        WORKER = "worker", _("the worker")
        HOUSEKEEPING = "housekeeping", _("housekeeping")
        MAIL = "mail", _("urgent messages to staff")
        DOCTOR = "doctor", _("the hourly check")
        BACKUP = "backup", _("the backup")
        CLOCK = "clock", _("the clock of the server")
        # Written by deploy/postgresql/watch, where there is a second database machine.
        STANDBY = "standby", _("the second database machine")

    part = models.CharField(max_length=16, primary_key=True, choices=Part.choices)
    # Of MAIL: up to when all urgent messages have left. Of CLOCK: the last moment that was believed (intake.scheduling.clock).
    at = models.DateTimeField()
    # When leads and operators were told of its silence, or operators of the clock's jump; null while all is well or nobody was told yet.
    told_at = models.DateTimeField(null=True)
    # Of DOCTOR: the errors that it found, as "id#what it is about". Of STANDBY: "standby_away" while it is. Of CLOCK: "clock_jumped".
    # Of BACKUP: the day on which the last copy ends; empty when nobody knows it.
    codes = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.part} {self.at:%Y-%m-%d %H:%M}"
