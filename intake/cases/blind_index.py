"""Look-up by phone or e-mail through a keyed hash. Only the staff side holds the key, and no address is stored."""

import datetime as dt
import hashlib
import hmac
from typing import Any

import phonenumbers
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from intake.cases import case_keys, events
from intake.crypto import keyring, sealing
from intake.models import BlockedContact, ContactDigest, ContactKind, Event, Inquiry

AT_ONCE = 500  # inquiries a round of housekeeping


def digest(kind: str, value: str) -> bytes:
    """Return the HMAC-SHA-256 of a normalised phone number or e-mail address (32 bytes)."""
    normal = _phone(value) if kind == ContactKind.PHONE else value.strip().casefold()
    return hmac.digest(settings.BLIND_INDEX_KEY.encode(), f"{kind}:{normal}".encode(), hashlib.sha256)


def _phone(value: str) -> str:
    """Return a number as +digits where it can be read as one (a US number without its country), its digits otherwise."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(value, "US"), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return "".join(sign for sign in value if sign.isdigit())


def found_by(text: str) -> QuerySet[ContactDigest]:
    """Return the digests that match what somebody typed: an e-mail address when it holds an @, a phone number otherwise."""
    kind = ContactKind.EMAIL if "@" in text else ContactKind.PHONE
    return ContactDigest.objects.filter(digest=digest(kind, text))


@transaction.atomic
def index(inquiry: Inquiry, payload: dict[str, Any]) -> None:
    """Store the digests of an inquiry's unsealed payload, once; close what comes from a blocked contact as spam."""
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if inquiry.digested:
        return
    rows = [
        ContactDigest(inquiry=inquiry, kind=kind, digest=digest(kind, payload[kind])) for kind in ContactKind.values if payload.get(kind)
    ]
    ContactDigest.objects.bulk_create(rows)
    inquiry.digested = True
    inquiry.save(update_fields=["digested"])
    now = timezone.now()
    blocked = BlockedContact.in_force(now).filter(digest__in=[row.digest for row in rows]).exists()
    # A block must never silence somebody who says that life is in danger.
    if blocked and inquiry.state == Inquiry.State.NEW and inquiry.priority != Inquiry.Priority.DANGER:
        inquiry.state, inquiry.outcome, inquiry.closed_at = Inquiry.State.CLOSED, Inquiry.Outcome.SPAM, now
        inquiry.version += 1
        inquiry.save(update_fields=["state", "outcome", "closed_at", "version"])
        events.record(inquiry, Event.Kind.CLOSED, by="system", outcome=Inquiry.Outcome.SPAM, blocked=True)


def run(now: dt.datetime) -> dict[str, int]:
    """Index the inquiries that arrived since the last round (housekeeping, on the staff side); return the count.

    A case whose key isn't here stays for a round when it is.
    """
    done = 0
    if settings.SITE_ROLE == "public":
        return {"inquiries_indexed": 0}
    for inquiry in Inquiry.objects.filter(digested=False).order_by("-id")[:AT_ONCE]:
        try:
            key = case_keys.for_indexing(inquiry)
            payload = sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), key)
        except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
            continue
        index(inquiry, payload)
        done += 1
    return {"inquiries_indexed": done}
