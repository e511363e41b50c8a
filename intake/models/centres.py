"""Centres, their opening hours, retention rules, public keys and members."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SHORTEST_KEPT = 7  # days, so that a case closed by mistake can still be reopened


class CentreQuerySet(models.QuerySet["Centre"]):
    def accepting(self) -> "CentreQuerySet":
        """Return the centres that an inquiry may be routed to now."""
        return self.filter(accepts_inquiries=True).exclude(paused_until__gt=timezone.now())


class Centre(models.Model):
    """A treatment centre that answers inquiries, with its hours, response-time targets and contact details."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    address = models.TextField(_("address"), blank=True)
    directions = models.TextField(_("how to get there"), blank=True)
    services = models.TextField(_("services"), blank=True, help_text=_("One a line."))
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    is_default = models.BooleanField(
        _("takes what nothing else takes"), default=False, help_text=_("Exactly one centre: an inquiry that matches no rule goes here.")
    )
    accepts_inquiries = models.BooleanField(_("accepts inquiries"), default=True)
    promise_minutes = models.PositiveSmallIntegerField(
        _("answer within (minutes)"), default=60, validators=[MinValueValidator(5)], help_text=_("Counted in opening hours.")
    )
    urgent_promise_minutes = models.PositiveSmallIntegerField(
        _("answer within when urgent (minutes)"), default=15, validators=[MinValueValidator(5)]
    )
    cadence_tries = models.PositiveSmallIntegerField(
        _("tries to reach someone"),
        default=3,
        validators=[MinValueValidator(1)],
        help_text=_("After these the case is proposed for closing."),
    )
    cadence_days = models.PositiveSmallIntegerField(_("spread over (days)"), default=5, validators=[MinValueValidator(1)])
    paused_until = models.DateTimeField(
        _("takes no new inquiries until"),
        null=True,
        blank=True,
        help_text=_("A pause ends by itself at this time; inquiries go to the default centre meanwhile."),
    )
    notify_address = models.EmailField(
        _("shared e-mail address"), blank=True, help_text=_("Told of new inquiries beside the people themselves.")
    )
    escalate_after_minutes = models.PositiveSmallIntegerField(
        _("tell the person on call after (minutes)"),
        default=30,
        validators=[MinValueValidator(5)],
        help_text=_("When nobody has taken a case this long after it arrived."),
    )

    # The database has the default, so that the previous release can add centres while this one is rolled out.
    monthly_drill = models.BooleanField(
        _("danger drill once a month"),
        default=False,
        db_default=False,
        help_text=_("An invented danger case arrives unannounced, and shows itself as a drill when it is opened."),
    )

    objects = CentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_centre"),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """A period of a weekday during which staff answer, in the centre's time zone."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="opening_hours", verbose_name=_("centre"))
    weekday = models.PositiveSmallIntegerField(
        _("weekday"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("For midnight write 23:59."))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="closes_after_opening", violation_error_message=_("Closing must be after opening.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Holiday(models.Model):
    """A day on which a centre is closed regardless of its opening hours."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="holidays", verbose_name=_("centre"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="one_holiday_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()


class RetentionRule(models.Model):
    """How long a centre keeps the content of closed cases with a given outcome. Without a rule it is kept indefinitely."""

    class Outcome(models.TextChoices):
        # Mirrors Inquiry.Outcome, whose module imports this one; a test compares the two. WITHDRAWN is absent: such cases
        # are erased at once.
        ADMITTED = "admitted", _("admitted")
        REFERRED = "referred", _("referred")
        INFORMED = "informed", _("information given")
        NO_CONTACT = "no_contact", _("no contact after several tries")
        DECLINED = "declined", _("declined")
        DUPLICATE = "duplicate", _("duplicate")
        SPAM = "spam", _("spam")

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="retention_rules", verbose_name=_("centre"))
    outcome = models.CharField(_("closed as"), max_length=12, choices=Outcome.choices)
    days = models.PositiveSmallIntegerField(
        _("erase after (days)"),
        validators=[MinValueValidator(SHORTEST_KEPT), MaxValueValidator(7320)],
        help_text=_("Counted from closing. What was said is destroyed for good; when it was, and by whom it was answered, stays."),
    )

    class Meta:
        verbose_name = _("time of keeping")
        verbose_name_plural = _("how long closed cases are kept")
        ordering = ["outcome"]
        constraints = [models.UniqueConstraint(fields=["centre", "outcome"], name="one_retention_an_outcome")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.days}"


class CentreKeyQuerySet(models.QuerySet["CentreKey"]):
    def usable(self) -> "CentreKeyQuerySet":
        """Return the keys that new inquiries may be sealed to: not retired, and the staff's server can open what is sealed to them."""
        return self.filter(retired_at=None, unusable_since=None)


class CentreKey(models.Model):
    """A centre's HPKE public key. The private key is a file on the staff server and never in the database."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="keys", verbose_name=_("centre"))
    public_key = models.BinaryField(_("public key"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # Since when the staff's server can't open what is sealed to it (intake.crypto.keyring.verify_keys). Stored, because a public server
    # must know it, too.
    unusable_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CentreKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre key")
        verbose_name_plural = _("centre keys")
        constraints = [
            models.UniqueConstraint(fields=["centre"], condition=Q(retired_at=None), name="one_active_key_a_centre"),
        ]

    def __str__(self) -> str:
        return f"{self.centre} ({self.pk})"


class Membership(models.Model):
    """A staff member's role and notification settings at one centre."""

    class Role(models.TextChoices):
        TRIAGE = "triage", _("triage")
        LEAD = "lead", _("lead")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="memberships", verbose_name=_("centre"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.TRIAGE)
    notify = models.BooleanField(_("e-mail them about new inquiries"), default=True)
    weekly_report = models.BooleanField(
        _("send a lead last week's numbers by e-mail"), default=False, help_text=_("On Mondays, numbers only: no case, no person.")
    )
    report_sent_on = models.DateField(null=True, blank=True, editable=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, help_text=_("In their own time zone. Not while on call."))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a centre")
        verbose_name_plural = _("members of centres")
        constraints = [models.UniqueConstraint(fields=["user", "centre"], name="one_membership_a_centre")]

    def __str__(self) -> str:
        return f"{self.user} · {self.centre} · {self.get_role_display()}"
