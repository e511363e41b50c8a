"""What staff ask on the phone before an evaluation, and the texts they answer with."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.centres import Centre
from intake.models.inquiries import Inquiry
from recovery_site import languages


class PreScreen(models.Model):
    """The structured notes of a first talk, sealed. Triage, never a placement."""

    inquiry = models.OneToOneField(Inquiry, models.CASCADE, related_name="pre_screen", primary_key=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("pre-screen")
        verbose_name_plural = _("pre-screens")

    def __str__(self) -> str:
        return str(self.inquiry_id)


class WaitingListEntry(models.Model):
    """Somebody for whom there is no place yet: since when, why, what is offered meanwhile, when we ask again."""

    class Reason(models.TextChoices):
        NO_PLACE = "no_place", _("no place free")
        NO_PAYER = "no_payer", _("payment not settled")
        THEIR_WISH = "their_wish", _("they want to come later")
        MEDICAL = "medical", _("something medical comes first")

    inquiry = models.OneToOneField(Inquiry, models.CASCADE, related_name="waiting_list_entry")
    reason = models.CharField(_("why"), max_length=10, choices=Reason.choices)
    since = models.DateTimeField(_("since"))
    check_in_at = models.DateTimeField(_("next check-in"))
    # What is offered until then, sealed.
    sealed = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list")
        indexes = [models.Index("since", name="waiting_list_since")]

    def __str__(self) -> str:
        return str(self.inquiry_id)


class ReplyTemplate(models.Model):
    """A text to begin a reply with. Words in braces are filled in: {reference}, {centre}, {phone}, {staff}."""

    centre = models.ForeignKey(
        Centre, models.CASCADE, null=True, blank=True, related_name="reply_templates", verbose_name=_("centre"), help_text=_("Empty: all.")
    )
    language = models.CharField(_("language"), max_length=8, choices=languages.choices, default="en")
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(
        _("text"), max_length=5000, help_text=_("{reference}, {centre}, {phone} and {staff} are filled in when somebody uses it.")
    )

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
