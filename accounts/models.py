"""Staff accounts. Visitors have no account."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from recovery_site import languages
from recovery_site.rate_limits import Bucket


class User(AbstractUser):
    """A member of staff.

    Permissions follow from groups (accounts.roles: editor, clinical reviewer, auditor) and, per centre, from intake's
    memberships (triage, lead).
    """

    display_name = models.CharField(
        _("name as shown"), max_length=120, blank=True, help_text=_("As readers and colleagues see it, for example “Maria Ortiz”.")
    )
    credentials = models.CharField(
        _("credentials"), max_length=120, blank=True, help_text=_("Shown beside the name on guides they reviewed, for example “RN, CARN”.")
    )
    phone = models.CharField(
        _("mobile phone"),
        max_length=32,
        blank=True,
        help_text=_("For a text message when someone may be in danger, where the site can send texts. Nobody else sees it."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    # The database has the defaults, so that the previous release can add accounts while this one is rolled out.
    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        default="",
        db_default="",
        choices=languages.choices,
        help_text=_("Of the mail with the link to choose a password. Pages have the language of the browser."),
    )
    # Since when a mail server refuses the person's address for good; null as soon as a mail is taken, or the address changes.
    email_refused_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Until when the person may work without a second factor; null until their first page (accounts.factors.requirement).
    factor_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when the password alone signs nobody in, because a lost phone was reported; null once the link was opened (accounts.resets).
    factors_reset_at = models.DateTimeField(null=True, blank=True, editable=False)

    # How many links to choose a password were sent or ended: a link holds the number, so that only the newest works.
    password_links = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name that readers and colleagues see."""
        return self.display_name or self.get_full_name() or self.username

    def get_short_name(self) -> str:
        """The name that Django's own pages greet the person with."""
        return self.shown_name

    @cached_property
    def site_roles(self) -> frozenset[str]:
        """The names of the person's groups. One query, then cached on the object."""
        return frozenset(self.groups.values_list("name", flat=True))


class SignInTries(Bucket):
    """How often signing in was tried, by account and address block; both are in the key as a keyed hash only."""

    class Meta:
        verbose_name = _("sign-in tries")
        verbose_name_plural = _("sign-in tries")


class Session(AbstractBaseSession):
    """A session of a browser on staff pages; `user` and what follows are null or empty until somebody has signed in.

    `session_key` is the SHA-256 of the key in the browser's cookie, without which `session_data` can't be read (accounts.sessions.store).
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    signed_in_at = models.DateTimeField(null=True)
    # Rounded down to 15 minutes.
    used_at = models.DateTimeField(null=True)
    # How the person signed in ("password", "passkey"), and with what ("phone", "computer", or "" where the browser doesn't say).
    way = models.CharField(max_length=16, blank=True)
    device = models.CharField(max_length=16, blank=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
