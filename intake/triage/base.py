"""Helpers shared by the verbs: locking and checking the row, and saving a new version."""

from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases.permissions import require, visible_inquiries
from intake.models import Inquiry
from recovery_site.verbs import Refused, Stale


def get_for_update(inquiry: Inquiry, verb: str, *, by: User, version: int | None = None, to_read: bool = False) -> Inquiry:
    """Return `inquiry` read again from the database, with its row locked until the end of the caller's transaction.

    `version` is the version the user saw; None for verbs that don't depend on it. `to_read` permits access to what is left
    of a withdrawn case.

    Raises Inquiry.DoesNotExist if the case doesn't exist or `by` can't see it, NotAllowed if `by` may not do `verb`,
    Refused if the visitor withdrew the case (unless `to_read`), and Stale if the case has a newer version.
    """
    inquiry = visible_inquiries(by).select_for_update().get(pk=inquiry.pk)
    require(by, verb, inquiry)
    if inquiry.erased_at and not to_read:
        raise Refused(_("The visitor withdrew this request. Nothing can be added to it any more."))
    if version is not None and version != inquiry.version:
        raise Stale(_("This case has changed since you opened it. Look at what is new, then send yours again."))
    return inquiry


def refuse_closed(inquiry: Inquiry) -> None:
    """Raise Refused if the case is closed."""
    if inquiry.state == Inquiry.State.CLOSED:
        raise Refused(_("This case is closed. Reopen it first."))


def refuse_in_danger(inquiry: Inquiry) -> None:
    """Raise Refused if the case is in "Danger now"."""
    if inquiry.is_in_danger:
        raise Refused(_("Say first why this case may leave “Danger now”."))


def save_new_version(inquiry: Inquiry, *fields: str) -> None:
    """Save the named fields and increment the version."""
    inquiry.version += 1
    inquiry.save(update_fields=[*fields, "version"])
