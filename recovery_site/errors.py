"""What people see when they can't have what they asked for: a page of ours, in place of Django's or of an empty one."""

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
    """Answer 500 without a context processor or a query, for the database or the static files may be what broke.

    A broken template still leaves a readable page.
    """
    try:
        page: str = render_to_string("500.html")
    except Exception as failure:
        logger.error("The page for errors could not be drawn: %s", type(failure).__name__)
        page = LAST_RESORT
    return HttpResponseServerError(page)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was open for too long, or wasn't ours, with the page for refusals instead of Django's own."""
    return render(request, "403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what can't be understood with 400, and what is only too much with 413 and what mends it (Django says 400 to both)."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    # Drawn without the request: its host may be the very thing that is wrong.
    return HttpResponseBadRequest(render_to_string("400.html"))


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a request that is larger than we take."""
    return render(request, "413.html", {"staff": is_staff_page(request)}, status=413)


def explain_not_allowed(request: HttpRequest, response: HttpResponseNotAllowed) -> None:
    """Write the page into an empty 405, which keeps its `Allow` and its other headers."""
    # The switch of languages leads to the front page: the same address in another language can't be opened either.
    response.content = render_to_string("405.html", {"alternates": {}}, request)
