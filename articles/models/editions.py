"""Editions: the immutable, numbered versions of guides that visitors read."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from recovery_site import languages


def path_of(language: str, slug: str) -> str:
    """Return the public path of a guide. Doesn't use reverse(), because a staff server has no visitor URLs."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{prefix}/guides/{slug}/"


class ImmutableEdition(Exception):
    """Raised when code tries to change or delete an edition. Publish a new edition instead."""


class EditionQuerySet(models.QuerySet["Edition"]):
    def live(self) -> "EditionQuerySet":
        """Editions that visitors read now, one per guide."""
        return self.filter(live_for__isnull=False)

    def in_language(self, language: str) -> "EditionQuerySet":
        return self.filter(language=language)

    def without_text(self) -> "EditionQuerySet":
        """Leave out the long columns, for lists."""
        return self.defer("html", "snapshot", "opening_html", "toc", "sources", "sources_html")

    def update(self, **kwargs: Any) -> NoReturn:
        raise ImmutableEdition

    def delete(self) -> NoReturn:
        raise ImmutableEdition


class Edition(models.Model):
    """A published version of a guide: its rendered HTML, everything else its page shows, and the snapshot it was made from.

    It has no foreign key to users, so deleting a user doesn't affect it. Database triggers (migration 0002) refuse to
    change or delete rows; this class raises ImmutableEdition before that.
    """

    guide = models.ForeignKey("articles.Guide", models.PROTECT, related_name="editions", verbose_name=_("guide"))
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=8, choices=languages.choices)
    slug = models.SlugField(_("address"), max_length=100)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=12)
    topics = models.CharField(_("topics"), max_length=600, blank=True)
    content_note = models.CharField(_("content note"), max_length=300, blank=True)
    html = models.TextField(_("text"))
    toc = models.JSONField(_("table of contents"), default=list)
    at_a_glance = models.JSONField(_("at a glance"), default=list)
    opening_html = models.TextField(_("facts, contents and timeline"), blank=True)
    sources = models.JSONField(_("sources"), default=list)
    sources_html = models.TextField(_("list of sources"), blank=True)
    contact_heading = models.CharField(_("contact block: heading"), max_length=120, blank=True)
    contact_text = models.TextField(_("contact block: text"), blank=True)
    reading_minutes = models.PositiveSmallIntegerField(_("reading time (minutes)"), default=1)
    approved_by = models.CharField(_("approved by"), max_length=250, blank=True)
    approved_on = models.DateField(_("approved on"), null=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.CharField(_("published by"), max_length=250, blank=True)
    digest = models.CharField(max_length=64)
    snapshot = models.JSONField(default=dict)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["guide", "-number"]
        constraints = [models.UniqueConstraint(fields=["guide", "number"], name="one_edition_a_number")]
        indexes = [models.Index(fields=["-published_at"], name="edition_published")]

    def __str__(self) -> str:
        return _("%(title)s, edition %(number)s") % {"title": self.title, "number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableEdition
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the path at which visitors read it while it is the live edition."""
        return path_of(self.language, self.slug)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableEdition


class Address(models.Model):
    """A slug under which a guide was ever published. Old ones redirect to that of the live edition."""

    language = models.CharField(_("language"), max_length=8, choices=languages.choices)
    slug = models.SlugField(_("address"), max_length=100)
    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="addresses", verbose_name=_("guide"))

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="one_address_once")]

    def __str__(self) -> str:
        return f"{self.language}/{self.slug}"


class OldAddress(models.Model):
    """A path that a guide had on the site that it was imported from. It leads to the guide once that is published."""

    path = models.CharField(_("path"), max_length=500, unique=True)
    guide = models.ForeignKey("articles.Guide", models.CASCADE, related_name="old_addresses", verbose_name=_("guide"))

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.path

    @staticmethod
    def normal(path: str) -> str:
        """Return `path` as it is stored: without the slash at its end, which links often lack, and in small letters."""
        return (path.rstrip("/") or "/").lower()[:500]
