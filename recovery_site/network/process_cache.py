"""The cache of each process, whose entries end after their seconds whatever the clock of the server does."""

import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class ProcessCache(LocMemCache):
    """Django's cache in memory, whose entries also end by the monotonic clock.

    Django stores only the time at which an entry ends. An entry that was stored while the clock was 40 days ahead would be given out for
    40 days after the clock is set right: a guide without its correction, or a page that says that nobody can be reached.
    """

    _expire_info: dict[str, "tuple[float, float] | None"]  # when each entry ends by time.time() and by time.monotonic()

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> Any:
        ends = super().get_backend_timeout(timeout)
        return None if ends is None else (ends, time.monotonic() + ends - time.time())

    def _has_expired(self, key: str) -> bool:
        ends = self._expire_info.get(key, (0, 0))
        return ends is not None and (ends[0] <= time.time() or ends[1] <= time.monotonic())
