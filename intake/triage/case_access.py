"""Opening a case, and giving its visitor a new way in. Who may: intake.cases.permissions.

Every opening is recorded before anything is decrypted.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import blind_index, case_keys, drafts, events
from intake.cases.drafts import OpenedDraft
from intake.crypto import keyring, receipts, sealing, wordlists
from intake.models import ContactAttempt, Event, Inquiry, InternalNote, MailboxSession, Message, Receipt
from intake.triage import base
from recovery_site.verbs import Refused

FIRST_WORDS = 160  # characters
# Repeated views within this time (after an action or a reload) count as one opening.
SAME_OPENING = dt.timedelta(minutes=10)
CONTACT_FIELDS = ("name", "phone", "phone_note", "email")
# What a person left for the way of contact that they called safe.
SAFE_WAYS: dict[str, str] = {Inquiry.ContactWay.PHONE: "phone", Inquiry.ContactWay.TEXT: "phone", Inquiry.ContactWay.EMAIL: "email"}


class SealedRow(Protocol):
    """A record with an id and a sealed payload."""

    pk: Any
    sealed: Any


@dataclass
class Case:
    """A decrypted case. The payload or text of a message, note or attempt is None if it could not be decrypted."""

    inquiry: Inquiry
    content: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    messages: list[tuple[Message, dict[str, Any] | None]] = field(default_factory=list)
    notes: list[tuple[InternalNote, str | None]] = field(default_factory=list)
    attempts: list[tuple[ContactAttempt, str | None]] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    # What the person who opened the case typed and did not send.
    drafts: list[OpenedDraft] = field(default_factory=list)
    opens: bool = True


@transaction.atomic
def open_case(inquiry: Inquiry, *, by: User, with_contact: bool) -> Case:
    """Return the decrypted case, record that `by` opened it, and mark the visitor's messages as read.

    `contact` is filled only if `with_contact`. If the case can't be decrypted, `opens` is False and only the cleartext
    columns and events are available.
    """
    inquiry = base.get_for_update(inquiry, "open_case", by=by, to_read=True)
    now = timezone.now()
    note_opening(inquiry, by)
    case = Case(inquiry, timeline=list(inquiry.events.select_related("actor")))
    try:
        key = case_keys.for_staff(inquiry, by)
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        case.opens = False
        return case
    payload = unsealed("inquiry", inquiry, key)
    if payload is not None and not inquiry.digested:
        blind_index.index(inquiry, payload)
        inquiry = case.inquiry = base.get_for_update(inquiry, "open_case", by=by, to_read=True)
    case.opens = payload is not None
    case.content = {name: value for name, value in (payload or {}).items() if name not in CONTACT_FIELDS}
    if with_contact:
        case.contact = {name: value for name, value in (payload or {}).items() if name in CONTACT_FIELDS}
    case.messages = [
        (row, _readable(unsealed("message", row, key), with_contact=with_contact)) for row in inquiry.messages.select_related("author")
    ]
    case.notes = [(row, _text("note", row, key)) for row in inquiry.internal_notes.select_related("author")]
    case.attempts = [(row, _text("attempt", row, key)) for row in inquiry.attempts.select_related("author")]
    case.drafts = drafts.of_case(inquiry, by=by, key=key)
    if inquiry.has_unread_message:
        inquiry.messages.filter(sender=Message.Sender.VISITOR, read_at=None).update(read_at=now)
        inquiry.has_unread_message = False
        # The message has been read but not answered, so the case is open again.
        if inquiry.state == Inquiry.State.WAITING:
            inquiry.state = Inquiry.State.OPEN
        # No new version: reading doesn't make pages of other staff stale.
        inquiry.save(update_fields=["has_unread_message", "state"])
    return case


@transaction.atomic
def first_words(inquiry: Inquiry, *, by: User) -> str:
    """Return how the person's message begins (FIRST_WORDS characters), and record that `by` opened the case.

    Messages stay unread. Empty when they wrote none. Raises KeyLost, keyring.KeyringError or sealing.SealBroken if the case can't be
    opened.
    """
    inquiry = base.get_for_update(inquiry, "open_case", by=by, to_read=True)
    note_opening(inquiry, by)
    if inquiry.erased_at:
        return ""
    payload = sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), case_keys.for_staff(inquiry, by))
    text = str(payload.get("message") or payload.get("other_notes") or "")
    return Truncator(" ".join(text.split())).chars(FIRST_WORDS)


@transaction.atomic
def give_new_words(inquiry: Inquiry, *, by: User, version: int, verified: bool) -> tuple[receipts.Words, str]:
    """Replace the receipt of a visitor who lost its words; return the new words (plain form) and their language.

    `verified` says that `by` reached the person by the phone number or e-mail address of the case, the way that was called safe, and
    is sure that it is them. The old words and open mailboxes end at once. The new ones are seen by staff, so the visitor
    must replace them when they first open the mailbox, which also says who gave them.

    Raises Refused if no way to the person was called safe, for then nobody can be sure who asks; KeyLost, keyring.KeyringError or
    sealing.SealBroken if the case can't be opened.
    """
    inquiry = base.get_for_update(inquiry, "give_new_words", by=by, version=version)
    if not verified:
        raise Refused(_("Reach the person the way they said is safe, and make sure that it is them. Then tick the box."))
    key = case_keys.for_staff(inquiry, by)
    payload = sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), key)
    if inquiry.no_longer_safe or not payload.get(SAFE_WAYS.get(inquiry.contact_way, "")):
        raise Refused(_("This person named no phone number or e-mail address that is safe, so nobody can be sure who asks for the words."))
    language = inquiry.language if inquiry.language in wordlists.LANGUAGES else settings.LANGUAGE_CODE
    words = receipts.new(language)
    lookup, receipt_key = receipts.derive(words)
    wrapped = receipts.wrap(key, inquiry.pk, receipt_key)
    Receipt.objects.filter(inquiry=inquiry).update(lookup=lookup, wrapped=wrapped, must_renew=True, written_down=True)
    MailboxSession.objects.filter(inquiry=inquiry).delete()
    base.save_new_version(inquiry)
    events.record(inquiry, Event.Kind.RECEIPT_REPLACED, by=by, way=inquiry.contact_way)
    return words, language


def note_opening(inquiry: Inquiry, by: User) -> None:
    """Record that `by` opened the case, unless that was recorded within SAME_OPENING."""
    since = timezone.now() - SAME_OPENING
    if not Event.objects.filter(inquiry=inquiry, kind=Event.Kind.OPENED, actor=by, at__gt=since).exists():
        events.record(inquiry, Event.Kind.OPENED, by=by)


def _readable(payload: dict[str, Any] | None, *, with_contact: bool) -> dict[str, Any] | None:
    """Return a message's payload; without `with_contact`, leave out contact details changed by a resent form."""
    if payload is None or with_contact:
        return payload
    changed = {name: value for name, value in payload.get("changed", {}).items() if name not in CONTACT_FIELDS}
    return {"text": payload.get("text", ""), "changed": changed, "contact_changed": changed != payload.get("changed", {})}


def _text(kind: str, row: Message | InternalNote | ContactAttempt, key: bytes) -> str | None:
    if not row.sealed:
        return ""
    payload = unsealed(kind, row, key)
    return None if payload is None else str(payload.get("text", ""))


def unsealed(kind: str, row: SealedRow, key: bytes | None) -> dict[str, Any] | None:
    """Return the payload of a sealed row, or None if it can't be decrypted or `key` is None."""
    if key is None:
        return None
    try:
        return sealing.open_sealed(kind, row.pk, bytes(row.sealed), key)
    except sealing.SealBroken:
        return None
