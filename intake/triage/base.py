"""What every verb begins and ends with: the row locked and checked, the change stored under a new version."""

from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases.permissions import require, visible_inquiries
from intake.models import Inquiry
from recovery_site.verbs import Refused, Stale


def get_for_update(inquiry: Inquiry, verb: str, *, by: User, version: int | None = None, to_read: bool = False) -> Inquiry:
    """Return `inquiry` read again, its row locked until the transaction that the caller opened ends.

    `version` is the one the person saw; None for verbs that can't go stale.
    `to_read` is for looking at what is left of a case whose visitor withdrew it.
    Raises Inquiry.DoesNotExist for a case that `by` may not know of, just as for one that doesn't exist; NotAllowed;
    Refused for anything but `to_read`, when its visitor withdrew it; Stale.
    """
    inquiry = visible_inquiries(by).select_for_update().get(pk=inquiry.pk)
    require(by, verb, inquiry)
    if inquiry.erased_at and not to_read:
        raise Refused(_("The visitor withdrew this request. Nothing can be added to it any more."))
    if version is not None and version != inquiry.version:
        raise Stale(_("This case has changed since you opened it. Look at what is new, then send yours again."))
    return inquiry


def refuse_closed(inquiry: Inquiry) -> None:
    """Raise Refused when the case is closed."""
    if inquiry.state == Inquiry.State.CLOSED:
        raise Refused(_("This case is closed. Reopen it first."))


def save_new_version(inquiry: Inquiry, *fields: str) -> None:
    """Save the named fields and increment the version."""
    inquiry.version += 1
    inquiry.save(update_fields=[*fields, "version"])
