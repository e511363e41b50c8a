"""Keeps finished public pages for some seconds, sends them compressed, and guards what any cache may keep.

A response that says it may be kept although its view doesn't declare that it is the same for everyone
(`recovery_site.pages.public_pages`), or that carries a cookie, is a mistake that stops here instead of leaking.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import brotli
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe

from recovery_site.pages import public_pages

GetResponse = Callable[[HttpRequest], HttpResponse]
Stored = tuple[dict[str, str], bytes]

WORTH_COMPRESSING = 500  # bytes
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
_PORT = re.compile(r":[0-9]{1,5}\Z")


class UnsafeToCache(Exception):
    """A response that caches may keep isn't the same for everyone."""


def page_cache(get_response: GetResponse) -> GetResponse:
    """Answer from the store where we can; check, compress and store what the views make."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or request.path.startswith(settings.STATIC_URL):
            return get_response(request)  # static files carry headers of their own, and are stored compressed
        key = _key(request.META)
        stored: Stored | None = cache.get(key) if key else None
        if stored is not None:
            headers, body = stored
            return _conditional(request, HttpResponse(body, headers=headers))
        response = get_response(request)
        if not may_be_kept(response):
            # What a browser sent a cookie for may be about its owner.
            if getattr(response, "may_be_compressed", False) and not request.COOKIES:
                _compress(request, response)
            return response
        check(request, response)
        if "immutable" not in response.headers["Cache-Control"]:
            # For the proxy on our own machine, which takes it away: a correction reaches it as soon as it reaches us.
            response.headers["X-Accel-Expires"] = str(settings.PAGE_CACHE_SECONDS)
        if response.status_code != 200 or response.streaming:
            return response
        _name_and_compress(request, response)
        if key and _is_ours(request):
            cache.set(key, (dict(response.items()), response.content), settings.PAGE_CACHE_SECONDS)
        return _conditional(request, response)

    return middleware


def may_be_kept(response: HttpResponse) -> bool:
    """Tell whether the response allows browsers or proxies to keep it."""
    policy = response.headers.get("Cache-Control", "")
    return "no-store" not in policy and ("public" in policy or "max-age" in policy)


def check(request: HttpRequest, response: HttpResponse) -> None:
    """Raise UnsafeToCache unless a response that may be kept is the same for everyone."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    page = public_pages.page_of(request)
    if page is None or not page.cache:
        raise UnsafeToCache(f"{name or 'a page without a name'} isn't declared as a page that caches may keep")
    if response.cookies or "cookie" in response.headers.get("Vary", "").lower():
        raise UnsafeToCache(f"{name} would be kept with a cookie")


def before(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Let a WSGI application be asked only for what is not in the store: from there a page costs a fifth when Django doesn't see it.

    Whether the browser has the page already is left to the middleware, which answers that from the same store.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and "HTTP_IF_NONE_MATCH" not in environ and "HTTP_IF_MODIFIED_SINCE" not in environ:
            key = _key(environ)
            stored: Stored | None = cache.get(key) if key else None
            if stored is not None:
                start_response("200 OK", list(stored[0].items()))
                return [stored[1]]
        return application(environ, start_response)

    return answer


def _is_ours(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:  # refused further in, where an answer gets its headers
        return False
    return True


def _key(environ: Mapping[str, Any]) -> str:
    """The place of a page in the store; "" for what is never stored: a query would let anyone fill it.

    By the host as it was asked for, without its port, which no page depends on: under one that isn't ours nothing is ever stored.
    """
    if not settings.PAGE_CACHE_SECONDS or environ.get("QUERY_STRING"):
        return ""
    header, secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    # As Django reads it: of several proxies' words the first one counts.
    scheme = environ.get(header, "").split(",")[0].strip() if header else environ.get("wsgi.url_scheme", "http")
    host = _PORT.sub("", environ.get("HTTP_HOST", ""))
    where = f"{scheme == (secure or 'https')} {host} {environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    return f"page:{_encoding(environ)}:{hashlib.blake2b(where.encode(), digest_size=16).hexdigest()}"


def _encoding(environ: Mapping[str, Any]) -> str:
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""


def _name_and_compress(request: HttpRequest, response: HttpResponse) -> None:
    """Compress a page and give it an ETag, by which browsers and proxies ask whether theirs is still the newest."""
    etag = response.headers.get("ETag") or f'"{hashlib.blake2b(response.content, digest_size=16).hexdigest()}"'
    if _compress(request, response) and not etag.startswith("W/"):
        etag = f"W/{etag}"
    response.headers["ETag"] = etag


def _compress(request: HttpRequest, response: HttpResponse) -> bool:
    """Compress an answer without secrets if the browser takes that and it is worth it. Return whether it was done."""
    patch_vary_headers(response, ["Accept-Encoding"])
    encoding = _encoding(request.META)
    text = response.headers.get("Content-Type", "").startswith(("text/", "application/xml", "application/atom+xml"))
    done = bool(encoding) and text and len(response.content) >= WORTH_COMPRESSING and not response.has_header("Content-Encoding")
    if done:
        if encoding == "br":
            response.content = brotli.compress(response.content, quality=BROTLI_QUALITY)
        else:
            response.content = gzip.compress(response.content, GZIP_LEVEL, mtime=0)
        response.headers["Content-Encoding"] = encoding
    response.headers["Content-Length"] = str(len(response.content))
    return done


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return 304 in place of a page that the browser or the proxy has already."""
    changed = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    answer = get_conditional_response(request, etag=response.headers["ETag"], last_modified=changed, response=response) or response
    if answer is not response and "X-Accel-Expires" in response.headers:
        # Django leaves it out of a 304, and the proxy would then keep the page for as long as browsers may.
        answer.headers["X-Accel-Expires"] = response.headers["X-Accel-Expires"]
    return answer
