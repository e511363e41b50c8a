"""Rate limits on what visitors send, by address block and for the whole site, without keeping an address.

A block is an IPv4 /24 or an IPv6 /64; it is kept as a keyed hash, and only until its window ends. Each block adds to the site's
count only up to the block's own limit, and even when the site's limit is reached the first tries of every block pass: so
nobody can shut others out by trying often.

A try is checked before the costly work and added in the transaction that stores what was sent, so that it costs no transaction of its
own. Only what stores nothing else is counted by itself: an attempt to open a mailbox, and a form that is refused for want of its proof
of work.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from intake.models import RateBucket
from recovery_site import addresses, rate_limits
from recovery_site.rate_limits import Window

# The site's count is spread over so many rows, each block always adding to the same one: a row stays locked on PostgreSQL until
# its transaction is on the disk, and a single row would let only one form of the whole site through at a time.
SITE_PARTS = 16


@dataclass(frozen=True)
class Limit:
    """At most `block` tries from one block in `minutes`, and `site` from all; `first` tries of a block always pass."""

    name: str
    minutes: int
    block: int
    site: int
    first: int


# The figures of docs/threat-model.md.
MAILBOX = Limit("mailbox", minutes=15, block=10, site=600, first=3)
CONTACT = Limit("contact", minutes=10, block=20, site=3000, first=5)
DRAFTS = Limit("drafts", minutes=10, block=60, site=3000, first=5)
MESSAGES = Limit("messages", minutes=10, block=30, site=3000, first=5)
# From this many forms of one block on, the next ones are looked at by a person before the staff are called.
MANY_FORMS = 5


class TooManyTries(Exception):
    """The address block, or the whole site, has used up its tries. What was stored in the same transaction must be rolled back."""


@dataclass(frozen=True)
class Attempt:
    """One try that may go on and isn't counted yet. `number` is its place among the tries of its block, from 1.

    Tries that run at the same moment may get the same `number`, and may exceed the site's limit by as many as they are;
    add() then refuses those that exceed the block's limit.
    """

    limit: Limit
    window: Window
    block: bytes
    number: int

    def add(self) -> None:
        """Count the try; call it last in the transaction of what was sent. One query. Raises TooManyTries."""
        site = _site_keys(self.limit, self.window.number)[self.block[0] % SITE_PARTS]
        number, _part = rate_limits.add(RateBucket, [self.block, site], self.window.ends)
        if number > self.limit.block:
            raise TooManyTries


def check(limit: Limit, request: HttpRequest, now: dt.datetime) -> Attempt:
    """Return this request's try, for the transaction that stores what was sent. One query. Raises TooManyTries."""
    window = Window.at(now, limit.minutes)
    block = rate_limits.key(limit.name, window.number, addresses.block(request))
    site = _site_keys(limit, window.number)
    counts = rate_limits.counts(RateBucket, [block, *site])
    number, of_site = counts.get(block, 0) + 1, sum(counts.get(part, 0) for part in site) + 1
    if number > limit.block or (of_site > limit.site and number > limit.first):
        raise TooManyTries
    return Attempt(limit, window, block, number)


def count(limit: Limit, request: HttpRequest, now: dt.datetime) -> None:
    """Count one try in a transaction of its own, for what stores nothing else. Two queries. Raises TooManyTries."""
    attempt = check(limit, request, now)
    with transaction.atomic():
        attempt.add()


def of_site(limit: Limit, now: dt.datetime) -> int:
    """Return how many tries of all blocks this window or the last one has seen, each block up to its own limit. One query."""
    number = Window.at(now, limit.minutes).number
    windows = [_site_keys(limit, each) for each in (number, number - 1)]
    counts = rate_limits.counts(RateBucket, [part for window in windows for part in window])
    return max(sum(counts.get(part, 0) for part in window) for window in windows)


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Remove the buckets whose window has ended (housekeeping); return their number."""
    return {"rate_buckets": rate_limits.forget_expired(RateBucket, now)}


def _site_keys(limit: Limit, window: int) -> list[bytes]:
    start = rate_limits.key(limit.name, window, "site")[:-1]
    return [start + bytes([part]) for part in range(SITE_PARTS)]
