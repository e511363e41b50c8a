"""Notes that one shift leaves for the next, sealed to the centre. Somebody of the next shift acknowledges each."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import permissions
from intake.crypto import keyring, sealing
from intake.models import Centre, ShiftNote
from recovery_site.verbs import NotAllowed, Refused

LONGEST = 4_000  # characters
MOST_SHOWN = 20
SHOWN_FOR, KEPT_FOR = dt.timedelta(days=3), dt.timedelta(days=30)


@dataclass(frozen=True)
class Read:
    """A note as it is shown; `text` is None when its key is missing here."""

    note: ShiftNote
    text: str | None
    may_acknowledge: bool


@transaction.atomic
def write(centre: Centre, text: str, *, by: User) -> ShiftNote:
    """Seal and store a note. Raises NotAllowed, or Refused for an empty one or a centre without a key."""
    if centre.pk not in permissions.centre_roles(by):
        raise NotAllowed(_("Only who works at this center leaves notes there."))
    if not text.strip():
        raise Refused(_("Write the note first."))
    centre_key = keyring.active_key(centre)
    if centre_key is None:
        raise Refused(_("This center has no key, so nothing can be kept safe there. Tell the person who runs the site."))
    note, key = ShiftNote(centre=centre, author=by, written_at=timezone.now(), centre_key=centre_key), sealing.new_case_key()
    note.wrapped = keyring.wrap(key, note.pk, centre_key)
    note.sealed = sealing.seal("shift_note", note.pk, {"text": text.strip()}, key)
    note.save(force_insert=True)
    return note


@transaction.atomic
def acknowledge(note: ShiftNote, *, by: User) -> bool:
    """Record that `by` has read it; return False if somebody did before. Raises NotAllowed for the author and for other centres."""
    if note.centre_id not in permissions.centre_roles(by) or note.author_id == by.pk:
        raise NotAllowed(_("A colleague of the next shift says that it was read."))
    rows = ShiftNote.objects.filter(pk=note.pk, acknowledged_at=None)
    return bool(rows.update(acknowledged_by=by, acknowledged_at=timezone.now()))


def recent(by: User, now: dt.datetime) -> list[Read]:
    """Return the notes of one's centres that wait, and those of the last days, the latest first. One query."""
    notes = ShiftNote.objects.filter(centre__in=permissions.centre_roles(by), written_at__gte=now - KEPT_FOR)
    notes = notes.filter(Q(acknowledged_at=None) | Q(written_at__gt=now - SHOWN_FOR))
    shown = notes.select_related("centre", "author", "acknowledged_by", "centre_key")[:MOST_SHOWN]
    return [Read(note, _text(note), note.acknowledged_at is None and note.author_id != by.pk) for note in shown]


def forget_old(now: dt.datetime) -> dict[str, int]:
    """Delete notes older than KEPT_FOR (periodic job); return their number."""
    deleted, _per_model = ShiftNote.objects.filter(written_at__lt=now - KEPT_FOR).delete()
    return {"shift_notes_forgotten": deleted}


def _text(note: ShiftNote) -> str | None:
    try:
        key = sealing.unwrap_with_private_key(note.wrapped, note.pk, keyring.private_key(note.centre_key))
        text: str = sealing.open_sealed("shift_note", note.pk, note.sealed, key)["text"]
    except (keyring.KeyringError, sealing.SealBroken):
        return None
    return text
