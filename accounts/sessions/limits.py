"""When a session ends by itself: after some idle minutes, so that the next person at the desk finds no case open, and after a shift."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import sign_in
from accounts.models import User
from accounts.sessions.ending import LONGEST
from accounts.sessions.store import SIGNED_IN_AT, USED_AT
from recovery_site.staff import unsent
from recovery_site.staff.paths import is_staff_page

GetResponse = Callable[[HttpRequest], HttpResponse]

# Sent by our scripts with requests that they make by themselves; these don't count as activity.
BACKGROUND = "X-Background"
CLOCKS_DIFFER = dt.timedelta(hours=1)  # more than the clocks of two servers that are right
WRITE_EVERY = 60  # seconds between writes of the session, so that it isn't saved on every request


def session_limits(get_response: GetResponse) -> GetResponse:
    """Middleware that signs out who was idle for settings.STAFF_IDLE_MINUTES, or signed in longer than LONGEST ago."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_staff_page(request):
            return get_response(request)
        if isinstance(request.user, User):
            _check_session(request)
        response = get_response(request)
        sign_in.mark_browser(request, response)
        return response

    return middleware


def _check_session(request: HttpRequest) -> None:
    idle_left, left = _seconds_left(request)
    if left <= 0:
        _sign_out(request, "longest")
        messages.info(request, _("You were signed out because you signed in 12 hours ago. Sign in to go on: what you typed is kept."))
    elif idle_left < 0:
        _sign_out(request, "idle")
        messages.info(request, _("You were signed out because nothing happened for a while. Sign in to go on."))
    elif settings.STAFF_IDLE_MINUTES * 60 - idle_left > WRITE_EVERY and BACKGROUND not in request.headers:
        request.session[USED_AT] = timezone.now().timestamp()


def _sign_out(request: HttpRequest, why: str) -> None:
    unsent.keep(request)
    request.session_ended_because = why  # type: ignore[attr-defined]
    logout(request)


def _seconds_left(request: HttpRequest) -> tuple[float, float]:
    """Return in how many seconds the session ends if nothing happens, and in how many whatever happens."""
    now = timezone.now().timestamp()
    signed_in_at = float(request.session.get(SIGNED_IN_AT, 0))
    if signed_in_at > now + CLOCKS_DIFFER.total_seconds():  # by a wrong clock: the session would last until then
        return -1, -1
    idle = dt.timedelta(minutes=settings.STAFF_IDLE_MINUTES).total_seconds()
    return idle - (now - float(request.session.get(USED_AT, 0))), LONGEST.total_seconds() - (now - signed_in_at)


@require_safe
def still_here(request: HttpRequest) -> HttpResponse:
    """Tell static/js/idle.js in how many seconds the session ends, and whether it ends then whatever happens."""
    idle_left, left = _seconds_left(request)
    return JsonResponse({"seconds": max(0, int(min(idle_left, left))), "whatever_happens": left <= idle_left})
