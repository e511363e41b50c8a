"""The second factors of a person: passkeys, an authenticator app, and recovery codes for the day both are lost.

The rows are allauth's (Authenticator); seeds in them are sealed (accounts.factors.sealing). Recovery codes alone are no factor: they come
with the first one and go with the last. Adding and removing is recorded, and the person gets a mail each time.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.factors import notices, sealing
from accounts.models import User
from recovery_site.staff import audit
from recovery_site.verbs import Refused

PASSKEY, APP, CODES = Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
# What the record calls them, and the way somebody signed in by them.
WAYS = {PASSKEY: "passkey", APP: "totp", CODES: "recovery"}


def of(user: User) -> QuerySet[Authenticator]:
    """Return the rows of `user`, the oldest first, recovery codes included."""
    return Authenticator.objects.filter(user=user).order_by("created_at", "pk")


def factors(user: User) -> QuerySet[Authenticator]:
    """Return the passkeys and the app of `user`, the oldest first."""
    return of(user).exclude(type=CODES)


def has_one(user: User) -> bool:
    """Return whether `user` has a second factor. One query."""
    return factors(user).exists()


def add_passkey(user: User, name: str, credential: dict[str, Any]) -> None:
    """Store a passkey whose credential was checked (accounts.factors.passkeys)."""
    _add(user, Authenticator(user=user, type=PASSKEY, data={"name": name, "credential": credential}))


def add_app(user: User, seed: str) -> None:
    """Store the seed (base32) of an authenticator app, sealed. Raises Refused when there is one."""
    if of(user).filter(type=APP).exists():
        raise Refused(_("You have an authenticator app already. Remove it first."))
    _add(user, Authenticator(user=user, type=APP, data={"secret": sealing.seal(seed)}))


@transaction.atomic
def remove(row: Authenticator, *, by: User) -> None:
    """Remove a factor. Of the last one, the recovery codes go with it."""
    user: Any = row.user
    kind = row.type
    row.delete()
    if not has_one(user):
        of(user).delete()
    audit.record("factor_removed", by=by, user=user.pk, factor=WAYS[kind])
    notices.removed(user, kind)


@transaction.atomic
def new_codes(user: User) -> None:
    """Make new recovery codes. The old ones end."""
    of(user).filter(type=CODES).delete()
    RecoveryCodes.activate(user)
    audit.record("factor_added", by=user, user=user.pk, factor=WAYS[CODES])
    notices.added(user, CODES)


def unused_codes(user: User) -> list[str]:
    """Return the recovery codes of `user` that were not used yet; none if they can't be opened."""
    row = of(user).filter(type=CODES).first()
    try:
        return RecoveryCodes(row).get_unused_codes() if row else []
    except sealing.CanNotOpen:
        return []


def check_code(user: User, code: str) -> str:
    """Return the way ("totp", "recovery") by which `code` proves that somebody is `user`, or "". A code works once."""
    for row in of(user).exclude(type=PASSKEY):
        try:
            if _accepts_app_code(row.pk, code) if row.type == APP else RecoveryCodes(row).validate_code(code):
                row.record_usage()
                return WAYS[row.type]
        except sealing.CanNotOpen:
            continue
    return ""


@transaction.atomic
def _accepts_app_code(pk: int, code: str) -> bool:
    """Return whether a code of the app is right and newer than the last one. The library remembers used ones per process only."""
    row = Authenticator.objects.select_for_update().get(pk=pk)
    seed = sealing.unseal(row.data["secret"])
    for counter in totp.yield_hotp_counters_from_time():
        if counter > row.data.get("last", -1) and code_at(seed, counter) == _digits(code):
            row.data["last"] = counter
            row.save(update_fields=["data"])
            return True
    return False


def is_code_of(seed: str, code: str) -> bool:
    """Return whether an app with this seed shows `code` now."""
    return any(code_at(seed, counter) == _digits(code) for counter in totp.yield_hotp_counters_from_time())


def code_at(seed: str, counter: int) -> str:
    """Return the six digits that an app with this seed shows in the half minute `counter` since 1970."""
    return totp.format_hotp_value(totp.hotp_value(seed, counter))


def _digits(code: str) -> str:
    return "".join(character for character in code if character.isdigit())


@transaction.atomic
def _add(user: User, row: Authenticator) -> None:
    row.save()
    if not of(user).filter(type=CODES).exists():
        RecoveryCodes.activate(user)
    audit.record("factor_added", by=user, user=user.pk, factor=WAYS[row.type])
    notices.added(user, row.type)
