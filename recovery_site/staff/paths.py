"""Which URLs are staff pages, and where their forms belong."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

PATHS = ("/admin/", "/styleguide/")
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


def is_staff_page(request: HttpRequest) -> bool:
    """Return whether the URL is a staff page. Sessions exist only there."""
    return request.path_info.startswith(PATHS)


def number(text: str) -> int | None:
    """Return the number (of a row, a version, of days) that stands in a request, or None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


def page_above(path: str) -> str:
    """Return the nearest page above a URL of the admin: of a step on a case, that case."""
    parts = path.rstrip("/").split("/")
    while len(parts) > 2:
        parts.pop()
        above = "/".join(parts) + "/"
        if _is_page(above):
            return above
    return reverse("admin:index")


def page_of_form(request: HttpRequest) -> str:
    """Return the page that a form was sent from, to return to after signing in: by its Referer, which stays on this site."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc == request.get_host() and referrer.path.startswith(PATHS):
        return referrer.path
    return request.path


def _is_page(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.url_name is None:
        # Django's catch-all, and its old address of a row, which leads to the row's page.
        return "/" not in match.kwargs.get("object_id", "/")
    return True
