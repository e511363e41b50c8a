"""The choices of the contact form's field for a centre."""

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _

from intake.assessment import routing


def centre_choices() -> list[tuple[str, object]]:
    """Return the centres that can be requested, after "whichever can answer first"."""
    try:
        return [("", _("Whichever can answer first")), *routing.choosable()]
    except (DatabaseError, InterfaceError):
        # The form must still be shown, so that no typed text is lost.
        return []
