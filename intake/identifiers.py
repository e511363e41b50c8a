"""Identifiers of records: time-ordered ids for rows, short references for people."""

import secrets
import time
import uuid

# Crockford's base 32: no I, L, O or U, so that a reference can be read out on the phone.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Rows that arrive together lie together in the index, which a random version 4 id would scatter; and the id is known
    before the row is stored, so that a payload can be bound to it.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_reference() -> str:
    """Return a random reference such as "K7M2-9QXD" (40 bits): it counts nothing and tells nothing."""
    digits = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return "".join(digits[:4]) + "-" + "".join(digits[4:])
