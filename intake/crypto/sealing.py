"""Encryption of payloads, and of case keys to a public key.

An envelope is one version byte, a random 96-bit nonce, and AES-256-GCM over the padded JSON. The record's kind and id are
associated data, so that a ciphertext moved to another record no longer opens. Everything that can't be authenticated
raises SealBroken.
"""

import json
import secrets
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = 1
# Payloads are padded to a multiple of this many bytes, because their length would reveal something about the content.
PADDING = 512

MLKEM_PUBLIC_BYTES = 1184
MLKEM_SEED_BYTES = 64
X25519_BYTES = 32
PUBLIC_KEY_BYTES = MLKEM_PUBLIC_BYTES + X25519_BYTES
PRIVATE_KEY_BYTES = MLKEM_SEED_BYTES + X25519_BYTES

# HPKE (RFC 9180) with a hybrid KEM, so that what is recorded today stays secret even if X25519 is broken one day.
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_WRAP_INFO = b"recovery-site case key v1:"


class SealBroken(Exception):
    """Raised when a sealed value doesn't open: wrong key, wrong record, truncated or modified."""


def new_case_key() -> bytes:
    """Return a new random 256-bit key for one inquiry."""
    return secrets.token_bytes(KEY_BYTES)


def seal(kind: str, record_id: UUID, payload: dict[str, Any], case_key: bytes) -> bytes:
    """Return `payload` (plain JSON values) as an envelope that opens only as this `kind` and `record_id`."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    # JSON parsers ignore trailing blanks, so the padding need not be stripped.
    padded = text.ljust(-(-len(text) // PADDING) * PADDING, b" ")
    return seal_bytes(_label(kind, record_id), padded, case_key)


def open_sealed(kind: str, record_id: UUID, blob: bytes | memoryview, case_key: bytes) -> dict[str, Any]:
    """Return the payload of an envelope. Raises SealBroken when it belongs to another record or was modified."""
    payload: dict[str, Any] = json.loads(open_bytes(_label(kind, record_id), blob, case_key))
    return payload


def seal_bytes(label: bytes, content: bytes, key: bytes) -> bytes:
    """Return `content` as an envelope under `key` that opens only with the same `label`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, content, label)


def open_bytes(label: bytes, blob: bytes | memoryview, key: bytes) -> bytes:
    """Return what `seal_bytes` encrypted with the same `label` and `key`. Raises SealBroken."""
    blob = bytes(blob)
    if len(blob) <= 1 + NONCE_BYTES or blob[0] != VERSION:
        raise SealBroken
    try:
        return AESGCM(key).decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], label)
    except InvalidTag:
        raise SealBroken from None


def _label(kind: str, record_id: UUID) -> bytes:
    return f"{kind}:{record_id}".encode()


def new_key_pair() -> tuple[bytes, bytes]:
    """Return a new (private, public) key pair for wrapping case keys, as raw bytes (96 and 1,216 of them)."""
    seed = mlkem.MLKEM768PrivateKey.generate()
    scalar = x25519.X25519PrivateKey.generate()
    private = seed.private_bytes_raw() + scalar.private_bytes_raw()
    return private, public_half(private)


def public_half(private_key: bytes) -> bytes:
    """Return the public key of `private_key`. Raises SealBroken if it has the wrong length."""
    if len(private_key) != PRIVATE_KEY_BYTES:
        raise SealBroken
    seed, scalar = private_key[:MLKEM_SEED_BYTES], private_key[MLKEM_SEED_BYTES:]
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()
        + x25519.X25519PrivateKey.from_private_bytes(scalar).public_key().public_bytes_raw()
    )


def wrap_to_public_key(case_key: bytes, inquiry_id: UUID, public_key: bytes | memoryview) -> bytes:
    """Return `case_key` encrypted to `public_key` (a centre's or the recovery key) and bound to the inquiry.

    Raises ValueError if `public_key` has the wrong length.
    """
    public_key = bytes(public_key)
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise ValueError(f"A public key has {PUBLIC_KEY_BYTES} bytes, this one {len(public_key)}.")
    return _SUITE.encrypt(case_key, _recipient(public_key), _WRAP_INFO + inquiry_id.bytes)


@lru_cache(maxsize=64)
def _recipient(public_key: bytes) -> hpke.MLKEM768X25519PublicKey:
    return hpke.MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(public_key[:MLKEM_PUBLIC_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(public_key[MLKEM_PUBLIC_BYTES:]),
    )


def unwrap_with_private_key(wrapped: bytes | memoryview, inquiry_id: UUID, private_key: bytes) -> bytes:
    """Return the case key that was wrapped for this inquiry. Raises SealBroken."""
    if len(private_key) != PRIVATE_KEY_BYTES:
        raise SealBroken
    try:
        return _SUITE.decrypt(bytes(wrapped), _opener(bytes(private_key)), _WRAP_INFO + inquiry_id.bytes)
    except InvalidTag:
        raise SealBroken from None


@lru_cache(maxsize=64)
def _opener(private_key: bytes) -> hpke.MLKEM768X25519PrivateKey:
    """Return the key as an object. ML-KEM expands its seed for that, which takes as long as opening."""
    return hpke.MLKEM768X25519PrivateKey(
        mlkem.MLKEM768PrivateKey.from_seed_bytes(private_key[:MLKEM_SEED_BYTES]),
        x25519.X25519PrivateKey.from_private_bytes(private_key[MLKEM_SEED_BYTES:]),
    )
