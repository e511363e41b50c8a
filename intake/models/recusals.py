"""Recusals, watches and presences of staff on a case, and notices that somebody read unusually much."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre
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


class ReadingNotice(models.Model):
    """Somebody read unusually much at a centre on one day (its own; UTC without a centre): one notice a kind, until somebody looked at it.

    intake.oversight.unusual writes them and has the limits; intake.oversight.notices says who is told.
    """

    class Kind(models.TextChoices):
        MANY_CASES = "many_cases", _("many cases opened, and nothing done in them")
        NOT_OWN = "not_own", _("cases opened that are closed or a colleague’s")
        CONTACTS = "contacts", _("contact details shown, and nobody contacted")
        AT_NIGHT = "at_night", _("cases opened at night, without being on call")
        SEARCHES = "searches", _("searches in a row")
        REFUSALS = "refusals", _("pages refused in a row")

    class Why(models.TextChoices):
        WORK = "work", _("it was part of their work")
        COVERING = "covering", _("they stood in for a colleague")
        TALKED = "talked", _("I talked with them; nothing more is needed")
        OTHER_PERSON = "other_person", _("somebody else used their account: I had it switched off")
        PASSED_ON = "passed_on", _("I passed it on, to be looked into")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    centre = models.ForeignKey(Centre, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("centre"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField(_("number"))
    noticed_at = models.DateTimeField(_("noticed"))
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by"))
    checked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    why = models.CharField(_("reason"), max_length=12, choices=Why.choices, blank=True)

    class Meta:
        verbose_name = _("unusual reading")
        verbose_name_plural = _("unusual reading")
        constraints = [
            models.UniqueConstraint(fields=["person", "day", "kind", "centre"], name="one_reading_notice_a_day"),
            models.UniqueConstraint(fields=["person", "day", "kind"], condition=Q(centre=None), name="one_notice_without_centre"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day:%Y-%m-%d}"
