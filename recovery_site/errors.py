"""Error pages in the site's own design, instead of Django's plain or empty ones."""

import logging

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import defaults

from recovery_site.staff import unsent
from recovery_site.staff.paths import is_staff_page, page_above, page_of_form

logger = logging.getLogger(__name__)

LAST_RESORT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Something went wrong</title><h1>Something went wrong on our side</h1>"
    "<p>Please try again in a few minutes. In danger now? Call your local emergency number.</p>"
    '<p lang="es">Algo salió mal de nuestro lado. Intente de nuevo en unos minutos. ¿Hay peligro ahora? Llame al número de emergencia.</p>'
    "</html>"
)


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Return the 500 page without context processors or queries, since the database or static files may have failed.

    What staff typed is kept, if that still works. If the template fails as well, LAST_RESORT is returned.
    """
    try:
        if _is_signed_in(request):
            unsent.keep(request)
    except Exception as failure:
        logger.error("What was typed could not be kept: %s", type(failure).__name__)
    try:
        page: str = render_to_string("admin/500.html" if is_staff_page(request) else "500.html", {"above": page_above(request.path_info)})
    except Exception as failure:
        logger.error("The page for errors could not be drawn: %s", type(failure).__name__)
        page = LAST_RESORT
    return HttpResponseServerError(page)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the 403 page for a form that expired or came from another site. What staff typed into theirs is kept.

    Whoever is signed out signs in first, since a browser that was closed forgets the token and the session together.
    """
    if not _is_signed_in(request):
        if is_staff_page(request):
            sign_in = reverse("admin:login")
            page = page_of_form(request)
            return redirect_to_login(reverse("admin:index") if page == sign_in else page, sign_in)
        return render(request, "403.html", status=403)
    unsent.keep(request)
    return staff_refusal(request, 403, "old")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 403 page: for staff one of the admin, for visitors theirs."""
    return staff_refusal(request, 403) if _is_signed_in(request) else defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 404 page: for staff one of the admin, for visitors theirs."""
    return staff_refusal(request, 404) if _is_signed_in(request) else defaults.page_not_found(request, exception)


def staff_refusal(request: HttpRequest, status: int, why: str = "") -> HttpResponse:
    """Return a page of the admin that says what happened, what is kept, and leads to the case and the queue."""
    context = {**admin.site.each_context(request), "status": status, "why": why, "above": page_above(request.path_info)}
    return render(request, "admin/refusal.html", context, status=status)


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return is_staff_page(request) and user is not None and user.is_active and user.is_staff


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return 413 with advice for a request that is too large, 400 otherwise. Django returns 400 for both."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    # Rendered without the request, because its host may be what is invalid.
    return HttpResponseBadRequest(render_to_string("400.html"))


def too_large(request: HttpRequest) -> HttpResponse:
    """Return 413 for a request larger than settings.LARGEST_BODY."""
    return render(request, "413.html", {"staff": is_staff_page(request)}, status=413)


def explain_not_allowed(request: HttpRequest, response: HttpResponseNotAllowed) -> None:
    """Fill an empty 405 response with a page. Its status and headers, `Allow` among them, stay."""
    if _is_signed_in(request):
        response.content = staff_refusal(request, 405).content
        return
    # No alternates: the same URL in another language doesn't accept this method either.
    response.content = render_to_string("405.html", {"alternates": {}}, request)
