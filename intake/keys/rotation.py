"""Rotation: a new key for a centre, with everything that was sealed to the old ones wrapped to it."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import User
from intake.cases import events
from intake.crypto import key_files, keyring, pins
from intake.crypto.key_files import KeyringError
from intake.keys import rewrapping
from intake.models import Centre, CentreKey, Event

# Seconds after which no request is being stored any more that was sealed to the former key.
SETTLE = 5.0


@dataclass(frozen=True)
class Outcome:
    """What a rotation left behind: the active key, the retired keys that nothing is wrapped to, and what is wrapped to others."""

    new: CentreKey
    empty: list[CentreKey]
    left: int


def leftovers(centre: Centre) -> int:
    """Return how many keys of cases, notes and drafts are still wrapped to retired keys of `centre`."""
    counts = rewrapping.counts()
    return sum(counts[number] for number in centre.keys.exclude(retired_at=None).values_list("pk", flat=True))


def rotate(centre: Centre, *, jobs: int, progress: rewrapping.Progress, by: User | str = "system", settle: float = SETTLE) -> Outcome:
    """Wrap everything of `centre` to its active key, also what still arrives for the former one, and record it.

    Make the new key first (keyring.create_centre_key). Raises KeyringError when the active key can't be used. It is safe to kill this
    and to run it again.
    """
    new = usable_active_key(centre)
    old = centre.keys.exclude(pk=new.pk).order_by("pk")
    private_keys = {key.pk: keyring.private_key(key) for key in old if keyring.is_here(key)}
    before = leftovers(centre)
    rewrapping.to_key(new, private_keys, jobs=jobs, progress=progress)
    # Other processes cached the routes for a moment, and may have been storing a request just now.
    time.sleep(settle and settle + settings.ROUTING_SECONDS)
    rewrapping.to_key(new, private_keys, jobs=1, progress=progress)
    counts = rewrapping.counts()
    empty = [key for key in old if not counts[key.pk]]
    left = sum(counts[key.pk] for key in old)
    events.record_beside_cases(Event.Kind.KEY_ROTATED, by=by, centre_id=centre.pk, key=new.pk, wrapped=before - left, left=left)
    return Outcome(new, empty, left)


def usable_active_key(centre: Centre) -> CentreKey:
    """Return the active key. Raises KeyringError when there is none, it isn't signed, or it doesn't open what is sealed to it."""
    key = centre.keys.filter(retired_at=None).first()
    if key is None:
        raise KeyringError(f"{centre} has no active key. Make one with `manage.py keys create {centre.slug}`.")
    pins.check(key)
    keyring.private_key(key)
    if not keyring.opens_canary(key):
        raise KeyringError(f"Key {key.pk} doesn't open what is sealed to it. See `manage.py keys verify`.")
    return key


@transaction.atomic
def retire(key: CentreKey, *, by: User | str = "system") -> None:
    """Retire an active key without a new one: the centre takes no inquiries until it has one."""
    keyring.retire(CentreKey.objects.select_for_update().filter(pk=key.pk, retired_at=None), by=by)


def destroy(key: CentreKey, *, by: User | str = "system") -> None:
    """Remove the private half of a retired key for good, and record it.

    Raises KeyringError when something is still wrapped to it: that could never be opened again.
    """
    if key.retired_at is None:
        raise KeyringError(f"Key {key.pk} is in use. Rotate the centre's key first.")
    if wrapped := rewrapping.counts()[key.pk]:
        raise KeyringError(f"{wrapped} keys of cases, notes and drafts are still wrapped to key {key.pk}, so it isn't destroyed.")
    folder = key_files.folder()
    with transaction.atomic():
        events.record_beside_cases(Event.Kind.KEY_RETIRED, by=by, centre_id=key.centre_id, key=key.pk, why="destroyed")
        (folder / f"{key.pk}.key").unlink(missing_ok=True)
    key_files.sync_folder(folder)
