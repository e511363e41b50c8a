"""Legal holds, and the cases that they keep although their sender withdrew them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre
from intake.models.events import Event
from intake.models.inquiries import Inquiry


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> "LegalHoldQuerySet":
        """Return the holds that keep cases: from the moment they are asked for until they are lifted."""
        return self.filter(lifted_at=None)

    def covering(self, case: Any, received_at: Any, centre: Any) -> "LegalHoldQuerySet":
        """Return the holds that cover a case: by its id, that of a case merged into it, or the centre and the day it arrived.

        A case that was handed over stays under the holds of every centre at which something was done to it. The arguments are values,
        or references to a surrounding query.
        """
        inner = OuterRef(case) if isinstance(case, OuterRef) else case
        was_there = Exists(Event.objects.filter(inquiry=inner, centre=OuterRef("centre")))
        by_period = Q(inquiry=None, since__lte=received_at, until__gte=received_at) & (Q(centre=centre) | was_there)
        return self.filter(Q(inquiry=case) | Q(inquiry__merged_cases=case) | by_period)


class LegalHold(models.Model):
    """An order to keep one case, or all that a centre received in a period, whatever rule or wish would erase it.

    It keeps from the moment it is asked for; a second person approves it, or it ends. No typed word of a case is in it.
    """

    class Reason(models.TextChoices):
        ORDER = "order", _("order of a court")
        SUBPOENA = "subpoena", _("subpoena, or a request of an authority")
        LAWSUIT = "lawsuit", _("a lawsuit, or one that must be expected")
        COMPLAINT = "complaint", _("complaint about the care")
        COUNSEL = "counsel", _("our lawyer told us to")

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="legal_holds", verbose_name=_("centre"))
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, blank=True, related_name="legal_holds", verbose_name=_("case"))
    # Of what was received from and until; both null for a hold on one case.
    since = models.DateTimeField(_("received from"), null=True, blank=True)
    until = models.DateTimeField(_("received until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    file_number = models.CharField(_("file number"), max_length=40, blank=True)
    review_on = models.DateField(_("look at it again on"))
    # Who may read what their sender withdrew. They must lead the centre as well.
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("who may read withdrawn cases"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    lift_asked_at = models.DateTimeField(null=True, blank=True)
    # Null when it ended by itself, because nobody approved it.
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("keeping and erasing")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(inquiry__isnull=False, since=None, until=None)
                | Q(inquiry=None, since__isnull=False, until__isnull=False, until__gt=F("since")),
                name="hold_has_one_scope",
            ),
            models.CheckConstraint(condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")), name="hold_approved_by_another"),
            models.CheckConstraint(condition=Q(lifted_by=None) | ~Q(lifted_by=F("lift_asked_by")), name="hold_lifted_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.asked_at:%Y-%m-%d}"


class WithheldCase(models.Model):
    """A case that its sender withdrew under a hold: for everybody it is erased (Inquiry.erased_at), but its sealed content is still there.

    `columns` are those of the inquiry that describe the person, as they were. When no hold covers the case any more, housekeeping
    erases the content and this row.
    """

    inquiry = models.OneToOneField(Inquiry, models.PROTECT, primary_key=True, related_name="withheld")
    since = models.DateTimeField()
    columns = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("case kept by a hold")
        verbose_name_plural = _("cases kept by a hold")
        ordering = ["since"]

    def __str__(self) -> str:
        return str(self.inquiry_id)
