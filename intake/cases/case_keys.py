"""The key that opens a case, for a member of staff who may open it."""

from accounts.models import User
from intake.cases import permissions
from intake.crypto import keyring, sealing
from intake.models import Inquiry, KeyWrap


class KeyLost(Exception):
    """No key of the inquiry's centre opens it: the centre's key file is missing, or the wrap was never made."""


def for_staff(inquiry: Inquiry, user: User) -> bytes:
    """Return the case key of `inquiry` (32 bytes), unwrapped with its centre's private key.

    Raises NotAllowed when `user` may not open the case, KeyLost when the centre holds no key for it.
    """
    permissions.require(user, "open_case", inquiry)
    return _unwrapped(inquiry)


def for_indexing(inquiry: Inquiry) -> bytes:
    """Return the case key for the look-up by phone and e-mail, which the staff side computes by itself.

    Nothing that it opens is shown to anybody. Raises KeyLost, keyring.KeyringError.
    """
    return _unwrapped(inquiry)


def for_hand_off(inquiry: Inquiry) -> bytes:
    """Return the case key for a verb that has checked that the case may go to another centre (an accepted referral).

    Raises KeyLost, keyring.KeyringError.
    """
    return _unwrapped(inquiry)


def _unwrapped(inquiry: Inquiry) -> bytes:
    wrap = (
        KeyWrap.objects.select_related("centre_key")
        .filter(inquiry=inquiry, centre_key__centre_id=inquiry.centre_id)
        .order_by("-centre_key_id")
        .first()
    )
    if wrap is None or wrap.centre_key is None:
        raise KeyLost
    return sealing.unwrap_with_private_key(bytes(wrap.wrapped), inquiry.pk, keyring.private_key(wrap.centre_key))
