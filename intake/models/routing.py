"""Routing rules and teams."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre
from intake.models.inquiries import Inquiry


class Team(models.Model):
    """A group of a centre's staff, such as those for young people or families, whom a routing rule may notify first."""

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
    """Routes the inquiries that match its conditions. The first matching rule decides; an empty condition always matches."""

    position = models.PositiveSmallIntegerField(_("order"), unique=True, help_text=_("The smallest number is looked at first."))
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)

    # Conditions
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

    # Result
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
