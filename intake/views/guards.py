"""The decorator of all views with a visitor's form."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from recovery_site.database import tokens

View = Callable[..., HttpResponse]


def reconnect() -> None:
    """Close a broken database connection after an error, so that the next query opens a new one."""
    # Inside a transaction (as in tests) Django would close even a working connection.
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
        tokens.give_again()


def visitor_form(view: View) -> View:
    """Protect `view` (GET and POST) against CSRF without a cookie, and answer oversized requests with an error page.

    Our pages send no referrer, so browsers send `Origin: null` and Django's check would reject every form; its cookie
    would also leave a trace in the browser. Instead, cross-site requests are rejected by the Sec-Fetch-Site header. Without
    a receipt or a mailbox token, a form does nothing that an attacker couldn't do from their own machine.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
                return render(request, "intake/not_from_here.html", status=403)
            length = request.META.get("CONTENT_LENGTH") or ""
            # Our forms have no files, and Django would write one to disk before it could be refused.
            if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                return render(request, "intake/too_long.html", status=413)
            try:
                request.POST  # noqa: B018 (reads the body and raises if it is too big)
            except (RequestDataTooBig, TooManyFieldsSent):
                return render(request, "intake/too_long.html", status=413)
        return view(request, *args, **kwargs)

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(guarded)))
