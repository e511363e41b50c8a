"""Counters of the rate limits on what visitors send."""

from recovery_site.rate_limits import Bucket


class RateBucket(Bucket):
    """How often one address block, or a part of all of them together, did one thing in one window."""
