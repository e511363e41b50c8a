"""Middleware for response headers, request size and the language of the URL. The content security policy is in settings.py."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import translation

from recovery_site import errors
from recovery_site.staff.paths import is_staff_page, page_above

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=(), interest-cohort=()"


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add security headers that the response doesn't set itself. Default to Cache-Control: no-store."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # The admin needs a Referer for Django's CSRF check. Other pages never send one.
        staff_page = request.path.startswith("/admin/")
        response.headers.setdefault("Referrer-Policy", "same-origin" if staff_page else "no-referrer")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        # Pages may be cached only if their view says so, so that forgetting it is safe.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def storable_paths(get_response: GetResponse) -> GetResponse:
    """Refuse URLs with a NUL character: nothing is found by one, and PostgreSQL takes none in a query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise SuspiciousOperation
        return get_response(request)

    return middleware


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse requests larger than settings.LARGEST_BODY before reading them, since Django writes uploads to disk first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.LARGEST_BODY:
            return errors.too_large(request)
        return get_response(request)

    return middleware


def pages_for_refusals(get_response: GetResponse) -> GetResponse:
    """Show a page for 405 responses, which Django leaves empty. A step on a case that is opened as a page leads to its case."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and _is_page_load(request):
            if is_staff_page(request) and request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate":
                return HttpResponseRedirect(page_above(request.path_info))
            errors.explain_not_allowed(request, response)
        return response

    return middleware


def _is_page_load(request: HttpRequest) -> bool:
    """Return whether a browser asks for a page, rather than a script that only reads the status."""
    as_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method != "HEAD" and as_page and request.accepts("text/html")


def _length(request: HttpRequest) -> int:
    value = request.META.get("CONTENT_LENGTH") or ""
    return int(value) if value.isdecimal() else 0


def language_from_path(get_response: GetResponse) -> GetResponse:
    """Activate the language in the URL (/es/…) or else the default language. Staff pages use Accept-Language.

    Django's LocaleMiddleware would use Accept-Language for all pages and send a Vary header for it, which makes caches
    store many copies of each page. Staff pages are never cached.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/"):
            language = translation.get_language_from_request(request)
        else:
            language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware
