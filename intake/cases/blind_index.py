"""Look-up of inquiries by phone number or e-mail address through a keyed hash (blind index).

Only the staff server holds the key, and neither number nor address is stored in clear.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from intake.cases import case_keys, events
from intake.crypto import keyring, sealing
from intake.models import BlockedContact, ContactDigest, ContactKind, Event, Inquiry
from recovery_site import phones

AT_ONCE = 500  # inquiries per run
TOGETHER = 50  # inquiries per transaction: each commit waits for the disk
ENDING = 4  # digits


def digest(kind: str, value: str) -> bytes:
    """Return the HMAC-SHA-256 of a normalised phone number or e-mail address (32 bytes)."""
    normal = _phone(value) if kind == ContactKind.PHONE else value.strip().casefold()
    return hmac.digest(settings.BLIND_INDEX_KEY.encode(), f"{kind}:{normal}".encode(), hashlib.sha256)


def ending(value: str) -> bytes:
    """Return the HMAC-SHA-256 of the last four digits of a phone number (32 bytes); empty if it has fewer."""
    last = phones.digits(_phone(value))[-ENDING:]
    if len(last) < ENDING:
        return b""
    return hmac.digest(settings.BLIND_INDEX_KEY.encode(), f"phone-ending:{last}".encode(), hashlib.sha256)


def _phone(value: str) -> str:
    """Return a number as E.164, as the form stores it, where it can be read as one; its digits otherwise."""
    try:
        return phones.normalise(value)
    except phones.NotAPhoneNumber:
        return phones.digits(value)


def found_by(text: str) -> QuerySet[ContactDigest]:
    """Return the digests that match `text`: an e-mail address if it contains an @, else a phone number or its last four digits."""
    if "@" not in text and len(phones.digits(text)) == ENDING:
        return ContactDigest.objects.filter(ending=ending(text))
    kind = ContactKind.EMAIL if "@" in text else ContactKind.PHONE
    return ContactDigest.objects.filter(digest=digest(kind, text))


@transaction.atomic
def index(inquiry: Inquiry, payload: dict[str, Any]) -> None:
    """Store the digests of an inquiry's decrypted payload. Closes an inquiry from a blocked contact as spam.

    Does nothing if the inquiry is indexed already.
    """
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if inquiry.digested:
        return
    rows = _digests(inquiry, payload)
    ContactDigest.objects.bulk_create(rows)
    inquiry.digested = True
    inquiry.save(update_fields=["digested"])
    now = timezone.now()
    blocked = BlockedContact.in_force(now).filter(digest__in=[row.digest for row in rows]).exists()
    # A block must never hide danger, a pregnancy or anything else that is urgent.
    if blocked and inquiry.state == Inquiry.State.NEW and inquiry.priority == Inquiry.Priority.NORMAL:
        inquiry.state, inquiry.outcome, inquiry.closed_at = Inquiry.State.CLOSED, Inquiry.Outcome.SPAM, now
        inquiry.version += 1
        inquiry.save(update_fields=["state", "outcome", "closed_at", "version"])
        events.record(inquiry, Event.Kind.CLOSED, by="system", outcome=Inquiry.Outcome.SPAM, blocked=True)


def _digests(inquiry: Inquiry, payload: dict[str, Any]) -> list[ContactDigest]:
    return [
        ContactDigest(
            inquiry=inquiry,
            kind=kind,
            digest=digest(kind, payload[kind]),
            ending=ending(payload[kind]) if kind == ContactKind.PHONE else None,
        )
        for kind in ContactKind.values
        if payload.get(kind)
    ]


def run(now: dt.datetime) -> dict[str, int]:
    """Index the inquiries that are not indexed yet (periodic job; the staff server only) and return their number.

    Phone numbers that an earlier version indexed get the digest of their last digits in the same way.

    Inquiries whose key is missing are skipped and tried again in the next run.
    """
    indexed = 0
    if settings.SITE_ROLE == "public":
        return {"inquiries_indexed": 0}
    inquiries = list(Inquiry.objects.filter(digested=False).order_by("-id")[:AT_ONCE])
    for some in (inquiries[at : at + TOGETHER] for at in range(0, len(inquiries), TOGETHER)):
        payloads = [(inquiry, payload) for inquiry in some if (payload := _payload(inquiry)) is not None]
        with transaction.atomic():
            for inquiry, payload in payloads:
                index(inquiry, payload)
        indexed += len(payloads)
    return {"inquiries_indexed": indexed, "phone_endings_indexed": _index_endings()}


def _index_endings() -> int:
    """Store the digest of the last digits for phone numbers that have none yet, the latest inquiries first; return their number."""
    indexed = 0
    rows = ContactDigest.objects.filter(kind=ContactKind.PHONE, ending=None).order_by("-inquiry_id").select_related("inquiry")
    for row in rows[:AT_ONCE]:
        payload = _payload(row.inquiry)
        if payload is not None:
            # A number that is gone meanwhile gets the empty ending, so that it isn't looked at again.
            indexed += ContactDigest.objects.filter(pk=row.pk).update(ending=ending(payload.get("phone", "")))
    return indexed


def rebuild(progress: Callable[[int], None] = lambda _rows: None) -> tuple[int, int]:
    """Compute all digests again, after a restore or with another key; return how many inquiries were indexed and how many can't be opened.

    Those that can't be opened keep the digests they have. Nothing is closed by a block meanwhile: that happened when the inquiry came.
    Blocked contacts follow the digests of the case that they were blocked from, and are lost where that was erased.
    """
    indexed = unopened = 0
    last = None
    while True:
        inquiries = Inquiry.objects.exclude(sealed=b"").filter(digested=True).order_by("pk")
        batch = list((inquiries.filter(pk__gt=last) if last else inquiries)[:AT_ONCE])
        if not batch:
            return indexed, unopened
        last = batch[-1].pk
        for inquiry in batch:
            payload = _payload(inquiry)
            if payload is None:
                unopened += 1
                continue
            _replace(inquiry, _digests(inquiry, payload))
            indexed += 1
        progress(len(batch))


@transaction.atomic
def _replace(inquiry: Inquiry, rows: list[ContactDigest]) -> None:
    before = {row.kind: bytes(row.digest) for row in ContactDigest.objects.select_for_update().filter(inquiry=inquiry)}
    if before == {row.kind: row.digest for row in rows}:
        return
    ContactDigest.objects.filter(inquiry=inquiry).delete()
    ContactDigest.objects.bulk_create(rows)
    for row in rows:
        blocked = BlockedContact.objects.filter(inquiry=inquiry, kind=row.kind).exclude(digest=row.digest)
        if BlockedContact.objects.filter(digest=row.digest).exists():
            continue
        blocked.filter(digest=before.get(row.kind, b"")).update(digest=row.digest)


def _payload(inquiry: Inquiry) -> dict[str, Any] | None:
    """Return the decrypted payload of an inquiry, None if its key is missing."""
    try:
        return sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), case_keys.for_indexing(inquiry))
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return None
