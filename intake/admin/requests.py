"""The type of requests in admin views."""

from django.http import HttpRequest

from accounts.models import User


class StaffRequest(HttpRequest):
    """A request by an active, signed-in staff member, as guaranteed by AdminSite.admin_view()."""

    user: User
