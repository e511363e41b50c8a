"""Receipts: a few words that bring a visitor back to their inquiry, and that nobody else has.

The words are never stored. From them come, by one slow stretch, a look-up value (stored, so that the row is found) and a
key (never stored; the case key is stored wrapped under it). Each has a pepper of its own, which the database doesn't hold:
a stolen database can't be searched for words at all.

Order: the slow stretch is over the sorted words and the two fast derivations are over the words as they stand. So an
exchange of words costs a reader nothing and us 35 fast hashes, while the key keeps all of its 77 bits.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from functools import cache
from itertools import islice, product
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.conf import settings

from intake.crypto import sealing, wordlists

# RFC 9106's shape at a cost that a web request can carry: one pass over 8 MiB, about 4-7 ms on one core.
ARGON2_MEMORY_KIB = 8192
ARGON2_PASSES = 1
# A typed receipt whose misspelt words leave more readings than this is sent back with the doubtful words named.
MAX_READINGS = 4

Words = tuple[str, ...]


class UnreadableReceipt(Exception):
    """What was typed can't be a receipt. `reason` is "empty", "count" or "unknown"; `words` are the typed words in doubt."""

    def __init__(self, reason: str, words: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = list(words)


def new(language: str) -> Words:
    """Return the words (plain form) of a new random receipt in the list of `language`."""
    return from_entropy(secrets.token_bytes(32), language)


def from_entropy(entropy: bytes, language: str) -> Words:
    """Return the words that 32 bytes of `entropy` stand for; the same bytes always give the same words."""
    words = wordlists.words_of(language)
    number = int.from_bytes(entropy, "big")
    drawn = []
    for _ in range(words.words_in_receipt):
        number, place = divmod(number, len(words.plain))
        drawn.append(words.plain[place])
    return tuple(drawn)


def for_form(nonce: bytes, language: str) -> Words:
    """Return the receipt that belongs to one contact form: sent twice, it is the same receipt, though none is stored."""
    return from_entropy(hmac.digest(_form_key(settings.SECRET_KEY), nonce, "sha256"), language)


@cache
def _form_key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site receipt of a form v1", "sha256")


def shown(words: Words, language: str) -> list[str]:
    """Return the words as a person should read and write them, with their accents."""
    spelling = wordlists.words_of(language).shown
    return [spelling[word] for word in words]


def derive(words: Sequence[str]) -> tuple[bytes, bytes]:
    """Return (look-up value, wrapping key), 32 bytes each, of a receipt's plain words. Slow on purpose."""
    return _split(_stretch(words), words)


def _stretch(words: Sequence[str]) -> bytes:
    kdf = Argon2id(salt=b"recovery-site receipt v1", length=32, iterations=ARGON2_PASSES, lanes=1, memory_cost=ARGON2_MEMORY_KIB)
    return kdf.derive(" ".join(sorted(words)).encode())


def _split(stretched: bytes, words: Sequence[str]) -> tuple[bytes, bytes]:
    material = stretched + " ".join(words).encode()
    return _hkdf(settings.RECEIPT_LOOKUP_PEPPER, material, b"look-up"), _hkdf(settings.RECEIPT_KEY_PEPPER, material, b"wrapping key")


def _hkdf(pepper: str, material: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) with the pepper as salt, for one block of 32 bytes."""
    extracted = hmac.digest(pepper.encode(), material, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def readings(typed: str) -> list[Words]:
    """Return the receipts that `typed` may mean (at most four), the surest first.

    Capitals, accents, digits, commas and dashes don't matter, nor does one mistake in a word. Raises UnreadableReceipt with
    what to mend. It looks at the word lists only, so its answer says nothing about which receipts exist.
    """
    words = re.findall(r"[^\W\d_]+", typed)
    if not words:
        raise UnreadableReceipt("empty")
    lists = {wordlists.words_of(language).words_in_receipt: language for language in ("en", "es")}
    language = lists.get(len(words))
    if language is None:
        raise UnreadableReceipt("count", words)
    meant = [wordlists.nearest(word, language) for word in words]
    unknown = [word for word, near in zip(words, meant, strict=True) if not near]
    if unknown:
        raise UnreadableReceipt("unknown", unknown)
    found = list(islice(product(*meant), MAX_READINGS + 1))
    if len(found) > MAX_READINGS:
        raise UnreadableReceipt("unknown", [word for word, near in zip(words, meant, strict=True) if len(near) > 1])
    return found


def orders(words: Words) -> list[Words]:
    """Return `words` as they stand, then with any two exchanged or any one moved: what a hurried copy gets wrong."""
    found = {words: None}
    size = len(words)
    for one in range(size):
        for other in range(size):
            exchanged = list(words)
            exchanged[one], exchanged[other] = exchanged[other], exchanged[one]
            found.setdefault(tuple(exchanged))
            moved = list(words)
            moved.insert(other, moved.pop(one))
            found.setdefault(tuple(moved))
    return list(found)


def candidates(typed: str) -> dict[bytes, bytes]:
    """Return the look-up values (with their wrapping keys) that `typed` may stand for; raise UnreadableReceipt.

    The work depends on the words' spelling alone, never on what is stored.
    """
    found: dict[bytes, bytes] = {}
    for reading in readings(typed):
        stretched = _stretch(reading)
        for order in orders(reading):
            lookup, key = _split(stretched, order)
            found.setdefault(lookup, key)
    return found


def wrap(case_key: bytes, inquiry_id: UUID, key: bytes) -> bytes:
    """Return the case key wrapped under a receipt's key, for this inquiry only."""
    return sealing.seal_bytes(b"receipt:" + inquiry_id.bytes, case_key, key)


def unwrap(wrapped: bytes | memoryview, inquiry_id: UUID, key: bytes) -> bytes:
    """Return the case key; raise sealing.SealBroken when the words aren't this inquiry's."""
    return sealing.open_bytes(b"receipt:" + inquiry_id.bytes, wrapped, key)


def submission_hash(nonce: bytes) -> bytes:
    """Return what is stored of a form's nonce, so that the form sent again is known."""
    return hashlib.sha256(b"recovery-site submission v1" + nonce).digest()
