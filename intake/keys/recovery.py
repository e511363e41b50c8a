"""The organisation's recovery key, from shares of its seed that lie with several people (SLIP-39).

A recovery key pair is derived from 32 random bytes. These are divided into words: any `threshold` of the shares give the bytes, fewer
say nothing about them (Shamir 1979). Neither the seed nor a share is ever written to a file.
"""

import base64
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction
from django.db.models import OuterRef, Subquery
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share
from shamir_mnemonic.wordlist import WORDLIST

from accounts.models import User
from intake.cases import events
from intake.crypto import keyring, sealing
from intake.crypto.key_files import KeyringError
from intake.identifiers import new_id
from intake.keys import rewrapping, rotation
from intake.models import Centre, CentreKey, Event, KeyWrap

SEED_BYTES = 32
# The first four letters of a word of SLIP-39 are enough to know it.
_BY_BEGINNING = {word[:4]: word for word in WORDLIST}


def new_seed() -> bytes:
    """Return a random seed."""
    return secrets.token_bytes(SEED_BYTES)


def private_key(seed: bytes) -> bytes:
    """Return the private recovery key of `seed`, in the form of sealing.new_key_pair. Deterministic."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=sealing.PRIVATE_KEY_BYTES, salt=None, info=b"recovery-site recovery key v1")
    return kdf.derive(seed)


def public_key(private: bytes) -> str:
    """Return the public half as the setting RECOVERY_PUBLIC_KEY takes it. Raises SealBroken if `private` has the wrong length."""
    return base64.b64encode(sealing.public_half(private)).decode()


def divide(seed: bytes, *, shares: int, threshold: int) -> list[str]:
    """Return `shares` shares of 33 words, of which any `threshold` give the seed. Raises KeyringError for numbers that don't work."""
    try:
        return list(generate_mnemonics(1, [(threshold, shares)], seed)[0])
    except ValueError as error:
        raise KeyringError(f"These numbers of shares don't work: {error}") from None


def read_share(typed: str) -> str:
    """Return a share as it was typed, with words completed from their first four letters. Raises KeyringError for a mistake in it."""
    words = [_BY_BEGINNING.get(word[:4], word) for word in typed.lower().split()]
    if unknown := [str(place) for place, word in enumerate(words, 1) if word not in _BY_BEGINNING.values()]:
        raise KeyringError(f"Not a word of a share: number {', '.join(unknown)}.")
    try:
        Share.from_mnemonic(" ".join(words))
    except MnemonicError:
        raise KeyringError("A word is wrong, missing or in another place: the share doesn't add up.") from None
    return " ".join(words)


def needed(share: str) -> int:
    """Return how many shares are needed, as a share says itself."""
    return int(Share.from_mnemonic(share).member_threshold)


def combine(shares: Sequence[str]) -> bytes:
    """Return the seed. Raises KeyringError when the shares are too few or don't belong together."""
    try:
        return bytes(combine_mnemonics(shares))
    except MnemonicError as error:
        raise KeyringError(f"The shares don't give the recovery key: {error}") from None


@dataclass(frozen=True)
class Drill:
    """What a drill found: whether the key is the one of the settings, opens a canary sealed to it, and how many stored wraps it opens."""

    is_current: bool
    opens_canary: bool
    tried: int
    opened: int


def drill(private: bytes, *, by: User | str = "system") -> Drill:
    """Open a canary, and the oldest and newest stored wraps, with the private recovery key. Changes nothing but the record."""
    current = keyring.recovery_public_key()
    canary, record = sealing.new_case_key(), new_id()
    wrapped = sealing.wrap_to_public_key(canary, record, current or sealing.public_half(private))
    stored = KeyWrap.objects.filter(centre_key=None).order_by("pk")
    rows = {row.pk: row for row in [*stored[:5], *stored.reverse()[:5]]}.values()
    result = Drill(
        is_current=current == sealing.public_half(private),
        opens_canary=_opens(wrapped, record, private, canary),
        tried=len(rows),
        opened=sum(_opens(bytes(row.wrapped), row.inquiry_id, private) for row in rows),
    )
    events.record_beside_cases(Event.Kind.KEY_RECOVERED, by=by, why="drill", opened=result.opened)
    return result


def _opens(wrapped: bytes, record: UUID, private: bytes, content: bytes | None = None) -> bool:
    try:
        opened = sealing.unwrap_with_private_key(wrapped, record, private)
    except sealing.SealBroken:
        return False
    return content is None or opened == content


@dataclass(frozen=True)
class Recovered:
    """What recovering a centre gave: cases wrapped to its active key, and those that can't be, with notes and drafts."""

    cases: int
    lost: int


def recover(centre: Centre, private: bytes, *, jobs: int, progress: rewrapping.Progress, by: User | str = "system") -> Recovered:
    """Wrap the cases of `centre` whose key is lost to its active key, from their wraps to the recovery key.

    The centre must have an active key whose private half is here (keyring.create_centre_key). Raises KeyringError when it hasn't. It is
    safe to kill this and to run it again. Notes between shifts and unsent drafts are not wrapped to the recovery key, and stay lost.
    """
    new = rotation.usable_active_key(centre)
    lost = [key.pk for key in centre.keys.exclude(pk=new.pk) if not keyring.is_here(key)]
    before = rewrapping.CASES.wrapped_to(lost).count()
    read = partial(_recoverable, lost)
    store = partial(rewrapping.store_for_key, rewrapping.CASES, new)
    rewrapping.run(read, store, {0: private}, bytes(new.public_key), jobs=jobs, progress=progress)
    left = rewrapping.CASES.wrapped_to(lost).count()
    counts = rewrapping.counts()
    recovered = Recovered(cases=before - left, lost=sum(counts[number] for number in lost))
    events.record_beside_cases(
        Event.Kind.KEY_RECOVERED, by=by, centre_id=centre.pk, key=new.pk, wrapped=recovered.cases, left=recovered.lost
    )
    return recovered


def _recoverable(lost: Sequence[int]) -> Iterator[rewrapping.Row]:
    recovery = KeyWrap.objects.filter(inquiry=OuterRef("inquiry"), centre_key=None).values("wrapped")[:1]
    rows = rewrapping.CASES.wrapped_to(lost).annotate(recovery=Subquery(recovery)).exclude(recovery=None)
    last = 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "inquiry_id", "recovery")[: rewrapping.BATCH]):
        yield from (rewrapping.Row(pk, inquiry, 0, bytes(blob)) for pk, inquiry, blob in batch)
        last = batch[-1][0]


def renew(*, jobs: int, progress: rewrapping.Progress, by: User | str = "system") -> int:
    """Wrap every case to the recovery key of the settings, in place of a former one; return how many can't be opened here.

    Raises KeyringError when no recovery key is set. It is safe to kill this and to run it again.
    """
    public = keyring.recovery_public_key()
    if public is None:
        raise KeyringError("RECOVERY_PUBLIC_KEY isn't set. `manage.py keys make-recovery` makes one.")
    private_keys = {key.pk: keyring.private_key(key) for key in CentreKey.objects.all() if keyring.is_here(key)}
    read = partial(rewrapping.rows, rewrapping.CASES.wrapped_to(private_keys), rewrapping.CASES.record)
    missing = rewrapping.run(read, _store_recovery, private_keys, public, jobs=jobs, progress=progress)
    missing += KeyWrap.objects.exclude(centre_key=None).exclude(centre_key__in=private_keys).count()
    events.record_beside_cases(Event.Kind.KEY_ROTATED, by=by, why="recovery", left=missing)
    return missing


@transaction.atomic
def _store_recovery(done: list[tuple[rewrapping.Row, bytes]]) -> None:
    wrapped = {row.record: blob for row, blob in done}
    # Locked, so that a case that is erased meanwhile gets no new wrap.
    still_there = rewrapping.CASES.model._default_manager.select_for_update().filter(pk__in=[row.pk for row, _blob in done])
    inquiries = set(still_there.values_list("inquiry", flat=True))
    existing = list(KeyWrap.objects.filter(inquiry__in=inquiries, centre_key=None))
    for row in existing:
        row.wrapped = wrapped[row.inquiry_id]
    KeyWrap.objects.bulk_update(existing, ["wrapped"])
    fresh = inquiries - {row.inquiry_id for row in existing}
    KeyWrap.objects.bulk_create(KeyWrap(inquiry_id=inquiry, wrapped=wrapped[inquiry]) for inquiry in fresh)


def read_key_file(path: Path) -> bytes:
    """Return a private recovery key that is kept as a file with base64. Raises KeyringError."""
    try:
        private = base64.b64decode(path.read_bytes(), validate=False)
        sealing.public_half(private)
    except (OSError, ValueError, sealing.SealBroken):
        raise KeyringError(f"{path} holds no private recovery key of {sealing.PRIVATE_KEY_BYTES} bytes in base64.") from None
    return private
