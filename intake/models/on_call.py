"""On-call shifts, and the alarms that ring whoever is on duty."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from intake.identifiers import new_id
from intake.models.centres import Centre, CentreKey
from intake.models.inquiries import Inquiry


class OnCallShift(models.Model):
    """A period during which `user` is notified when nobody at the centre is on duty or claims a case in time.

    intake.notifications.recipients finds who is on call now.
    """

    centre = models.ForeignKey(
        Centre, models.CASCADE, related_name="on_call_shifts", null=True, blank=True, verbose_name=_("centre"), help_text=_("Empty: all.")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="on_call_shifts", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("on-call shift")
        verbose_name_plural = _("on-call shifts")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%Y-%m-%d %H:%M} UTC"


class ShiftNote(models.Model):
    """What a shift leaves for the next one at `centre`. Sealed, because it may speak of people.

    Its key is wrapped to the centre's key, as a case key is. Somebody else acknowledges that they have read it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="shift_notes", verbose_name=_("centre"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(db_index=True)
    centre_key = models.ForeignKey(CentreKey, models.PROTECT, related_name="+")
    wrapped = models.BinaryField()
    sealed = models.BinaryField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.written_at:%Y-%m-%d %H:%M}"


class Alarm(models.Model):
    """Someone may be in danger: the site rings staff until one of them says "I have it". At most one of a case is open.

    It is open while `acknowledged_at` is null. `acknowledged_by` stays null when the case was closed or withdrawn meanwhile.
    """

    class Via(models.TextChoices):
        ADMIN = "admin", _("on the case")
        LINK = "link", _("by the link in a message")
        CASE = "case", _("by working on the case")
        CLOSED = "closed", _("the case was closed")

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="alarms")
    opened_at = models.DateTimeField()
    # How often danger was written of while it was open.
    cries = models.PositiveIntegerField(default=1)
    # How often staff were rung. Each time reaches one circle of people further (intake.notifications.recipients.circles).
    rings = models.PositiveIntegerField(default=0)
    next_ring_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    via = models.CharField(max_length=8, choices=Via.choices, blank=True)

    class Meta:
        ordering = ["opened_at"]
        constraints = [models.UniqueConstraint(fields=["inquiry"], condition=Q(acknowledged_at=None), name="one_open_alarm_a_case")]
        indexes = [models.Index("next_ring_at", name="alarm_to_ring", condition=Q(acknowledged_at=None))]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.opened_at:%Y-%m-%d %H:%M}"


class AlarmLink(models.Model):
    """A link in a message, by which `user` says "I have it" without signing in. Only the hash of its token is stored."""

    token_hash = models.BinaryField(primary_key=True, max_length=32)
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="links")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.alarm_id)
