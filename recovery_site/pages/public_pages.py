"""Public pages declare themselves: what caches may keep, what search engines may list, what the sitemap holds.

A new public page is one view with `@public_page()` and its URL. The page cache, the sitemap, the links for search engines
and the nginx configuration (`manage.py nginx_map`) all read the declaration from the view.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLResolver, get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern
from django.utils import timezone
from django.utils.translation import override

View = Callable[..., HttpResponseBase]

# Five minutes: a browser sees a correction soon, and asking again with the ETag costs no bytes.
FIVE_MINUTES = 300  # seconds
FOR_GOOD = "public, max-age=31536000, immutable"
KEPT_STATUSES = (200, 301)


class SitemapEntry(NamedTuple):
    """One address of the sitemap. `alternates` are its translations, {language: address}, itself included."""

    url: str
    changed: datetime | None
    alternates: dict[str, str]


@dataclass(frozen=True)
class PublicPage:
    """What a view declares.

    `cache`: the answer is the same for everybody, so browsers and proxies may keep it.
    `listed`: search engines may list it, so it names its own address and its translations.
    `crawl`: crawlers may fetch it; robots.txt names the others.
    `sitemap`: True for a page without arguments, or a function that returns its `SitemapEntry`s.
    `immutable`: the address changes with the content, so it may be kept for a year.
    """

    cache: bool
    listed: bool
    crawl: bool
    sitemap: bool | Callable[[], Iterable[SitemapEntry]]
    immutable: bool

    def cache_control(self, fresh_until: datetime | None) -> str:
        """Return the header of an answer whose words hold until `fresh_until` (None: until somebody changes them)."""
        if self.immutable:
            return FOR_GOOD
        left = FIVE_MINUTES if fresh_until is None else int((fresh_until - timezone.now()).total_seconds())
        return f"public, max-age={min(max(left, 0), FIVE_MINUTES)}"


class Route(NamedTuple):
    """Where a public page stands.

    `name` is what `reverse` takes, `path` is as the URL configuration writes it ("/topics/<slug:kind>/"), `regex` the same as an
    expression without ^ and $ (for nginx), and `in_every_language` tells whether other languages have it under a prefix.
    """

    name: str
    page: PublicPage
    path: str
    regex: str
    in_every_language: bool

    @property
    def fixed_paths(self) -> list[str]:
        """The addresses of a page without arguments, in every language that has it; none of another page."""
        if not self.is_fixed:
            return []
        others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE] if self.in_every_language else []
        return [self.path, *(f"/{code}{self.path}" for code in others)]

    @property
    def is_fixed(self) -> bool:
        """Whether the address has no arguments."""
        return "<" not in self.path


def public_page(
    *,
    cache: bool = True,
    listed: bool = True,
    crawl: bool = True,
    sitemap: bool | Callable[[], Iterable[SitemapEntry]] = False,
    immutable: bool = False,
) -> Callable[[View], View]:
    """Declare a view as a public page and set `Cache-Control` on what it answers with 200 or 301.

    A page that says something which ends at a known time, such as "open until 8 p.m.", calls `keep_until`.
    """
    page = PublicPage(cache, listed, crawl, sitemap, immutable)

    def decorate(view: View) -> View:
        @wraps(view)
        def declared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if page.cache and response.status_code in KEPT_STATUSES:
                response.headers["Cache-Control"] = page.cache_control(getattr(request, "fresh_until", None))
            return response

        declared.public_page = page  # type: ignore[attr-defined]
        return declared

    return decorate


def without_secrets(response: HttpResponse) -> HttpResponse:
    """Let the page cache's middleware compress an answer that isn't kept. The view vouches for what decision 45 asks.

    The length of a compressed page tells what in it repeats something that an attacker chose. So the answer has nothing that another
    answer repeats and that is nobody else's business: no word of a visitor, and of secrets only those made for this answer.
    """
    response.may_be_compressed = True  # type: ignore[attr-defined]
    return response


def keep_until(request: HttpRequest, moment: datetime) -> None:
    """Let browsers and proxies keep the answer to `request` no longer than until `moment`; the earliest one counts."""
    known = getattr(request, "fresh_until", None)
    request.fresh_until = moment if known is None else min(known, moment)  # type: ignore[attr-defined]


def page_of(request: HttpRequest) -> PublicPage | None:
    """Return what the view that answers `request` declared; None when it isn't a public page or no view answers."""
    match = getattr(request, "resolver_match", None)
    return getattr(match.func, "public_page", None) if match else None


def routes() -> list[Route]:
    """Return the public pages of this server in the order of the URL configuration."""
    return list(_routes(get_resolver(), "", "/", "/", in_every_language=False))


def sitemap() -> Iterator[SitemapEntry]:
    """Yield the addresses of all public pages that the sitemap holds, those without arguments first."""
    for route in sorted(routes(), key=lambda route: callable(route.page.sitemap)):
        if callable(route.page.sitemap):
            yield from route.page.sitemap()
        elif route.page.sitemap:
            yield from entries(route.name)


def entries(name: str, *args: str, languages: Iterable[str] | None = None) -> list[SitemapEntry]:
    """Return the sitemap entries of the address `name` with `args`, one for each of `languages` (default: all)."""
    alternates = {}
    for code in languages if languages is not None else [code for code, _name in settings.LANGUAGES]:
        with override(code):
            alternates[code] = settings.SITE_URL + reverse(name, args=args)
    return [SitemapEntry(url, None, alternates) for url in alternates.values()]


def _routes(resolver: URLResolver, namespace: str, path: str, regex: str, *, in_every_language: bool) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        by_language = isinstance(entry.pattern, LocalePrefixPattern)
        inner_path = path if by_language else path + str(entry.pattern)
        inner_regex = regex if isinstance(entry.pattern, LocalePrefixPattern) else regex + _regex(entry.pattern)
        if isinstance(entry, URLResolver):
            name = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry, name, inner_path, inner_regex, in_every_language=in_every_language or by_language)
        elif page := getattr(entry.callback, "public_page", None):
            yield Route(f"{namespace}{entry.name}", page, inner_path, inner_regex, in_every_language)


def _regex(pattern: RegexPattern | RoutePattern) -> str:
    """Return the expression of a path without its anchors and the names of its groups."""
    return re.sub(r"\(\?P<\w+>(.*?)\)", r"\1", pattern.regex.pattern).removeprefix("^").removesuffix(r"\Z")
