"""Identifiers: time-ordered primary keys, and short references for people."""

import secrets
import time
import uuid

# Crockford's base 32: no I, L, O or U, so that a reference can be read out on the phone.
REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Letters that the alphabet leaves out, because they are taken for these digits.
_LOOK_ALIKES = str.maketrans("OIL", "011")


def new_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    Unlike random version 4 ids they keep the index in order of arrival, and unlike sequences they are known before the
    row is stored, so that a sealed payload can be bound to its id.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_reference() -> str:
    """Return a random reference such as "K7M2-9QXD" (40 bits). It reveals neither order nor number."""
    digits = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return "".join(digits[:4]) + "-" + "".join(digits[4:])


def reference_as_typed(text: str) -> str:
    """Return the reference that somebody typed, in the stored form: with or without its hyphen, in small letters, an O for a zero.

    Text that can't be a reference is returned in capitals, and fits none.
    """
    letters = "".join(sign for sign in text.upper().translate(_LOOK_ALIKES) if sign.isalnum())
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == 8 else text.upper()
