"""What was found at the addresses of sources."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkCheck(models.Model):
    """The last look at an address that guides cite (articles.safety.link_checks)."""

    url = models.URLField(_("web address"), max_length=500, unique=True)
    looked_at = models.DateTimeField(_("last looked at"), db_index=True)
    # 0: no answer.
    status = models.PositiveSmallIntegerField(_("answer"), default=0)
    # Since when it has been failing, at each look.
    failing_since = models.DateTimeField(null=True)
    is_dead = models.BooleanField(_("leads nowhere"), default=False)

    class Meta:
        verbose_name = _("link of a source")
        verbose_name_plural = _("links of sources")

    def __str__(self) -> str:
        return self.url
