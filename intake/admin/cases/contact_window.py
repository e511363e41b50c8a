"""Contact details stay on the page for five minutes after somebody asked for them, then they close."""

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone

from intake.models import Inquiry

OPEN_FOR = dt.timedelta(minutes=5)
_SESSION_KEY = "contact_shown"


def open_for(request: HttpRequest, inquiry: Inquiry) -> None:
    """Let this sign-in see the inquiry's contact details from now on for OPEN_FOR."""
    now = timezone.now()
    shown = {row: until for row, until in request.session.get(_SESSION_KEY, {}).items() if dt.datetime.fromisoformat(until) > now}
    shown[str(inquiry.pk)] = (now + OPEN_FOR).isoformat()
    request.session[_SESSION_KEY] = shown


def seconds_left(request: HttpRequest, inquiry: Inquiry) -> int:
    """Return for how many more seconds the details may be shown; 0 when they may not."""
    until = request.session.get(_SESSION_KEY, {}).get(str(inquiry.pk))
    if until is None:
        return 0
    return max(0, int((dt.datetime.fromisoformat(until) - timezone.now()).total_seconds()))


def css_class(seconds: int) -> str:
    """Return the class whose style rule hides the details after that many started minutes, without any script."""
    return f"closes-in-{min(5, seconds // 60 + 1)}"
