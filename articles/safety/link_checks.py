"""Looks at the addresses that guides cite, once a week, where the operator allows it (settings.CHECK_LINKS).

A look is a HEAD request, or a GET where a server doesn't take that. It sends no referrer, no cookie and nothing about us, and never
goes to an address of our own network, whatever a name resolves to and wherever a page redirects.
"""

import datetime as dt
import http.client
import time
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from articles.models import Edition, Guide, LinkCheck, Source
from recovery_site.network import connections

EACH_WEEK = dt.timedelta(days=7)
AT_ONCE = 10  # addresses in a run: housekeeping has other things to do
TIMEOUT = 5  # seconds, for each step of a request
PATIENCE = 15  # seconds for an address, and for beginning another one in the same run
REDIRECTS = 5
GONE = (404, 410)
# Answers that say nothing of a HEAD request's address: ask by GET.
NOT_BY_HEAD = (400, 403, 405, 501)
AGENT = "Mozilla/5.0 (compatible; link check)"  # names neither us nor what we are


class Unreachable(Exception):
    """The address gave no answer, or may not be asked."""


def look_at_due(now: dt.datetime) -> dict[str, int]:
    """Look at the addresses that nobody looked at for a week. Return how many. Does nothing unless CHECK_LINKS is set."""
    if not settings.CHECK_LINKS:
        return {}
    cited = _cited()
    LinkCheck.objects.exclude(url__in=cited).delete()
    fresh = set(LinkCheck.objects.filter(looked_at__gt=now - EACH_WEEK).values_list("url", flat=True))
    oldest_first = dict(LinkCheck.objects.values_list("url", "looked_at"))
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    due = sorted(cited - fresh, key=lambda url: (oldest_first.get(url, never), url))[:AT_ONCE]
    until, looked_at = time.monotonic() + PATIENCE, 0
    for url in due:
        if time.monotonic() > until:
            break
        _store(url, answer_of(url), now)
        looked_at += 1
    return {"links_looked_at": looked_at}


def answer_of(url: str) -> int:
    """Return the HTTP status that `url` leads to, 0 when there is no answer or none may be asked for."""
    try:
        return _follow(url)
    except (Unreachable, connections.NotPublic, OSError, http.client.HTTPException, ValueError):
        return 0


def dead_sources(guide: Guide) -> list[tuple[Source, LinkCheck]]:
    """Return the sources of a working copy whose addresses lead nowhere. Two queries."""
    sources = [source for source in guide.sources.all() if source.url]
    dead = {check.url: check for check in LinkCheck.objects.filter(is_dead=True, url__in=[source.url for source in sources])}
    return [(source, dead[source.url]) for source in sources if source.url in dead]


def with_dead_sources(guides: QuerySet[Guide]) -> QuerySet[Guide]:
    """Return those of `guides` with a source whose address leads nowhere."""
    dead = LinkCheck.objects.filter(is_dead=True).values("url")
    return guides.filter(Exists(Source.objects.filter(guide=OuterRef("pk"), url__in=dead)))


def _cited() -> set[str]:
    """Return the addresses of the sources of all working copies and live editions."""
    urls: set[str] = set(Source.objects.exclude(url="").values_list("url", flat=True))
    sources: Iterable[list[dict[str, str]]] = Edition.objects.live().values_list("sources", flat=True)
    return urls | {source["url"] for row in sources for source in row if source.get("url")}


def _store(url: str, status: int, now: dt.datetime) -> None:
    """Keep what was found. An address is dead when it says so itself, or when it didn't answer in two weeks running."""
    check = LinkCheck.objects.filter(url=url).first() or LinkCheck(url=url, looked_at=now)
    if status in GONE or status == 0:
        check.is_dead = status in GONE or check.failing_since is not None
        check.failing_since = check.failing_since or now
    else:  # what refuses a robot or is broken for a day is not dead
        check.failing_since, check.is_dead = None, False
    check.status, check.looked_at = status, now
    check.save()


def _follow(url: str) -> int:
    until = time.monotonic() + PATIENCE
    for _step in range(REDIRECTS + 1):
        if time.monotonic() > until:
            break
        status, location = _ask("HEAD", url)
        if status in NOT_BY_HEAD or status in GONE:  # some servers answer 404 to any HEAD
            status, location = _ask("GET", url)
        if status not in (301, 302, 303, 307, 308) or not location:
            return status
        url = urljoin(url, location)
    raise Unreachable


def _ask(method: str, url: str) -> tuple[int, str]:
    """Return (status, Location header) of one request."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreachable
    connection = connections.open_to(parts, timeout=TIMEOUT)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()
