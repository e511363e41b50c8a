"""Incidents and vendors. Rows are closed, never deleted, and each change of one is an event of the record."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

NO_NAMES = _("Name no visitor and no patient here, and no phone number or e-mail address of one: counts and references only.")


class Incident(models.Model):
    """Something that happened, or may have happened, to what people told us in confidence.

    compliance.clocks computes until when who must be told. The four texts are the risk assessment of 45 CFR 164.402(2); without one that
    says otherwise an incident counts as a breach, so its clock runs.
    """

    class Kind(models.TextChoices):
        WRONG_RECEIVER = "wrong_receiver", _("told to the wrong person")
        READ_WITHOUT_NEED = "read", _("read by a colleague without need")
        ACCOUNT = "account", _("somebody else used an account")
        DEVICE = "device", _("device, paper or backup lost or stolen")
        INTRUSION = "intrusion", _("break-in to a server, or harmful software")
        VENDOR = "vendor", _("at a vendor")
        LOST = "lost", _("data destroyed or not available")
        OTHER = "other", _("something else")

    class People(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        NONE = "none", _("nobody")
        FEW = "under_10", _("1 to 9")
        SOME = "under_100", _("10 to 99")
        MANY = "under_500", _("100 to 499")
        LARGE = "500", _("500 or more")

    class Breach(models.TextChoices):
        UNDECIDED = "", _("not decided yet (counts as a breach)")
        YES = "yes", _("yes, a breach")
        LOW_RISK = "low_risk", _("no: the assessment shows a low probability that it was compromised")
        SECURED = "secured", _("no: what was taken is sealed, and its key is safe")
        EXCEPTION = "exception", _("no: one of the three exceptions of 45 CFR 164.402(1)")

    found_on = models.DateField(
        _("found on"), help_text=_("The first day on which somebody here knew of it, or could have known. The 60 days begin then.")
    )
    happened_on = models.DateField(_("happened on"), null=True, blank=True, help_text=_("If it is known."))
    kind = models.CharField(_("what kind"), max_length=16, choices=Kind.choices)
    centres = models.ManyToManyField("intake.Centre", related_name="+", verbose_name=_("centres"))
    people = models.CharField(_("how many people"), max_length=10, choices=People.choices, default=People.UNKNOWN)
    many_in_one_state = models.BooleanField(
        _("more than 500 of them live in one state"), default=False, help_text=_("Then newspapers or stations there are told as well.")
    )
    what_happened = models.TextField(_("what happened"), max_length=4000, help_text=NO_NAMES)
    what_was_done = models.TextField(_("what was done"), max_length=4000, blank=True, help_text=NO_NAMES)
    nature = models.TextField(
        _("1. what kind of data, and how easily it names people"), max_length=1000, blank=True, help_text=_("45 CFR 164.402(2)(i)")
    )
    receiver = models.TextField(
        _("2. who used or got it"), max_length=1000, blank=True, help_text=_("45 CFR 164.402(2)(ii): a role, no name.")
    )
    viewed = models.TextField(_("3. was it really taken or looked at?"), max_length=1000, blank=True, help_text=_("45 CFR 164.402(2)(iii)"))
    mitigated = models.TextField(_("4. how far the risk was lowered"), max_length=1000, blank=True, help_text=_("45 CFR 164.402(2)(iv)"))
    breach = models.CharField(_("is it a breach?"), max_length=10, choices=Breach.choices, blank=True, default=Breach.UNDECIDED)
    delayed_until = models.DateField(
        _("police asked to wait until"), null=True, blank=True, help_text=_("45 CFR 164.412. Without a letter 30 days at most.")
    )
    people_told_on = models.DateField(_("people told on"), null=True, blank=True, help_text=_("45 CFR 164.404"))
    media_told_on = models.DateField(_("newspapers and stations told on"), null=True, blank=True, help_text=_("45 CFR 164.406"))
    hhs_told_on = models.DateField(_("HHS told on"), null=True, blank=True, help_text=_("45 CFR 164.408, on the website of HHS."))
    state_told_on = models.DateField(
        _("state authority told on"),
        null=True,
        blank=True,
        help_text=_("Many states have a law and a shorter time of their own. Ask a lawyer."),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-found_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.found_on:%Y-%m-%d}"


class Vendor(models.Model):
    """Another company that could see what people told us, and the agreement with it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    service = models.CharField(_("what it does for us"), max_length=200)
    sees = models.TextField(_("what it can see"), max_length=1000, help_text=NO_NAMES)
    sees_health_data = models.BooleanField(
        _("could see who asked for help"), default=True, help_text=_("Then a written agreement is needed: 45 CFR 164.504(e).")
    )
    agreement_signed_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    agreement_until = models.DateField(_("agreement ends on"), null=True, blank=True)
    agreement_file = models.CharField(_("where the agreement is kept"), max_length=200, blank=True)
    review_on = models.DateField(_("look at it again on"))
    contact = models.CharField(_("contact there"), max_length=200, blank=True, help_text=_("For a call at night."))
    ended_on = models.DateField(_("no longer used since"), null=True, blank=True)

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def lacks_agreement(self, today: dt.date) -> bool:
        """Return whether it could see who asked for help without an agreement that holds today."""
        if not self.sees_health_data or self.ended_on:
            return False
        return self.agreement_signed_on is None or (self.agreement_until is not None and self.agreement_until < today)
