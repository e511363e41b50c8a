"""Decryption of case keys on the staff server."""

from accounts.models import User
from intake.cases import permissions
from intake.crypto import keyring, sealing
from intake.models import Inquiry, KeyWrap


class KeyLost(Exception):
    """Raised when the case key was never wrapped to a key of the inquiry's centre."""


def for_staff(inquiry: Inquiry, user: User) -> bytes:
    """Return the case key of `inquiry` (32 bytes), unwrapped with its centre's private key.

    Raises NotAllowed if `user` may not open the case; KeyLost, keyring.KeyringError or sealing.SealBroken if the key
    can't be unwrapped.
    """
    permissions.require(user, "open_case", inquiry)
    return _unwrapped(inquiry)


def for_indexing(inquiry: Inquiry) -> bytes:
    """Return the case key for the blind index, without a permission check: nothing decrypted with it is shown to anybody.

    Raises KeyLost, keyring.KeyringError, sealing.SealBroken.
    """
    return _unwrapped(inquiry)


def for_second_look(inquiry: Inquiry) -> bytes:
    """Return the case key for the search for danger (intake.mailbox.second_look): only the result is stored, as codes.

    Raises KeyLost, keyring.KeyringError, sealing.SealBroken.
    """
    return _unwrapped(inquiry)


def for_hand_off(inquiry: Inquiry) -> bytes:
    """Return the case key for a referral. The caller has checked that the case may go to another centre.

    Raises KeyLost, keyring.KeyringError, sealing.SealBroken.
    """
    return _unwrapped(inquiry)


def for_hold(inquiry: Inquiry) -> bytes:
    """Return the case key of a case that was withdrawn and is kept by a legal hold. The caller has checked that the hold names the reader.

    Raises KeyLost, keyring.KeyringError, sealing.SealBroken.
    """
    return _unwrapped(inquiry, erased=True)


def _unwrapped(inquiry: Inquiry, *, erased: bool = False) -> bytes:
    if inquiry.erased_at is not None and not erased:
        # A hold may keep its content, and nobody else may learn of that.
        raise KeyLost
    wrap = (
        KeyWrap.objects.select_related("centre_key")
        .filter(inquiry=inquiry, centre_key__centre_id=inquiry.centre_id)
        .order_by("-centre_key_id")
        .first()
    )
    if wrap is None:
        raise KeyLost
    return of_wrap(wrap)


def of_wrap(wrap: KeyWrap) -> bytes:
    """Return the case key in `wrap`. The caller has checked that it may be used, and selected `centre_key`.

    Raises KeyLost for a wrap of the recovery key, keyring.KeyringError, sealing.SealBroken.
    """
    if wrap.centre_key is None:
        raise KeyLost
    return sealing.unwrap_with_private_key(bytes(wrap.wrapped), wrap.inquiry_id, keyring.private_key(wrap.centre_key))
