"""Pre-screens."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.inquiries import Inquiry


class PreScreen(models.Model):
    """The structured notes of a first conversation, sealed. For triage only; it does not decide on a placement."""

    inquiry = models.OneToOneField(Inquiry, models.CASCADE, related_name="pre_screen", primary_key=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("pre-screen")
        verbose_name_plural = _("pre-screens")

    def __str__(self) -> str:
        return str(self.inquiry_id)
