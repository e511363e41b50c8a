"""The cache that several servers share (Redis). It holds nothing that is needed, so while it is away the site is only slower."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# What a request may lose by a cache that hangs. It isn't asked again for AWAY_SECONDS.
TIMEOUT_SECONDS = 0.25
AWAY_SECONDS = 5.0


class _Circuit:
    """Whether the cache is asked at all, for all threads of this process. Logs once that it is away, and once that it is back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_away = False
        self._ask_again = 0.0  # time.monotonic()

    def is_open(self) -> bool:
        """Return whether nothing is asked. Once in AWAY_SECONDS one caller is let through to try."""
        if not self._is_away:
            return False
        with self._lock:
            if time.monotonic() < self._ask_again:
                return True
            self._ask_again = time.monotonic() + AWAY_SECONDS
            return False

    def failed(self, error: Exception) -> None:
        with self._lock:
            self._ask_again = time.monotonic() + AWAY_SECONDS
            was_away, self._is_away = self._is_away, True
        if not was_away:
            logger.error("The shared cache is away (%s). The site goes on without it, more slowly.", type(error).__name__)

    def worked(self) -> None:
        if self._is_away:
            with self._lock:
                was_away, self._is_away = self._is_away, False
            if was_away:
                logger.warning("The shared cache is back.")


circuit = _Circuit()


class _Client(RedisCacheClient):
    """Django's client of Redis, whose answers while Redis is away are those of a cache that has nothing."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        limits = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS, "retry": Retry(NoBackoff(), 0)}
        super().__init__(servers, **{**limits, **options})

    def get(self, key: Any, default: Any) -> Any:
        return _asked(super().get, default, key, default)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        return dict(_asked(super().get_many, {}, keys))

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        _asked(super().set, None, key, value, timeout)

    def set_many(self, data: Any, timeout: Any) -> None:
        _asked(super().set_many, None, data, timeout)

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """Return True while Redis is away: what is done once in a while is then done more often, not never."""
        return bool(_asked(super().add, True, key, value, timeout))

    def touch(self, key: Any, timeout: Any) -> bool:
        return bool(_asked(super().touch, False, key, timeout))

    def delete(self, key: Any) -> bool:
        return bool(_asked(super().delete, False, key))

    def delete_many(self, keys: Any) -> None:
        _asked(super().delete_many, None, keys)

    def has_key(self, key: Any) -> bool:
        return bool(_asked(super().has_key, False, key))

    def incr(self, key: Any, delta: int) -> int:
        """Raise ValueError while Redis is away, as for a key that isn't there."""
        number = _asked(super().incr, None, key, delta)
        if number is None:
            raise ValueError(f"Key {key!r} not found.")
        return int(number)

    def clear(self) -> bool:
        return bool(_asked(super().clear, False))


def _asked(method: Callable[..., Any], otherwise: Any, *arguments: Any) -> Any:
    """Return what the method of Django's client answers, or `otherwise` while Redis is away."""
    if circuit.is_open():
        return otherwise
    try:
        answer = method(*arguments)
    except (RedisError, OSError) as error:
        circuit.failed(error)
        return otherwise
    circuit.worked()
    return answer


class SharedCache(RedisCache):
    """A cache in Redis that may be away."""

    may_be_away = True  # recovery_site.doctor.configuration asks

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
