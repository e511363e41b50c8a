"""Phone numbers: read as people type them, stored as E.164 ("+12125550143") with what stands beside them, and found in texts."""

import re
import unicodedata
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
