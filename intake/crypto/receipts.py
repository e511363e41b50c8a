"""Receipts: a few random words with which a visitor returns to their inquiry.

The words are never stored. One slow key derivation (Argon2id) turns them into a look-up value, which is stored, and a
wrapping key, under which the case key is stored. Each uses its own pepper, which is kept outside the database, so that a
stolen database can't be searched for words.

Argon2id runs over the sorted words and the two fast derivations (HKDF) over the words in their order. Swapped words are
therefore found at the cost of some dozens of fast hashes, while the key keeps its full 77 bits.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, islice, product
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.conf import settings

from intake.crypto import sealing, wordlists

# Argon2id (RFC 9106) at a cost that a web request can bear: one pass over 8 MiB, about 4-7 ms on one core.
ARGON2_MEMORY_KIB = 8192
ARGON2_PASSES = 1
# A typed receipt whose misspelt words allow more readings than this is refused, naming the ambiguous words.
MAX_READINGS = 4
# Longer texts are no receipt.
MOST_WORDS = 60

Words = tuple[str, ...]


class UnreadableReceipt(Exception):
    """Raised when the typed text can't be a receipt.

    `reason` is "empty", "missing", "extra" or "unknown"; `words` are the typed words that were not understood, or all of them;
    `expected` is the number of words in a receipt.
    """

    def __init__(self, reason: str, words: Sequence[str] = (), expected: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = list(words)
        self.expected = expected


def new(language: str) -> Words:
    """Return the words (plain form) of a new random receipt from the list of `language`."""
    return from_entropy(secrets.token_bytes(32), language)


def from_entropy(entropy: bytes, language: str) -> Words:
    """Return the words for 32 bytes of `entropy`. Deterministic."""
    words = wordlists.words_of(language)
    number = int.from_bytes(entropy, "big")
    drawn = []
    for _ in range(words.words_in_receipt):
        number, place = divmod(number, len(words.plain))
        drawn.append(words.plain[place])
    return tuple(drawn)


def for_form(nonce: bytes, language: str, secret_key: str = "") -> Words:
    """Return the receipt derived from one contact form's nonce, so that a form sent twice gives the same receipt.

    `secret_key` is a former secret of the site, for a form that may have been sent before it was changed.
    """
    return from_entropy(hmac.digest(_form_key(secret_key or settings.FORM_SECRET), nonce, "sha256"), language)


@cache
def _form_key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site receipt of a form v1", "sha256")


def shown(words: Words, language: str) -> list[str]:
    """Return the words for display, with accents."""
    spelling = wordlists.words_of(language).shown
    # A receipt from before an update of the site may have words of another list.
    return [spelling.get(word, word) for word in words]


def derive(words: Sequence[str]) -> tuple[bytes, bytes]:
    """Return (look-up value, wrapping key), 32 bytes each, of a receipt's plain words. Slow on purpose."""
    return _split(_slow_hash(words), words)


def _slow_hash(words: Sequence[str]) -> bytes:
    kdf = Argon2id(salt=b"recovery-site receipt v1", length=32, iterations=ARGON2_PASSES, lanes=1, memory_cost=ARGON2_MEMORY_KIB)
    return kdf.derive(" ".join(sorted(words)).encode())


def _split(slow_hash: bytes, words: Sequence[str]) -> tuple[bytes, bytes]:
    material = slow_hash + " ".join(words).encode()
    return _hkdf(settings.RECEIPT_LOOKUP_PEPPER, material, b"look-up"), _hkdf(settings.RECEIPT_KEY_PEPPER, material, b"wrapping key")


def _hkdf(pepper: str, material: bytes, info: bytes) -> bytes:
    """Return one 32-byte block of HKDF-SHA256 (RFC 5869), with the pepper as salt."""
    extracted = hmac.digest(pepper.encode(), material, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def readings(typed: str) -> list[Words]:
    """Return the receipts that `typed` may mean, best match first: at most four in each list, or eight where one word is too many.

    Ignores case, accents, digits and punctuation, corrects one mistake in each word, separates words that are run together, and
    leaves out what is no word of a receipt. Raises UnreadableReceipt. Only the word lists are consulted, so the result reveals
    nothing about which receipts exist.
    """
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", typed))
    if not words:
        raise UnreadableReceipt("empty")
    if len(words) > MOST_WORDS:
        raise UnreadableReceipt("extra", words, wordlists.words_of("en").words_in_receipt)
    matches = {name: [wordlists.nearest(word, name) for word in words] for name in wordlists.LISTS}
    possible = _complete(words, matches) or _run_together(words) or _without_added(words, matches)
    if possible:
        return possible
    # The list that knows most of the words is the one that was meant.
    name = max(wordlists.LISTS, key=lambda name: sum(map(bool, matches[name])))
    expected = wordlists.words_of(name).words_in_receipt
    if unknown := [word for word, near in zip(words, matches[name], strict=True) if not near]:
        raise UnreadableReceipt("unknown", unknown, expected)
    if len(words) == expected:
        raise UnreadableReceipt("unknown", [word for word, near in zip(words, matches[name], strict=True) if len(near) > 1], expected)
    raise UnreadableReceipt("missing" if len(words) < expected else "extra", words, expected)


# The words that each typed word may mean: in the order in which they were typed, empty for a word that is in no list.
Matches = list[tuple[str, ...]]


def _complete(words: Sequence[str], matches: Mapping[str, Matches]) -> list[Words]:
    """Return the readings in the lists that know every word, and whose receipts have as many."""
    fitting = (near for name, near in matches.items() if _fits(words, name))
    return [reading for near in fitting for reading in _products(near)]


def _without_added(words: Sequence[str], matches: Mapping[str, Matches]) -> list[Words]:
    """Return the readings of a receipt to which something was added ("and", "'s", a bullet that was read as a word)."""
    possible: list[Words] = []
    for name, matched in matches.items():
        count = wordlists.words_of(name).words_in_receipt
        # Rather a word of a longer receipt that is misspelt, which the person can mend.
        if any(_fits(words, other) and sum(map(bool, near)) >= count for other, near in matches.items()):
            continue
        exact: Matches = [near for word, near in zip(words, matched, strict=True) if near == (wordlists.plain(word),)]
        known = exact if len(exact) >= count else [near for near in matched if near]
        if len(known) == count:
            possible += _products(known)
        elif len(known) == len(exact) == count + 1:  # all are words of the list: any one may be the one too many
            possible += [tuple(near[0] for near in exact[:place] + exact[place + 1 :]) for place in range(count + 1)]
    return possible


def _fits(words: Sequence[str], name: str) -> bool:
    return len(words) == wordlists.words_of(name).words_in_receipt


def _run_together(words: Sequence[str]) -> list[Words]:
    """Return the readings of words without spaces between some of them, if there is one way only to separate them.

    What is a word of a receipt by itself stays whole: of “sunflower” alone it can't be said that a space is missing.
    """
    possible: set[Words] = set()
    whole = [any(wordlists.plain(word) in wordlists.words_of(name).shown for name in wordlists.LISTS) for word in words]
    for name in wordlists.LISTS:
        count = wordlists.words_of(name).words_in_receipt
        if len(words) < count:
            parts = [
                [(wordlists.plain(word),)] if known else wordlists.split(word, name, count)
                for word, known in zip(words, whole, strict=True)
            ]
            ways = islice(product(*parts), wordlists.MOST_WAYS**2)
            possible |= {reading for way in ways if len(reading := tuple(chain.from_iterable(way))) == count}
    return list(possible) if len(possible) == 1 else []


def _products(near: Matches) -> list[Words]:
    """Return every reading, or none when there are more than MAX_READINGS."""
    possible = list(islice(product(*near), MAX_READINGS + 1))
    return possible if len(possible) <= MAX_READINGS else []


def orders(words: Words) -> list[Words]:
    """Return `words` in the given order, then with any two swapped and with any one moved (common copying mistakes)."""
    variants = {words: None}
    size = len(words)
    for one in range(size):
        for other in range(size):
            swapped = list(words)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            variants.setdefault(tuple(swapped))
            moved = list(words)
            moved.insert(other, moved.pop(one))
            variants.setdefault(tuple(moved))
    return list(variants)


def candidates(typed: str) -> dict[bytes, bytes]:
    """Return a mapping of look-up values to wrapping keys for everything that `typed` may mean.

    Raises UnreadableReceipt. The time taken depends only on the spelling of the words and not on what is stored.
    """
    key_by_lookup: dict[bytes, bytes] = {}
    for reading in readings(typed):
        slow_hash = _slow_hash(reading)
        for order in orders(reading):
            lookup, key = _split(slow_hash, order)
            key_by_lookup.setdefault(lookup, key)
    return key_by_lookup


def wrap(case_key: bytes, inquiry_id: UUID, key: bytes) -> bytes:
    """Return the case key encrypted under a receipt's key and bound to the inquiry."""
    return sealing.seal_bytes(b"receipt:" + inquiry_id.bytes, case_key, key)


def unwrap(wrapped: bytes | memoryview, inquiry_id: UUID, key: bytes) -> bytes:
    """Return the case key. Raises sealing.SealBroken when `key` doesn't belong to this inquiry."""
    return sealing.open_bytes(b"receipt:" + inquiry_id.bytes, wrapped, key)


def submission_hash(nonce: bytes) -> bytes:
    """Return the hash of a form's nonce under which a form that is sent again is recognised."""
    return hashlib.sha256(b"recovery-site submission v1" + nonce).digest()
