"""Pictures and glossary terms, which guides share."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recovery_site import languages


class Picture(models.Model):
    """A picture for guides, stored in several widths. The upload isn't kept, since its metadata may include a location."""

    digest = models.CharField(max_length=32, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120, help_text=_("To find it again."))
    alt = models.CharField(
        _("what it shows"), max_length=300, help_text=_("For people who can’t see it. One plain sentence without “picture of”.")
    )
    credit = models.CharField(_("who made it, and the licence"), max_length=200, blank=True)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    widths = models.JSONField(default=list, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class PictureFile(models.Model):
    """One width of a picture, as it is sent. A row, because every node of the site has the database, and nothing else in common."""

    name = models.CharField(max_length=80, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """A glossary term. Its first use in each guide links to the glossary.

    Editors change `term`, `also` and `meaning`. Visitors read the `shown_` fields, which only
    articles.workflow.glossary_review writes.
    """

    language = models.CharField(_("language"), max_length=8, choices=languages.choices, default=settings.LANGUAGE_CODE)
    slug = models.SlugField(_("anchor"), max_length=80)
    term = models.CharField(_("term"), max_length=80)
    also = models.CharField(_("also written"), max_length=200, blank=True, help_text=_("Other forms, with commas between."))
    meaning = models.TextField(_("meaning"), help_text=_("One or two plain sentences."))

    # The approved texts (or the starter library's), which visitors read. Empty before the first approval.
    shown_term = models.CharField(max_length=80, blank=True, editable=False)
    shown_also = models.CharField(max_length=200, blank=True, editable=False)
    shown_meaning = models.TextField(blank=True, editable=False)
    reviewed_by = models.CharField(_("reviewed by"), max_length=250, blank=True, editable=False)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True, editable=False)
    waits = models.BooleanField(_("waits for a reviewer"), default=True, editable=False)
    # The authors of unapproved changes, who can't approve them.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")
        ordering = ["language", "term"]
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="one_term_an_anchor")]

    def __str__(self) -> str:
        return self.term
