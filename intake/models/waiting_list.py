"""The waiting list."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.inquiries import Inquiry


class WaitingListEntry(models.Model):
    """A person on the waiting list: since when, why, what is offered meanwhile, and when staff check in again."""

    class Reason(models.TextChoices):
        NO_PLACE = "no_place", _("no place free")
        NO_PAYER = "no_payer", _("payment not settled")
        THEIR_WISH = "their_wish", _("they want to come later")
        MEDICAL = "medical", _("something medical comes first")

    inquiry = models.OneToOneField(Inquiry, models.CASCADE, related_name="waiting_list_entry")
    reason = models.CharField(_("why"), max_length=10, choices=Reason.choices)
    since = models.DateTimeField(_("since"))
    check_in_at = models.DateTimeField(_("next check-in"))
    # The interim offer, sealed.
    sealed = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list")
        indexes = [models.Index("since", name="waiting_list_since")]

    def __str__(self) -> str:
        return str(self.inquiry_id)
