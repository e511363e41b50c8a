"""Keyed hashes of phone numbers and e-mail addresses, and the contacts that are blocked. Neither is stored in clear."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.inquiries import Inquiry


class ContactKind(models.TextChoices):
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")


class ContactDigest(models.Model):
    """The keyed hash of the phone number or e-mail address of an inquiry's sender (intake.cases.blind_index)."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="contact_digests", db_index=False)
    kind = models.CharField(max_length=5, choices=ContactKind.choices)
    digest = models.BinaryField(max_length=32)
    # Of a phone number: the keyed hash of its last four digits, for looking it up. Null until the staff server has computed it, and
    # empty for a number that is too short. A column of its own, because many people share an ending: nothing but the look-up may use it.
    ending = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name = _("contact digest")
        verbose_name_plural = _("contact digests")
        constraints = [models.UniqueConstraint(fields=["inquiry", "kind"], name="one_digest_a_kind")]
        indexes = [
            models.Index("digest", name="contact_by_digest"),
            models.Index("ending", name="contact_by_ending", condition=Q(ending__isnull=False)),
            models.Index("inquiry", name="contact_without_ending", condition=Q(kind="phone", ending=None)),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.kind}"


class BlockedContact(models.Model):
    """A phone number or e-mail address blocked for abuse. Inquiries from it are closed as spam unless they are urgent."""

    digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=5, choices=ContactKind.choices)
    # The case it was blocked from, so that a lead can tell the blocks apart.
    inquiry = models.ForeignKey(Inquiry, models.SET_NULL, null=True, related_name="+", verbose_name=_("blocked from case"))
    blocked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("blocked by"))
    blocked_at = models.DateTimeField(_("blocked"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("blocked contact")
        verbose_name_plural = _("blocked contacts")
        ordering = ["-blocked_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.blocked_at:%Y-%m-%d}"

    @classmethod
    def in_force(cls, now: object) -> "models.QuerySet[BlockedContact]":
        """Return the blocks that have not expired at `now`."""
        return cls.objects.filter(Q(until=None) | Q(until__gt=now))
