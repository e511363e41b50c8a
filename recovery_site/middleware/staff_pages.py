"""Sessions, sign-in and messages: for staff pages only. A page that only reads never opens a session, whoever reads it.

Django's checks of the admin accept these classes in place of their parents. The CSRF check stays everywhere: a visitor's
form that nobody thought about is then refused (docs/decisions/0002).
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from recovery_site.staff.paths import is_staff_page


class _OnStaffPages(MiddlewareMixin):
    """Leaves every other page alone."""

    async_capable = False

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_staff_page(request) else self.get_response(request)


class StaffSessions(_OnStaffPages, SessionMiddleware):
    """Django's sessions."""


class StaffSignIn(_OnStaffPages, AuthenticationMiddleware):
    """Django's request.user."""


class StaffMessages(_OnStaffPages, MessageMiddleware):
    """Django's messages about what was done."""
