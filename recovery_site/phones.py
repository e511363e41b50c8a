"""Phone numbers: read as people type them, stored as E.164 ("+12125550143"), shown as the country writes them."""

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberFormat


class NotAPhoneNumber(ValueError):
    """The text can't be read as a phone number. The error does not repeat it: it may be somebody's."""


def normalise(text: str, country: str | None = None) -> str:
    """Return a number as E.164; one without a country code is read as one of `country` (settings.COUNTRY by default).

    Raises NotAPhoneNumber for text that is no number, and for one with too few or too many digits.
    """
    return phonenumbers.format_number(_parsed(text, country), PhoneNumberFormat.E164)


def national(text: str, country: str | None = None) -> str:
    """Return a number as it is written in `country`; one of another country in international form. Raises NotAPhoneNumber."""
    number = _parsed(text, country)
    own = phonenumbers.country_code_for_region(country or settings.COUNTRY)
    form = PhoneNumberFormat.NATIONAL if number.country_code == own else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def tel_link(text: str, country: str | None = None) -> str:
    """Return the address of a call, such as "tel:+12125550143"; of a short number such as 988, its digits."""
    try:
        return f"tel:{normalise(text, country)}"
    except NotAPhoneNumber:
        return f"tel:{digits(text)}"


def digits(text: str) -> str:
    """Return the digits of `text`."""
    return "".join(sign for sign in text if sign in "0123456789")


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text, country or settings.COUNTRY)
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber
    return number
