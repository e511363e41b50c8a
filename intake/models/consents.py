"""The consents that visitors gave."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.inquiries import Inquiry


class Consent(models.Model):
    """A visitor's consent to one purpose: its wording and language, when it was given, and when it was withdrawn."""

    class Purpose(models.TextChoices):
        CALL = "call", _("to be called")
        TEXT = "text", _("to be sent text messages by a person")
        AUTOMATED_TEXT = "automated_text", _("to be sent automated text messages")
        EMAIL = "email", _("to be sent e-mail")
        TELL_OF_ANSWER = "tell_of_answer", _("to be told by e-mail that an answer waits")

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("agreed"), max_length=16, choices=Purpose.choices)
    wording = models.CharField(_("wording"), max_length=16, help_text=_("The version of the sentence: intake.cases.consents."))
    language = models.CharField(max_length=8)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "purpose"], condition=Q(withdrawn_at=None), name="one_consent_a_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.wording})"
