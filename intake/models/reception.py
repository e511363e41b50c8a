"""What the visitor's side stores beside the inquiry: consents, routing rules, rate limits, who is on call, webhooks."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre
from intake.models.inquiries import Inquiry


class Consent(models.Model):
    """One sentence that a visitor agreed to: which, in which wording and language, when, and until when."""

    class Purpose(models.TextChoices):
        CALL = "call", _("to be called")
        TEXT = "text", _("to be sent text messages by a person")
        AUTOMATED_TEXT = "automated_text", _("to be sent automated text messages")
        EMAIL = "email", _("to be sent e-mail")
        TELL_OF_ANSWER = "tell_of_answer", _("to be told by e-mail that an answer waits")

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("agreed"), max_length=16, choices=Purpose.choices)
    wording = models.CharField(_("wording"), max_length=16, help_text=_("The version of the sentence: intake.consents."))
    language = models.CharField(max_length=8)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "purpose"], condition=Q(withdrawn_at=None), name="one_consent_a_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.wording})"


class Team(models.Model):
    """Some of a centre's people, such as those for young people or for families: a rule may have them told before the others."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="teams", verbose_name=_("centre"))
    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("people"), help_text=_("Only those who work at the centre count.")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["centre", "name"]
        constraints = [models.UniqueConstraint(fields=["centre", "name"], name="one_team_of_a_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.centre})"


class RoutingRule(models.Model):
    """Where inquiries of a kind go. The first rule in order that matches decides; an empty condition matches everything."""

    position = models.PositiveSmallIntegerField(_("order"), unique=True, help_text=_("The smallest number is looked at first."))
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)

    # When
    regions = models.JSONField(_("states or regions"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    for_whom = models.JSONField(_("for whom"), default=list, blank=True)
    age_bands = models.JSONField(_("ages"), default=list, blank=True)
    substances = models.JSONField(_("substances"), default=list, blank=True)
    payers = models.JSONField(_("payers"), default=list, blank=True)
    weekdays = models.JSONField(_("days"), default=list, blank=True, help_text=_("In the centre's time zone."))
    from_time = models.TimeField(_("from"), null=True, blank=True)
    until_time = models.TimeField(_("until"), null=True, blank=True)
    only_while_open = models.BooleanField(_("only while the centre is open"), default=False)
    max_open_cases = models.PositiveIntegerField(
        _("only while the centre has fewer open cases than"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    # Then
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="routing_rules", verbose_name=_("centre"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person"))
    team = models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("Only these people are told of it at first; what they don't take in time goes to the person on call."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=Inquiry.Priority.choices,
        null=True,
        blank=True,
        help_text=_("Never makes an inquiry less urgent than its own answers."),
    )
    promise_minutes = models.PositiveSmallIntegerField(
        _("answer within (minutes)"), null=True, blank=True, validators=[MinValueValidator(5)], help_text=_("Empty: the centre's own.")
    )

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class RateBucket(models.Model):
    """How often one address block did one thing in one stretch of minutes. The block is kept as a keyed hash only."""

    key = models.BinaryField(primary_key=True, max_length=16)
    count = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count}"


class OnCallShift(models.Model):
    """Who is told when nobody at a centre is on duty or nobody took a case in time."""

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
        return f"{self.user} {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%Y-%m-%d %H:%M}"


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
