"""Phone numbers: read as people type them and stored as E.164 ("+12125550143")."""

import phonenumbers
from django.conf import settings


class NotAPhoneNumber(ValueError):
    """The text can't be read as a phone number. The error does not repeat it: it may be somebody's."""


def normalise(text: str) -> str:
    """Return a number as E.164; one without a country code is read as a number of settings.COUNTRY.

    Raises NotAPhoneNumber for text that is no number, and for one with too few or too many digits.
    """
    try:
        number = phonenumbers.parse(text, settings.COUNTRY)
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def tel_link(text: str) -> str:
    """Return the address of a call, such as "tel:+12125550143"; of a short number such as 988, its digits."""
    try:
        return f"tel:{normalise(text)}"
    except NotAPhoneNumber:
        return f"tel:{digits(text)}"


def digits(text: str) -> str:
    """Return the digits of `text`."""
    return "".join(sign for sign in text if sign in "0123456789")
