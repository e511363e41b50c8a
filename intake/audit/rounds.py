"""The worker's part: links what is new every few seconds, and signs."""

import time

from django.conf import settings

from intake.audit import chain, signing

# Seconds between two rounds. What is removed from the database before it is linked leaves no trace, so they are few.
EVERY = 3.0
# Seconds between two looks at what is to be signed.
SIGN_EVERY = 60.0


def link_and_sign() -> None:
    """Link all that is new, and sign (`send_notifications --once`)."""
    if settings.SERVES_STAFF:
        while chain.link_new() == chain.BATCH:
            pass
        signing.sign_heads()


class Rounds:
    """Links every EVERY seconds, and at once while more is to be linked; signs every SIGN_EVERY seconds."""

    def __init__(self) -> None:
        self._next = self._next_signing = 0.0

    def link_when_due(self) -> int:
        """Link at most one batch; return how many events were linked, 0 when it is too early."""
        now = time.monotonic()
        if now < self._next or not settings.SERVES_STAFF:
            return 0
        count = chain.link_new()
        if count < chain.BATCH:
            self._next = now + EVERY
            if now >= self._next_signing:
                signing.sign_heads()
                self._next_signing = now + SIGN_EVERY
        return count
