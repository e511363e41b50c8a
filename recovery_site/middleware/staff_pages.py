"""Session, authentication, message and other middleware that run on staff pages only, so public pages never open a session.

They subclass Django's middleware, as the admin's system checks require. CSRF protection stays on everywhere, so that a
visitors' form is protected unless it is exempted on purpose (docs/decisions/0002).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from recovery_site.database.characters import storable_form
from recovery_site.staff import time_zones
from recovery_site.staff.paths import is_staff_page


class _OnStaffPages(MiddlewareMixin):
    """Mixin that skips the middleware on pages that aren't for staff."""

    async_capable = False

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_staff_page(request) else self.get_response(request)


class StaffSessions(_OnStaffPages, SessionMiddleware):
    """SessionMiddleware on staff pages."""


class StaffSignIn(_OnStaffPages, AuthenticationMiddleware):
    """AuthenticationMiddleware on staff pages."""


class StaffMessages(_OnStaffPages, MessageMiddleware):
    """MessageMiddleware on staff pages."""


def own_clock(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show and read times in the zone of whoever is signed in. Pages about one centre override it with the centre's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/admin/"):
            return get_response(request)
        with timezone.override(time_zones.zone(getattr(request.user, "time_zone", ""), settings.TIME_ZONE)):
            return get_response(request)

    return middleware


class StorableWords:
    """Take the characters that XML can't hold out of what staff submit. Visitors' forms have stricter fields (intake.forms.fields)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Run after the CSRF check, which has read the form."""
        if request.method == "POST" and is_staff_page(request):
            with suppress(UnreadablePostError):  # the view meets it, too
                request.POST = storable_form(request.POST)  # type: ignore[assignment]
