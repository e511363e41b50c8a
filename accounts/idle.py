"""A staff page that nobody touches for a while is signed out: the next person at the desk must find nothing open."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]

# What our scripts send by themselves carries this header; it is no sign that somebody is there.
BACKGROUND = "X-Background"
WRITE_EVERY = 60  # seconds: a session is not stored anew for each click
_SESSION_KEY = "last_act"


def idle_limit(get_response: GetResponse) -> GetResponse:
    """End the session of a member of staff who did nothing for settings.STAFF_IDLE_MINUTES."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/") and isinstance(request.user, User):
            _look(request, request.user)
        return get_response(request)

    return middleware


def _look(request: HttpRequest, user: User) -> None:
    now = timezone.now().timestamp()
    signed_in = user.last_login.timestamp() if user.last_login else now
    quiet = now - float(request.session.get(_SESSION_KEY, signed_in))
    if quiet > dt.timedelta(minutes=settings.STAFF_IDLE_MINUTES).total_seconds():
        logout(request)
        messages.info(request, _("You were signed out because nothing happened for a while. Sign in to go on."))
    elif quiet > WRITE_EVERY and BACKGROUND not in request.headers:
        request.session[_SESSION_KEY] = now
