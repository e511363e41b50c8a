"""Rate limits on what visitors send, by address, by block of addresses and for the whole site, without keeping an address.

An address is an IPv4 address or an IPv6 /64, a block an IPv4 /24 or the same /64; each is kept as a keyed hash, and only until its
window ends. A block bears ten times as much as an address, for the people of a clinic, a shelter or a mobile carrier share one. Each
address adds to the counts of its block and of the site only up to its own limit, and even when the site's limit is reached the first
tries of every address pass: so nobody can shut others out by trying often.

A try is checked before the costly work and added in the transaction that stores what was sent, so that it costs no transaction of its
own. Only what stores nothing else is counted by itself: words that could be a receipt and open no mailbox, and a form that is refused
for want of its proof of work.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from intake.models import RateBucket
from recovery_site import addresses, rate_limits
from recovery_site.rate_limits import Window

# The site's count is spread over so many rows, each address always adding to the same one: a row stays locked on PostgreSQL until
# its transaction is on the disk, and a single row would let only one form of the whole site through at a time.
SITE_PARTS = 16
BLOCK_TIMES = 10


@dataclass(frozen=True)
class Limit:
    """At most `address` tries from one address in `minutes`, BLOCK_TIMES as many from its block, and `site` from all.

    The `first` tries of an address always pass the site's limit.
    """

    name: str
    minutes: int
    address: int
    site: int
    first: int

    @property
    def block(self) -> int:
        """The limit of a block of addresses."""
        return self.address * BLOCK_TIMES


# The figures of docs/threat-model.md.
MAILBOX = Limit("mailbox", minutes=15, address=10, site=600, first=3)
CONTACT = Limit("contact", minutes=10, address=20, site=3000, first=5)
DRAFTS = Limit("drafts", minutes=10, address=60, site=3000, first=5)
MESSAGES = Limit("messages", minutes=10, address=30, site=3000, first=5)
# From this many forms of one address on, that is one sign of a program.
MANY_FORMS = 5


class TooManyTries(Exception):
    """The address, its block, or the whole site has used up its tries. What was stored in the same transaction must be rolled back."""


@dataclass(frozen=True)
class Attempt:
    """One try that may go on and isn't counted yet. `number` is its place among the tries of its address, from 1.

    Tries that run at the same moment may get the same `number`, and may exceed the limits of block and site by as many as they are;
    add() then refuses those that exceed the limit of the address.
    """

    limit: Limit
    window: Window
    address: bytes
    block: bytes
    number: int

    def add(self) -> None:
        """Count the try; call it last in the transaction of what was sent. One query. Raises TooManyTries."""
        site = _site_keys(self.limit, self.window.number)[self.address[0] % SITE_PARTS]
        number, _block, _part = rate_limits.add(RateBucket, [self.address, self.block, site], self.window.ends)
        if number > self.limit.address:
            raise TooManyTries


def check(limit: Limit, request: HttpRequest, now: dt.datetime) -> Attempt:
    """Return this request's try, for the transaction that stores what was sent. One query. Raises TooManyTries."""
    window = Window.at(now, limit.minutes)
    address = rate_limits.key(limit.name, window.number, "address", addresses.single(request))
    block = rate_limits.key(limit.name, window.number, addresses.block(request))
    site = _site_keys(limit, window.number)
    counts = rate_limits.counts(RateBucket, [address, block, *site])
    number, of_site = counts.get(address, 0) + 1, sum(counts.get(part, 0) for part in site) + 1
    if number > limit.address or counts.get(block, 0) >= limit.block or (of_site > limit.site and number > limit.first):
        raise TooManyTries
    return Attempt(limit, window, address, block, number)


def count(limit: Limit, request: HttpRequest, now: dt.datetime) -> None:
    """Count one try in a transaction of its own, for what stores nothing else. Two queries. Raises TooManyTries."""
    attempt = check(limit, request, now)
    with transaction.atomic():
        attempt.add()


def of_site(limit: Limit, now: dt.datetime) -> int:
    """Return how many tries of all addresses this window or the last one has seen, each address up to its own limit. One query."""
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
