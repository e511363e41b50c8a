"""Rate limits by address block, without keeping an address.

A block is an IPv4 /24 or an IPv6 /64. It is kept as an HMAC under a key of the site's, together with the stretch of
minutes it belongs to, and only until that stretch ends. There is a bucket for the whole site beside the blocks' own, but
each block fills it only as far as its own limit goes, and a full one never stops a block's first tries: so nobody can
shut others out by trying a lot.
"""

import datetime as dt
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from intake.models import RateBucket
from recovery_site import addresses
from recovery_site.counts import one_more
from recovery_site.durability import losable


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
MESSAGES = Limit("messages", minutes=10, block=30, site=3000, first=5)
# From this many forms of one block on, the next ones are looked at by a person before the staff are called.
MANY_FORMS = 5


def count(limit: Limit, request: HttpRequest, now: dt.datetime) -> tuple[bool, int]:
    """Count one try; return whether it may go on, and how many tries the block has made in this stretch."""
    stretch = int(now.timestamp()) // (limit.minutes * 60)
    ends = dt.datetime.fromtimestamp((stretch + 1) * limit.minutes * 60, dt.UTC)
    # Everyone's try counts in the site's bucket: whoever waited for the disk here would let all others wait.
    with losable():
        mine = one_more(RateBucket, _key(limit, stretch, addresses.block(request)), ends)
        whole = one_more(RateBucket, _key(limit, stretch, "site"), ends) if mine <= limit.block else 0
    return mine <= limit.block and (whole <= limit.site or mine <= limit.first), mine


def of_site(limit: Limit, now: dt.datetime) -> int:
    """Return how many tries of all blocks together this stretch or the last one has seen, each block up to its own limit."""
    stretch = int(now.timestamp()) // (limit.minutes * 60)
    keys = [_key(limit, each, "site") for each in (stretch, stretch - 1)]
    return max(RateBucket.objects.filter(key__in=keys).values_list("count", flat=True), default=0)


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Remove the buckets whose stretch has ended (housekeeping); return their number."""
    # A margin, so that a clock set back doesn't bring an ended stretch to life again.
    deleted, _by_model = RateBucket.objects.filter(expires_at__lte=now - dt.timedelta(minutes=1)).delete()
    return {"rate_buckets": deleted}


def _key(limit: Limit, stretch: int, who: str) -> bytes:
    text = f"recovery-site limit v1 {limit.name} {stretch} {who}"
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), "sha256")[:16]
