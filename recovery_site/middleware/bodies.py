"""Bodies whose length isn't told beforehand ("Transfer-Encoding: chunked"), as some proxies send them. Django takes them for empty."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

Application = Callable[..., Iterable[bytes]]


def measured(application: Application) -> Application:
    """Let a WSGI application be given the body of a chunked request with its length.

    At most settings.LARGEST_BODY bytes and one more are read, into memory; recovery_site.middleware.headers.body_limit refuses what is
    longer. A length that is given as well is not believed (RFC 9112, section 6.1).
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            body = environ["wsgi.input"].read(settings.LARGEST_BODY + 1)
            environ = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environ, start_response)

    return answer
