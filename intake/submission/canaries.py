"""Canaries: one invented, closed case for each centre key, which a restored backup must open to be believed (backups/).

Its receipt is derived from a secret that never changes, so nobody has to keep the words: the backup derives them again, and puts
them into the archive of the keys. No report counts a canary (`is_drill`), nobody is told of it, and erasing treats it as any closed case.
"""

import hashlib
import hmac
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from intake.cases import case_keys, events
from intake.crypto import key_files, keyring, pins, receipts, sealing
from intake.identifiers import new_id
from intake.models import CentreKey, Event, Inquiry, KeyWrap, Receipt

MESSAGE = "A canary: nobody wrote this. A backup that was restored opens it to show that it works."
LANGUAGE = "en"


@dataclass(frozen=True)
class Canary:
    """The words of a canary, and the number of the key that it was sealed to."""

    key: int
    words: str


def ready() -> Iterator[tuple[CentreKey, Canary | None]]:
    """Yield each active key with its canary, made where there is none that opens; None where nothing can be sealed to the key."""
    for key in CentreKey.objects.filter(retired_at=None).select_related("centre").order_by("pk"):
        try:
            yield key, _ready(key)
        except pins.NotPinned:
            yield key, None


def _ready(key: CentreKey) -> Canary:
    # One that was erased, by the centre's own rules, is followed by another.
    for number in itertools.count():
        seed = hmac.digest(settings.RECEIPT_LOOKUP_PEPPER.encode(), f"recovery-site canary {key.pk} {number}".encode(), "sha256")
        words = receipts.from_entropy(seed, LANGUAGE)
        submission = hashlib.sha256(b"recovery-site canary" + seed).digest()
        inquiry = Inquiry.objects.filter(submission=submission).first()
        if inquiry is None:
            _make(key, words, submission)
        elif inquiry.erased_at or not opened_by_receipt(" ".join(words)):
            continue
        return Canary(key.pk, " ".join(words))
    raise AssertionError  # the count has no end


@transaction.atomic
def _make(key: CentreKey, words: receipts.Words, submission: bytes) -> None:
    now, case_key, inquiry_id = timezone.now(), sealing.new_case_key(), new_id()
    lookup, receipt_key = receipts.derive(words)
    inquiry = Inquiry.objects.create(
        id=inquiry_id,
        centre=key.centre,
        received_at=now,
        submission=submission,
        state=Inquiry.State.CLOSED,
        outcome=Inquiry.Outcome.INFORMED,
        closed_at=now,
        is_drill=True,
        for_whom=Inquiry.ForWhom.UNSAID,
        language=LANGUAGE,
        # There is no number or address to look up.
        digested=True,
        sealed=sealing.seal("inquiry", inquiry_id, {"message": MESSAGE}, case_key),
    )
    wraps = [KeyWrap(inquiry=inquiry, centre_key=key, wrapped=keyring.wrap(case_key, inquiry_id, key))]
    if recovery_key := keyring.recovery_public_key():
        wraps.append(KeyWrap(inquiry=inquiry, wrapped=sealing.wrap_to_public_key(case_key, inquiry_id, recovery_key)))
    KeyWrap.objects.bulk_create(wraps)
    Receipt.objects.create(inquiry=inquiry, lookup=lookup, wrapped=receipts.wrap(case_key, inquiry_id, receipt_key), written_down=True)
    events.record(inquiry, Event.Kind.RECEIVED, by="system")
    events.record(inquiry, Event.Kind.CLOSED, by="system", outcome=Inquiry.Outcome.INFORMED)


def opened_by_receipt(words: str) -> Inquiry | None:
    """Return the canary that the words open as a visitor's would, None when they open nothing."""
    keys = receipts.candidates(words)
    row = Receipt.objects.select_related("inquiry").filter(lookup__in=list(keys)).first()
    if row is None:
        return None
    try:
        case_key = receipts.unwrap(row.wrapped, row.inquiry_id, keys[bytes(row.lookup)])
        return row.inquiry if _says(row.inquiry, case_key) else None
    except sealing.SealBroken:
        return None


def is_opened_by_centre(canary: Inquiry) -> bool:
    """Return whether the private key of its centre opens the canary, as for staff. Raises key_files.Locked."""
    try:
        return _says(canary, case_keys.for_indexing(canary))
    except key_files.Locked:
        raise
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return False


def _says(canary: Inquiry, case_key: bytes) -> bool:
    return sealing.open_sealed("inquiry", canary.pk, canary.sealed, case_key) == {"message": MESSAGE}
