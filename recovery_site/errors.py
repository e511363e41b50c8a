"""The page for our own mistakes: it must appear when the database, the templates or the static files are what broke."""

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

LAST_RESORT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Something went wrong</title><h1>Something went wrong on our side</h1>"
    "<p>Please try again in a few minutes. In danger now? Call your local emergency number.</p>"
    '<p lang="es">Algo salió mal de nuestro lado. Intente de nuevo en unos minutos. ¿Hay peligro ahora? Llame al número de emergencia.</p>'
    "</html>"
)


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Answer 500 without a context processor or a query; a broken template still leaves a readable page."""
    try:
        page: str = render_to_string("500.html")
    except Exception as failure:
        logger.error("The page for errors could not be drawn: %s", type(failure).__name__)
        page = LAST_RESORT
    return HttpResponseServerError(page)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was open for too long, or wasn't ours, with the page for refusals instead of Django's own."""
    return render(request, "403.html", status=403)
