"""What every form that visitors send has in common."""

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

View = Callable[..., HttpResponse]


def reconnect() -> None:
    """After an error: give up a connection that broke, so that the next query opens a new one."""
    # Inside a transaction (the tests') Django would take the connection for a forgotten one and close it.
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def visitor_form(view: View) -> View:
    """Make `view` (GET and POST) safe without a CSRF cookie, and answer a request that is too big with a page.

    Our pages send no referrer, so browsers say `Origin: null` and Django's check would refuse every form; and its cookie
    would be a trace. Browsers say themselves where a request comes from (Sec-Fetch-Site), and what can be done here
    without the receipt or the mailbox's own token is nothing that a stranger couldn't do from his own machine.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
                return render(request, "intake/not_from_here.html", status=403)
            length = request.META.get("CONTENT_LENGTH") or ""
            # Our forms take no files; Django would write one to the disk before anybody could refuse it.
            if length.isdecimal() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                return render(request, "intake/too_long.html", status=413)
            try:
                request.POST  # noqa: B018 (reads the body, and raises when it is too big)
            except (RequestDataTooBig, TooManyFieldsSent):
                return render(request, "intake/too_long.html", status=413)
        return view(request, *args, **kwargs)

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(guarded)))
