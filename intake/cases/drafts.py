"""What staff have typed and not sent yet: kept sealed for some days, offered again, and forgotten once it is sent.

The fields of a form are kept as a browser sends them: `{name: [value, ...]}`, without prefix.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.cases import case_keys, permissions
from intake.crypto import keyring, pins, sealing
from intake.models import CentreKey, Inquiry, StaffDraft

KEPT_FOR = dt.timedelta(days=7)
OFFERED = 20  # drafts of one person for one page

Fields = Mapping[str, list[str]]


class AlreadySent(Exception):
    """Raised when the same form was sent before."""


@dataclass(frozen=True)
class OpenedDraft:
    """A draft and its fields."""

    draft: StaffDraft
    fields: Fields


@transaction.atomic
def save(draft_id: UUID, form: str, fields: Fields, *, by: User, inquiry: Inquiry | None = None) -> bool:
    """Keep the fields of one form; without fields, forget it. Return False when the form was sent already.

    Without a case, the draft is sealed to one of the person's centres. Raises NotAllowed, or case_keys.KeyLost,
    keyring.KeyringError or sealing.SealBroken when there is no key.
    """
    stored = StaffDraft.objects.select_for_update().filter(pk=draft_id).first()
    if stored is not None and (not _belongs_to(stored, by, inquiry) or stored.sent_at is not None):
        return False
    if not fields:
        StaffDraft.objects.filter(pk=draft_id).delete()
        return True
    columns: dict[str, Any] = {"user": by, "inquiry": inquiry, "form": form, "saved_at": timezone.now()}
    if inquiry is not None:
        key = case_keys.for_staff(inquiry, by)
    else:
        key, centre_key = sealing.new_case_key(), _centre_key(by)
        columns |= {"centre_key": centre_key, "wrapped": keyring.wrap(key, draft_id, centre_key)}
    columns["sealed"] = sealing.seal("draft", draft_id, {"fields": dict(fields)}, key)
    StaffDraft.objects.update_or_create(pk=draft_id, defaults=columns)
    return True


def of_case(inquiry: Inquiry, *, by: User, key: bytes) -> list[OpenedDraft]:
    """Return what `by` typed on this case and did not send, the latest first. One query."""
    rows = StaffDraft.objects.filter(user=by, inquiry=inquiry, sent_at=None, saved_at__gt=timezone.now() - KEPT_FOR)[:OFFERED]
    return [opened for row in rows if (opened := _opened(row, key)) is not None]


def without_case(*, by: User) -> list[OpenedDraft]:
    """Return what `by` typed into forms that belong to no case yet and did not send, the latest first. One query."""
    rows = StaffDraft.objects.filter(user=by, inquiry=None, sent_at=None, saved_at__gt=timezone.now() - KEPT_FOR)
    opened = []
    for row in rows.select_related("centre_key")[:OFFERED]:
        # Who left the centre can't read any more what is sealed to its key.
        if row.centre_key is None or row.centre_key.centre_id not in permissions.centre_roles(by):
            continue
        try:
            key = sealing.unwrap_with_private_key(row.wrapped, row.pk, keyring.private_key(row.centre_key))
        except (keyring.KeyringError, sealing.SealBroken):
            continue
        opened.append(_opened(row, key))
    return [draft for draft in opened if draft is not None]


def spend(draft_id: UUID, form: str, *, by: User, inquiry: Inquiry | None = None) -> None:
    """Record that the form is being sent, and remove its text. Must be called inside the transaction of what it does.

    Raises AlreadySent if it was sent before, also when that happens at the same moment.
    """
    now = timezone.now()
    columns: dict[str, Any] = {"user": by, "inquiry": inquiry, "form": form, "saved_at": now, "sent_at": now}
    row, created = StaffDraft.objects.select_for_update().get_or_create(pk=draft_id, defaults=columns)
    if created or not _belongs_to(row, by, inquiry):
        return
    if row.sent_at is not None:
        raise AlreadySent
    StaffDraft.objects.filter(pk=row.pk).update(sent_at=now, sealed=b"", wrapped=b"")


def discard(draft_id: UUID, *, by: User) -> None:
    """Delete a draft that `by` doesn't want any more."""
    StaffDraft.objects.filter(pk=draft_id, user=by, sent_at=None).delete()


def forget_old(now: dt.datetime) -> dict[str, int]:
    """Delete drafts, and the ids of sent forms, after KEPT_FOR (periodic job); return their number."""
    deleted, _by_model = StaffDraft.objects.filter(saved_at__lte=now - KEPT_FOR).delete()
    return {"drafts_forgotten": deleted}


def _belongs_to(row: StaffDraft, user: User, inquiry: Inquiry | None) -> bool:
    return row.user_id == user.pk and row.inquiry_id == (inquiry.pk if inquiry is not None else None)


def _centre_key(user: User) -> CentreKey:
    keys = CentreKey.objects.filter(centre__in=permissions.centre_roles(user), retired_at=None).order_by("centre")
    key = next(filter(pins.is_pinned, keys), None)
    if key is None:
        raise case_keys.KeyLost
    return key


def _opened(row: StaffDraft, key: bytes) -> OpenedDraft | None:
    try:
        return OpenedDraft(row, sealing.open_sealed("draft", row.pk, row.sealed, key)["fields"])
    except sealing.SealBroken:
        return None
