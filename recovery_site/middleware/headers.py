"""What every answer carries, and the language an address asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation

from recovery_site import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=(), interest-cohort=()"


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the headers that the same-origin promise needs, and forbid storing what didn't say that it may be stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Django's check of a form's origin needs the Referer on the admin's own pages; no other page sends one anywhere.
        staff_page = request.path.startswith("/admin/")
        response.headers.setdefault("Referrer-Policy", "same-origin" if staff_page else "no-referrer")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        # A page may be stored only when its view said so: forgetting to say it must be the safe mistake.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse a request that is larger than any form of ours before a byte of it is read: Django writes files to the disk first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.LARGEST_BODY:
            return errors.too_large(request)
        return get_response(request)

    return middleware


def pages_for_refusals(get_response: GetResponse) -> GetResponse:
    """Let a person who asked in a way that isn't allowed see a page; Django's answer is empty, wherever in the site it arises."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and _a_person_would_see(request):
            errors.explain_not_allowed(request, response)
        return response

    return middleware


def _a_person_would_see(request: HttpRequest) -> bool:
    """Tell a browser's own request from one of a script, which reads the status alone."""
    as_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method != "HEAD" and as_page and request.accepts("text/html")


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or ""
    return int(given) if given.isdecimal() else 0


def language_from_path(get_response: GetResponse) -> GetResponse:
    """Activate the language that the address names (/es/…), the default one otherwise; on staff pages the browser's.

    Django's LocaleMiddleware would look at Accept-Language everywhere and send Vary for it, which makes one page into
    many for every cache between us and the reader. Staff pages are stored nowhere.
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
