"""Mailbox sessions: opened with the words of a receipt, and kept open by a token that only the browser holds."""

import datetime as dt
import hashlib
import hmac
import logging
import secrets
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from intake.assessment.rate_limits import Attempt
from intake.cases import events
from intake.crypto import receipts, sealing
from intake.mailbox import messages
from intake.models import Event, Inquiry, MailboxSession, Message, Receipt
from recovery_site.database import tokens

logger = logging.getLogger(__name__)

IDLE = dt.timedelta(minutes=15)
# A session is extended only after this time, so that not every page is a write.
EXTEND_AFTER = dt.timedelta(minutes=1)
TOKEN_BYTES = 32


class Withdrawn(Exception):
    """Raised when the request was withdrawn after the mailbox was opened."""


@dataclass(frozen=True)
class Mailbox:
    """An open mailbox: the case, its key, and the secret that proves that a form was sent from this browser."""

    inquiry: Inquiry
    case_key: bytes
    form_secret: str
    session: bytes
    must_renew: bool
    # Until the session ends, if nothing is done.
    seconds_left: int


@dataclass(frozen=True)
class Letter:
    """A message as shown to the visitor."""

    from_visitor: bool
    at: dt.datetime
    text: str
    is_new: bool


def open_with(typed: str) -> str | None:
    """Open the mailbox of a receipt and return a new token for the browser, or None if there is no such receipt.

    Raises receipts.UnreadableReceipt if the words can't be a receipt. Up to the look-up, which is one query for all
    readings of the words, right and wrong words take the same time.
    """
    keys = receipts.candidates(typed)
    with tokens.brought(*keys):
        return _opened(keys)


def _opened(keys: dict[bytes, bytes]) -> str | None:
    row = Receipt.objects.select_related("inquiry").filter(lookup__in=list(keys)).first()
    if row is None:
        return None
    case_key = receipts.unwrap(row.wrapped, row.inquiry_id, keys[bytes(row.lookup)])
    with transaction.atomic():
        token = _new_session(row.inquiry, case_key, timezone.now())
        events.record(row.inquiry, Event.Kind.MAILBOX_OPENED, by="visitor")
    return token


def brought(token: str) -> AbstractContextManager[None]:
    """Open what belongs to the mailbox of `token` to the queries inside, on the visitors' half."""
    return tokens.brought(_hash(token))


def _new_session(inquiry: Inquiry, case_key: bytes, now: dt.datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    MailboxSession.objects.create(
        token_hash=_hash(token),
        inquiry=inquiry,
        wrapped=sealing.seal_bytes(_label(inquiry.pk), case_key, _token_key(token, "case key")),
        expires_at=now + IDLE,
    )
    return token


def read(token: str) -> Mailbox | None:
    """Return the mailbox that `token` belongs to and extend its session by IDLE, or None if the session has ended."""
    now = timezone.now()
    session = (
        MailboxSession.objects.select_related("inquiry__centre", "inquiry__receipt")
        .filter(token_hash=_hash(token), expires_at__gt=now)
        .first()
        if token
        else None
    )
    if session is None:
        return None
    case_key = sealing.open_bytes(_label(session.inquiry_id), session.wrapped, _token_key(token, "case key"))
    if session.expires_at < now + IDLE - EXTEND_AFTER and _noted(MailboxSession.objects.filter(pk=session.pk), expires_at=now + IDLE):
        session.expires_at = now + IDLE
    return Mailbox(
        inquiry=session.inquiry,
        case_key=case_key,
        form_secret=_token_key(token, "form").hex(),
        session=bytes(session.token_hash),
        must_renew=session.inquiry.receipt.must_renew,
        seconds_left=int((session.expires_at - now).total_seconds()),
    )


def close(token: str) -> None:
    """Close the mailbox in this browser."""
    MailboxSession.objects.filter(token_hash=_hash(token)).delete()


def close_others(mailbox: Mailbox) -> None:
    """Close this mailbox in every other browser."""
    MailboxSession.objects.filter(inquiry=mailbox.inquiry).exclude(token_hash=mailbox.session).delete()


def letters(mailbox: Mailbox) -> list[Letter]:
    """Return all messages, oldest first, and mark those from staff as read."""
    now = timezone.now()
    messages = list(mailbox.inquiry.messages.exclude(visible_from__gt=now))
    new = [message.pk for message in messages if message.sender == Message.Sender.STAFF and message.read_at is None]
    if new:
        _noted(Message.objects.filter(pk__in=new), read_at=now)
    return [
        Letter(
            from_visitor=message.sender == Message.Sender.VISITOR,
            at=message.sent_at,
            text=sealing.open_sealed("message", message.pk, message.sealed, mailbox.case_key)["text"],
            is_new=message.pk in new,
        )
        for message in messages
    ]


def _noted(rows: "QuerySet[Any]", **values: Any) -> bool:
    """Update `rows` if the database takes it just now, and return whether it did.

    While SQLite's file is locked or its disk is full, a mailbox can be read all the same, and a message that was typed there isn't lost.
    """
    try:
        rows.update(**values)
    except DatabaseError as error:
        logger.warning("That a mailbox was read could not be noted: %s", type(error).__name__)
        return False
    return True


def first_words(mailbox: Mailbox) -> dict[str, Any]:
    """Return the decrypted payload of the contact form."""
    return sealing.open_sealed("inquiry", mailbox.inquiry.pk, mailbox.inquiry.sealed, mailbox.case_key)


def write(mailbox: Mailbox, text: str, *, form_token: bytes, attempt: Attempt | None = None) -> None:
    """Add a message from the visitor and count the `attempt`, if given. The same form sent twice adds it once.

    Raises Withdrawn, and TooManyTries (intake.assessment.rate_limits).
    """
    message_id = _message_id(mailbox, form_token, text)
    try:
        with transaction.atomic():
            # The lock prevents adding a message while the request is being withdrawn in another window.
            if Inquiry.objects.select_for_update().only("pk").filter(pk=mailbox.inquiry.pk, erased_at=None).first() is None:
                raise Withdrawn
            messages.add_visitor_message(mailbox.inquiry, {"text": text}, mailbox.case_key, message_id=message_id)
            if attempt:
                attempt.add()
    except IntegrityError:
        if not Message.objects.filter(pk=message_id).exists():
            raise


def is_written(mailbox: Mailbox, text: str, *, form_token: bytes) -> bool:
    """Return whether this form's message is stored. Used after an error: the commit may have succeeded all the same."""
    return Message.objects.filter(pk=_message_id(mailbox, form_token, text)).exists()


def _message_id(mailbox: Mailbox, form_token: bytes, text: str) -> uuid.UUID:
    """Return an id derived from the form and its text, so that a changed text in the same form is another message."""
    digest = hmac.digest(mailbox.case_key, form_token + text.encode(), "sha256")
    # UUID version 8 (RFC 9562) is for custom ids.
    value = int.from_bytes(digest[:16], "big")
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Delete expired mailbox sessions (periodic job); return their number."""
    deleted, _by_model = MailboxSession.objects.filter(expires_at__lte=now).delete()
    return {"mailboxes_closed": deleted}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _token_key(token: str, use: str) -> bytes:
    # The token has 256 random bits, so one HMAC (the expand step of HKDF) is enough to derive a key.
    return hmac.digest(token.encode(), f"recovery-site mailbox v1 {use}".encode(), "sha256")


def _label(inquiry_id: uuid.UUID) -> bytes:
    return b"mailbox:" + inquiry_id.bytes
