"""Phone numbers: read as people type them, stored as E.164 ("+12125550143"), and found in texts."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from django.conf import settings
from phonenumbers import Leniency, PhoneNumberMatcher

from recovery_site.helplines import helplines, sms_link

# What stands before a number that somebody is to write to: “text HOME to”, “envíe AYUDA por texto al”.
WRITTEN_TO = re.compile(
    r"(?i:\b(?:text|send|envíe|envía|mande|escriba))\s+[“\"]?(?P<word>[A-ZÁÉÍÓÚÑ]{2,12})[”\"]?\s+"
    r"(?i:(?:by text|por texto|por mensaje de texto)\s+)?(?i:to|al|a)\s+$"
)
TEXT_ONLY = re.compile(r"(?i)(?<!or )(?<!and )\btext\s+$")
# A count or an amount, not a number to call: “911 people”, “$988”, “98.8”.
COUNTED = r"(?!\s*(?:%|mg|mcg|ml|g|people|personas|deaths|muertes|calls|llamadas)\b)"
LONGEST_SHORT = 6  # digits of a number without an area code


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


class Number(NamedTuple):
    """A number in a text: where it stands, and the address that calls it or writes to it."""

    start: int
    end: int
    href: str


def numbers_in(text: str, language: str) -> Iterator[Number]:
    """Yield the numbers in `text` that can be called or written to from settings.COUNTRY, in order.

    Short ones are those of the helplines, such as 911; a text line gets the word that it wants, in the text's words or `language`.
    """
    short = _short_numbers(settings.COUNTRY, language)
    found = [
        Number(hit.start, hit.end, f"tel:{phonenumbers.format_number(hit.number, phonenumbers.PhoneNumberFormat.E164)}")
        for hit in PhoneNumberMatcher(text, settings.COUNTRY, leniency=Leniency.STRICT_GROUPING)
    ]
    taken = [(number.start, number.end) for number in found]
    for hit in short.pattern.finditer(text):
        if not any(start < hit.end() and hit.start() < end for start, end in taken):
            found.append(Number(hit.start(), hit.end(), _short_href(text[: hit.start()], hit[0], short.hrefs[digits(hit[0])])))
    yield from sorted(found)


class _ShortNumbers(NamedTuple):
    pattern: re.Pattern[str]
    hrefs: dict[str, str]  # by digits


@lru_cache(maxsize=32)
def _short_numbers(country: str, language: str) -> _ShortNumbers:
    hrefs = {digits(line.href.partition("?")[0]): line.href for line in helplines(country, language)}
    hrefs = {number: href for number, href in hrefs.items() if len(number) <= LONGEST_SHORT}
    # 116123 is written “116 123”.
    ways = "|".join(r"\s?".join(number) for number in sorted(hrefs, key=len, reverse=True))
    return _ShortNumbers(re.compile(rf"(?<![\w$€£#%.,:/+-])(?:{ways})(?![\w-]|[.,:/]\d){COUNTED}"), hrefs)


def _short_href(before: str, number: str, href: str) -> str:
    if match := WRITTEN_TO.search(before):
        return sms_link(digits(number), match["word"])
    return sms_link(digits(number)) if TEXT_ONLY.search(before) and href.startswith("tel:") else href
