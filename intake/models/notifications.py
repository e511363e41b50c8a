"""The outbox, and the webhooks it sends to."""

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

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """A notification that must go out: written with what it tells of, sent by a worker, tried again until it is sent.

    The task library neither retries nor recovers a task whose worker died; housekeeping takes up every row here that is
    due, so nothing depends on a task having survived.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    class Channel(models.TextChoices):
        ALL = "all", _("everyone concerned")
        PERSON = "person", _("one person")
        CENTRE = "centre", _("the centre's shared address")
        WEBHOOK = "webhook", _("a webhook")
        VISITOR = "visitor", _("the visitor")
        VISITOR_TEXT = "text", _("the visitor, by text message")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, null=True, blank=True, related_name="deliveries")
    kind = models.CharField(_("what of"), max_length=24)
    channel = models.CharField(_("to"), max_length=8, choices=Channel.choices, default=Channel.ALL)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    endpoint = models.ForeignKey(
        "intake.WebhookEndpoint", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("webhook")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The class of the last error, never its message.
    last_error = models.CharField(_("last error"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index("next_attempt_at", name="delivery_due", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"
