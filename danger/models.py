"""Sentences that clinicians propose for the collection (danger/corpus/collection.py)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy


class ProposedSentence(models.Model):
    """A sentence and its meaning. It can join the collection once a second clinician has agreed.

    It is never copied from a visitor's message: clinicians write it in their own words.
    """

    text = models.CharField(gettext_lazy("sentence"), max_length=300)
    language = models.CharField(gettext_lazy("language"), max_length=10)
    # The code of a sign, or "hard"; no choices, since the signs are no part of the schema (danger.proposals.KINDS).
    kind = models.CharField(gettext_lazy("what it means"), max_length=30)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=gettext_lazy("proposed by")
    )
    proposed_at = models.DateTimeField(gettext_lazy("proposed at"), auto_now_add=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("agreed by")
    )
    agreed_at = models.DateTimeField(gettext_lazy("agreed at"), null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("sentence for hearing danger")
        verbose_name_plural = gettext_lazy("sentences for hearing danger")
        ordering = ("-proposed_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["text", "language"], name="danger_sentence_once"),
            models.CheckConstraint(condition=Q(agreed_by=None) | ~Q(agreed_by=F("proposed_by")), name="danger_sentence_by_a_second_person"),
        )

    def __str__(self) -> str:
        return self.text
