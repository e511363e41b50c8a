"""Centres, what visitors read about them, their opening hours, retention rules, public keys and members."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

SHORTEST_KEPT = 7  # days, so that a case closed by mistake can still be reopened


class CentreQuerySet(models.QuerySet["Centre"]):
    def accepting(self) -> "CentreQuerySet":
        """Return the centres that an inquiry may be routed to now."""
        return self.filter(accepts_inquiries=True).exclude(paused_until__gt=timezone.now())


class Payment(models.TextChoices):
    """A way of paying that a centre takes."""

    MEDICAID = "medicaid", _("Medicaid")
    MEDICARE = "medicare", _("Medicare")
    PRIVATE = "private", _("private insurance")
    SELF_PAY = "self_pay", _("paying yourself")
    SLIDING_SCALE = "sliding_scale", _("a price that depends on your income")
    FREE = "free", _("free of charge for people who can't pay")


class Level(models.TextChoices):
    """A level of care that a centre offers."""

    DETOX = "detox", _("Detox")
    RESIDENTIAL = "residential", _("Residential treatment")
    OUTPATIENT = "outpatient", _("Outpatient treatment")


class CentreTexts(models.Model):
    """What a centre says about itself, in one language. Visitors read it as it was typed."""

    services = models.TextField(_("services"), blank=True, help_text=_("One a line."))
    takes = models.TextField(_("whom you take"), blank=True, default="", db_default="", help_text=_("One a line."))
    takes_not = models.TextField(
        _("what you can't treat"), blank=True, default="", db_default="", help_text=_("One a line, and where people can go instead.")
    )
    paying = models.TextField(_("more about paying"), blank=True, default="", db_default="")
    to_bring = models.TextField(_("what to bring"), blank=True, default="", db_default="", help_text=_("One a line."))
    directions = models.TextField(_("how to get there"), blank=True)
    transport = models.TextField(
        _("transport"), blank=True, default="", db_default="", help_text=_("Bus, train, parking, rides that you arrange.")
    )
    about = models.TextField(_("who runs it"), blank=True, default="", db_default="")
    people = models.TextField(
        _("people and their roles"), blank=True, default="", db_default="", help_text=_("One a line: name, role, license.")
    )
    licences = models.TextField(
        _("licenses and accreditation"), blank=True, default="", db_default="", help_text=_("One a line: what, by whom, its number.")
    )

    class Meta:
        abstract = True


class Centre(CentreTexts):
    """A treatment centre that answers inquiries, with its hours, response-time targets and contact details.

    Its texts are in LANGUAGE_CODE; CentreTranslation has the other languages. New columns have a default in the database, so that
    the previous release can add centres while this one is rolled out.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    payments = models.JSONField(_("how people can pay"), default=list, blank=True, null=True)  # codes of Payment
    levels = models.JSONField(
        _("levels of care"), default=list, blank=True, null=True, help_text=_("For these your team can say on its front page what is free.")
    )  # codes of Level
    always_open = models.BooleanField(
        _("somebody answers day and night"),
        default=False,
        db_default=False,
        help_text=_("The opening hours below then don't count; days off and special hours do."),
    )
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


class CentreTranslation(CentreTexts):
    """What a centre says about itself in another language than LANGUAGE_CODE. An empty text falls back to the centre's own."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="translations", verbose_name=_("centre"))
    language = models.CharField(_("language"), max_length=12)

    class Meta:
        verbose_name = _("texts in another language")
        verbose_name_plural = _("texts in other languages")
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["centre", "language"], name="one_translation_a_language")]

    def __str__(self) -> str:
        return f"{self.centre} ({self.language})"


class Availability(models.Model):
    """What a centre said about free places at one level of care. Rows are added and never changed; the newest counts for a day."""

    class State(models.TextChoices):
        TODAY = "today", _("a place today")
        WEEK = "week", _("a place this week")
        WAITING = "waiting", _("a waiting list")
        UNSAID = "", _("nothing said")

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="availabilities")
    level = models.CharField(max_length=12, choices=Level.choices)
    state = models.CharField(max_length=8, choices=State.choices, blank=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["said_at"]
        indexes = [models.Index("centre", "said_at", name="availability_newest")]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.level} {self.state} {self.said_at:%Y-%m-%d %H:%M}"


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
        return f"{self.get_weekday_display()} {time_format(self.opens)}–{time_format(self.closes)}"


class Holiday(models.Model):
    """A day, or several, on which a centre's usual hours don't count: it is closed, or open at other times."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="holidays", verbose_name=_("centre"))
    day = models.DateField(_("day"))
    last_day = models.DateField(_("last day"), null=True, blank=True, help_text=_("If it is more than one day."))
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Empty: closed."))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    answered_by = models.CharField(
        _("who answers meanwhile"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("A name and a number, for visitors."),
    )

    class Meta:
        verbose_name = _("day off or special hours")
        verbose_name_plural = _("days off and special hours")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "day"], name="one_holiday_a_day"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("day")),
                name="holiday_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None) | Q(opens__isnull=False, closes__isnull=False, closes__gt=F("opens")),
                name="special_hours_are_whole",
                violation_error_message=_("Write when you open and when you close, or leave both empty if you are closed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()

    @property
    def until(self) -> dt.date:
        """The last day of it."""
        return self.last_day or self.day


class RetentionRule(models.Model):
    """How long a centre keeps the content of closed cases with a given outcome. Without a rule it is kept indefinitely."""

    class Outcome(models.TextChoices):
        # Mirrors Inquiry.Outcome, whose module imports this one; a test compares the two.
        ADMITTED = "admitted", _("admitted")
        REFERRED = "referred", _("referred")
        INFORMED = "informed", _("information given")
        NO_CONTACT = "no_contact", _("no contact after several tries")
        DECLINED = "declined", _("declined")
        # Closed so by staff, whom the person told. What visitors withdraw themselves is erased at once.
        WITHDRAWN = "withdrawn", _("withdrawn by the visitor")
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


class CentreKey(models.Model):
    """A centre's HPKE public key. The private key is a file on the staff server and never in the database."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="keys", verbose_name=_("centre"))
    public_key = models.BinaryField(_("public key"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # Since when the staff's server can't open what is sealed to it (intake.crypto.keyring.verify_keys). Stored, because a public server
    # must know it, too.
    unusable_since = models.DateTimeField(null=True, blank=True, editable=False)
    # Which of the staff's machines last opened something with it, and when: one whose file is missing doesn't speak for the others.
    opened_on = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The organisation's Ed25519 signature (intake.crypto.pins), without which nothing is sealed to the key.
    signature = models.BinaryField(null=True, editable=False)

    class Meta:
        verbose_name = _("centre key")
        verbose_name_plural = _("centre keys")
        constraints = [
            models.UniqueConstraint(fields=["centre"], condition=Q(retired_at=None), name="one_active_key_a_centre"),
        ]

    def __str__(self) -> str:
        return f"{self.centre} ({self.pk})"


class SecretFingerprint(models.Model):
    """A keyed hash of a secret that the data needs, so that a server with another one notices (intake.crypto.fingerprints)."""

    name = models.CharField(max_length=40, primary_key=True)
    digest = models.BinaryField(max_length=32)
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


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
    report_language = models.CharField(
        _("language of these numbers"), max_length=12, blank=True, default="", db_default="", help_text=_("Empty: the site's language.")
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
