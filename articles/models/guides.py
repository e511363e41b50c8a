"""Working copies of guides, which editors change. Visitors read editions."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recovery_site import languages


class GuideQuerySet(models.QuerySet["Guide"]):
    def live(self) -> "GuideQuerySet":
        """Guides that visitors can read now."""
        return self.filter(live_edition__isnull=False)

    def due_for_publishing(self, now: dt.datetime) -> "GuideQuerySet":
        """Approved guides whose time of publishing has come."""
        return self.filter(state=Guide.State.APPROVED, publish_at__lte=now)


class Guide(models.Model):
    """The working copy of a guide in one language.

    `state` is the state of the working copy. Whether visitors can read the guide depends on `live_edition`: editing a
    published guide makes the working copy a draft again, while its edition stays live.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class Kind(models.TextChoices):
        """The kind determines the review interval (articles.workflow.review_calendar)."""

        WITHDRAWAL = "withdrawal", _("Withdrawal (review every 12 months)")
        SAFETY = "safety", _("Safety and drug supply (review every 12 months)")
        LAW = "law", _("Law and money (review every 12 months)")
        HELPLINES = "helplines", _("Helplines (review every 12 months)")
        TREATMENT = "treatment", _("Treatment (review every 24 months)")
        GENERAL = "general", _("General (review every 36 months)")

    class Gone(models.TextChoices):
        """Why a guide was taken off the site, as its address says."""

        OUTDATED = "outdated", _("It was out of date")
        CORRECTING = "correcting", _("It is being corrected")
        REPLACED = "replaced", _("Another guide took its place")
        NOT_OFFERED = "not_offered", _("What it was about is no longer offered")

    # Content
    language = models.CharField(_("language"), max_length=8, choices=languages.choices, default=settings.LANGUAGE_CODE)
    slug = models.SlugField(
        _("address"),
        max_length=100,
        help_text=_("The last part of the guide’s address. When it changes, the old address leads to the new one."),
    )
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(
        _("summary"), max_length=300, blank=True, help_text=_("One or two plain sentences: what the reader will know afterwards.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.GENERAL)
    substances = models.JSONField(_("substances"), default=list, blank=True)
    stages = models.JSONField(_("stages"), default=list, blank=True)
    readers = models.JSONField(_("readers"), default=list, blank=True)
    body = models.TextField(_("text"), blank=True)
    at_a_glance = models.JSONField(
        _("at a glance"), default=list, blank=True, help_text=_("Three to five facts, one a line: “Label: text”.")
    )
    content_note = models.CharField(
        _("content note"),
        max_length=300,
        blank=True,
        help_text=_("One plain sentence before detail of overdose or suicide. Empty for most guides."),
    )
    contact_heading = models.CharField(_("contact block: heading"), max_length=120, blank=True)
    contact_text = models.TextField(_("contact block: text"), blank=True)
    related = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="related_from", verbose_name=_("related guides"))

    # Translation: each translation refers to the guide it was made from.
    original = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="translations", verbose_name=_("translation of"),
        help_text=_("The guide in the other language that this one was made from."),
    )  # fmt: skip
    original_edition_seen = models.PositiveIntegerField(_("edition of the original that this text follows"), null=True, blank=True)

    # State and people
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True, help_text=_("Once approved. Empty: at once."))
    live_edition = models.OneToOneField(
        "articles.Edition", models.PROTECT, null=True, blank=True, related_name="live_for", verbose_name=_("edition that visitors read")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="guides_owned", verbose_name=_("owner"),
        help_text=_("Is reminded when the guide is due for review."),
    )  # fmt: skip
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="guides_seconded", verbose_name=_("second person"),
        help_text=_("Is reminded too, because people leave."),
    )  # fmt: skip
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="guides_created",
        verbose_name=_("written by"),
    )
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("last edited by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("last edited"), default=timezone.now, editable=False, db_index=True)

    # The last review of the whole guide, as shown to readers. Reviewing an edited part doesn't change it.
    reviewed_by = models.CharField(_("reviewed by"), max_length=250, blank=True, editable=False)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True, editable=False)
    next_review_on = models.DateField(_("next review"), null=True, blank=True, editable=False, db_index=True)

    # Links to other guides, denormalised by articles.rendering.related_links so that a page needs one query.
    public_links = models.JSONField(default=dict, blank=True, editable=False)
    public_changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Of a guide that was taken off the site: why, in whose own words, and what to read instead (by a link, or at once).
    gone_because = models.CharField(max_length=12, choices=Gone.choices, blank=True, default="", db_default="", editable=False)
    gone_note = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    gone_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    gone_redirects = models.BooleanField(default=False, db_default=False, editable=False)

    # Starter guides: the digest of what the loader last wrote, to detect later changes by editors.
    starter_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="one_guide_an_address")]
        indexes = [models.Index(fields=["title"], name="guide_by_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_state(self) -> tuple[str, str]:
        """(code, name) of the state shown to editors. Published guides past their review date are "review_due"."""
        if self.state == self.State.PUBLISHED and self.next_review_on and self.next_review_on < timezone.localdate():
            return "review_due", str(_("Review due"))
        return self.state, str(self.get_state_display())


class Source(models.Model):
    """A source of the guide. The text cites it by number: “[3]”."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="sources", verbose_name=_("guide"))
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)])
    url = models.URLField(_("web address"), max_length=500, blank=True)
    read_on = models.DateField(_("read on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["number"]

    def __str__(self) -> str:
        # Tell editors which sources nobody has read yet. Readers don't see this.
        name = f"[{self.number}] {self.title}"
        return name if self.read_on else str(_("%(source)s (not read yet)") % {"source": name})


class TimelinePhase(models.Model):
    """A phase of a timeline: what happens between two times, in hours after the last use."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="phases", verbose_name=_("guide"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    from_hour = models.PositiveIntegerField(_("from hour"), help_text=_("Hours since the last use."))
    to_hour = models.PositiveIntegerField(_("to hour"))
    intensity = models.PositiveSmallIntegerField(
        _("how strong (1 to 5)"), validators=[MinValueValidator(1), MaxValueValidator(5)], default=1
    )
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what happens"), blank=True)

    class Meta:
        verbose_name = _("phase of the timeline")
        verbose_name_plural = _("timeline")
        ordering = ["from_hour", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_hour__gt=F("from_hour")),
                name="phase_ends_after_it_begins",
                violation_error_message=_("A phase must end after it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.title
