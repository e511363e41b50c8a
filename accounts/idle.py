"""Middleware that signs out idle staff, so that the next person at the desk doesn't find a case open."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from recovery_site.staff import unsent

GetResponse = Callable[[HttpRequest], HttpResponse]

# Sent by our scripts with requests that they make by themselves; these don't count as activity.
BACKGROUND = "X-Background"
WRITE_EVERY = 60  # seconds between writes of the session, so that it isn't saved on every request
_SESSION_KEY = "last_act"


def idle_limit(get_response: GetResponse) -> GetResponse:
    """Sign out a member of staff who was idle for settings.STAFF_IDLE_MINUTES."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/") and isinstance(request.user, User):
            _check_session(request, request.user)
        return get_response(request)

    return middleware


def _check_session(request: HttpRequest, user: User) -> None:
    now = timezone.now().timestamp()
    idle_seconds = now - float(request.session.get(_SESSION_KEY, _signed_in_at(user)))
    if idle_seconds > dt.timedelta(minutes=settings.STAFF_IDLE_MINUTES).total_seconds():
        unsent.keep(request)
        logout(request)
        messages.info(request, _("You were signed out because nothing happened for a while. Sign in to go on."))
    elif idle_seconds > WRITE_EVERY and BACKGROUND not in request.headers:
        request.session[_SESSION_KEY] = now


@require_safe
def still_here(request: HttpRequest) -> HttpResponse:
    """Return in how many seconds the person is signed out unless something happens (static/js/idle.js)."""
    limit = dt.timedelta(minutes=settings.STAFF_IDLE_MINUTES).total_seconds()
    idle_seconds = timezone.now().timestamp() - float(request.session.get(_SESSION_KEY, _signed_in_at(request.user)))
    return HttpResponse(str(max(0, int(limit - idle_seconds))), content_type="text/plain")


def _signed_in_at(user: Any) -> float:
    return float((user.last_login or timezone.now()).timestamp())
