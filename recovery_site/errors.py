"""Error pages in the site's own design, instead of Django's plain or empty ones."""

import logging

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from recovery_site.staff.paths import is_staff_page

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

    If the template fails as well, LAST_RESORT is returned.
    """
    try:
        page: str = render_to_string("500.html")
    except Exception as failure:
        logger.error("The page for errors could not be drawn: %s", type(failure).__name__)
        page = LAST_RESORT
    return HttpResponseServerError(page)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the 403 page for a form that expired or came from another site."""
    return render(request, "403.html", status=403)


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
    # No alternates: the same URL in another language doesn't accept this method either.
    response.content = render_to_string("405.html", {"alternates": {}}, request)
