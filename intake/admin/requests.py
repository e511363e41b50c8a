"""A request that the admin let through."""

from django.http import HttpRequest

from accounts.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and active: AdminSite.admin_view lets no other reach a view."""

    user: User
