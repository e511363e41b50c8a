"""Contact details are shown for five minutes after a staff member asked for them. The session holds the end time."""

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone

from intake.models import Inquiry

OPEN_FOR = dt.timedelta(minutes=5)
_SESSION_KEY = "contact_shown"


def open_for(request: HttpRequest, inquiry: Inquiry) -> None:
    """Allow this session to see the inquiry's contact details for OPEN_FOR."""
    now = timezone.now()
    shown = {row: until for row, until in request.session.get(_SESSION_KEY, {}).items() if dt.datetime.fromisoformat(until) > now}
    shown[str(inquiry.pk)] = (now + OPEN_FOR).isoformat()
    request.session[_SESSION_KEY] = shown


def seconds_left(request: HttpRequest, inquiry: Inquiry) -> int:
    """Return for how many more seconds the details may be shown; 0 if not at all."""
    until = request.session.get(_SESSION_KEY, {}).get(str(inquiry.pk))
    if until is None:
        return 0
    return max(0, int((dt.datetime.fromisoformat(until) - timezone.now()).total_seconds()))


def css_class(seconds: int) -> str:
    """Return the CSS class that hides the details after that many minutes (rounded up), without a script."""
    return f"closes-in-{min(5, seconds // 60 + 1)}"
