"""The centres that the contact form offers by name."""

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _

from intake.assessment import routing


def centre_choices() -> list[tuple[str, object]]:
    """Return the centres that can be asked for by name, after "whichever answers first"."""
    try:
        return [("", _("Whichever can answer first")), *routing.choosable()]
    except (DatabaseError, InterfaceError):
        # The form is shown all the same, so that what was typed into it isn't lost.
        return []
