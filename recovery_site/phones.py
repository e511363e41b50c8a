"""Phone numbers: read as people type them and stored as E.164 ("+12125550143"), with the extension or note written beside them."""

import re
import unicodedata
from typing import NamedTuple

import phonenumbers
from django.conf import settings

# The North American plan: area code and exchange begin with 2 to 9, and an area code never ends in 11 (411, 911).
_NORTH_AMERICAN = re.compile(r"[2-9](?!11)\d{2}[2-9]\d{6}")
# The prefix of calls abroad in most countries, for which "+" is the short form.
_ABROAD = re.compile(r"^\D*00(?=[1-9])")


class NotAPhoneNumber(ValueError):
    """The text can't be read as a number that can be called. The error does not repeat it: it may be somebody's.

    `too_short` says that an area code seems to be missing.
    """

    def __init__(self, *, too_short: bool = False) -> None:
        super().__init__()
        self.too_short = too_short


class Phone(NamedTuple):
    """A number as E.164, and what was written beside it: an extension, whose phone it is, a second number."""

    number: str
    note: str = ""

    @property
    def written(self) -> str:
        """The number and its note in one line, which read() understands again."""
        return f"{self.number} {self.note}".strip()


def read(text: str) -> Phone:
    """Return the first number in `text` with the rest as its note; one without a country code is of settings.COUNTRY.

    Raises NotAPhoneNumber for text without a number, and for a number that nobody can call.
    """
    text = _ABROAD.sub("+", "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip())
    leniency = phonenumbers.Leniency.POSSIBLE
    match = next(iter(phonenumbers.PhoneNumberMatcher(text, settings.COUNTRY, leniency=leniency)), None)
    if match is None:
        # Digits in unusual groups, and numbers that spell a word.
        return Phone(_e164(_parsed(text)))
    number = match.number
    extension = f"ext. {number.extension}" if number.extension else ""
    rest = f"{_without_punctuation(text[: match.start])} {_without_punctuation(text[match.end :])}"
    return Phone(_e164(number), f"{extension} {'' if rest.strip() == 'tel' else rest.strip()}".strip())


def normalise(text: str) -> str:
    """Return a number as E.164, without what was written beside it. Raises NotAPhoneNumber."""
    return read(text).number


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(text, settings.COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber(too_short=error.error_type == error.TOO_SHORT_NSN) from None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:
        short = {phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY, phonenumbers.ValidationResult.TOO_SHORT}
        raise NotAPhoneNumber(too_short=length in short)
    # Checked by its form only: a list of the area codes in use would refuse people with a new one.
    if number.country_code == 1 and not _NORTH_AMERICAN.fullmatch(phonenumbers.national_significant_number(number)):
        raise NotAPhoneNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _without_punctuation(text: str) -> str:
    """Return what stands beside a number without the brackets and commas that part it from the number."""
    return text.strip(" \t\r\n,;:()[]<>-–—")


def spoken(number: str) -> str:
    """Return a stored number as people of settings.COUNTRY write it, in groups: "202 555 0199", "+52 55 5555 0143"."""
    try:
        parsed = _parsed(number)
    except NotAPhoneNumber:
        return number
    if parsed.country_code == phonenumbers.country_code_for_region(settings.COUNTRY):
        return " ".join(re.findall(r"\d+", phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def tel_link(text: str) -> str:
    """Return the address of a call, such as "tel:+12125550143"; of a short number such as 988, its digits."""
    try:
        return f"tel:{normalise(text)}"
    except NotAPhoneNumber:
        return f"tel:{digits(text)}"


def digits(text: str) -> str:
    """Return the digits of `text`."""
    return "".join(sign for sign in text if sign in "0123456789")
