"""The queue page."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intake import permissions, queue
from intake.admin.requests import StaffRequest
from intake.admin.rows import rows


@require_safe
def queue_page(request: StaffRequest) -> HttpResponse:
    """Show whose turn it is in all centres of the person who asks."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied
    token = request.GET.get("after", "")
    page = queue.whose_turn(request.user, after=queue.Place.from_token(token) if token else None)
    return render(
        request,
        "admin/intake/inquiry/queue.html",
        {**admin.site.each_context(request), "title": _("Queue"), "rows": rows(page.rows), "next": page.next, "first_page": not token},
    )
