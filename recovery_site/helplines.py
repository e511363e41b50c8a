"""The helplines shown on every page, read from helplines.toml, which operators may edit."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

FILE = Path(__file__).with_name("helplines.toml")
FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True)
class Helpline:
    """A number to call or text, described in one language."""

    key: str
    name: str
    number: str
    href: str
    about: str
    in_bar: bool


@lru_cache(maxsize=32)
def helplines(country: str, language: str, file: Path = FILE) -> tuple[Helpline, ...]:
    """Return the helplines of `country` (ISO 3166, two letters) in `language`, in the order of the file.

    Raises ImproperlyConfigured if the country or a required field is missing: pages must never be served without
    emergency numbers.
    """
    lines = _read(file).get(country)
    if not isinstance(lines, list):
        raise ImproperlyConfigured(
            f"{file.name} has no helplines for COUNTRY={country!r}. Add a [[{country}]] section, emergency number first."
        )
    try:
        return tuple(
            Helpline(
                key=line["key"],
                name=_in(line["name"], language),
                number=_in(line["number"], language),
                href=_href(line, language),
                about=_in(line["about"], language),
                in_bar=line.get("bar", False),
            )
            for line in lines
        )
    except KeyError as missing:
        raise ImproperlyConfigured(f"{file.name}: a helpline of {country} lacks {missing}.") from None


def checked_on(file: Path = FILE) -> dt.date:
    """Return the day on which the numbers were last verified."""
    day = _read(file).get("checked")
    if not isinstance(day, dt.date):
        raise ImproperlyConfigured(f"{file.name} lacks `checked`, the day the numbers were last looked up.")
    return day


@lru_cache(maxsize=4)
def _read(file: Path) -> Mapping[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _href(line: Mapping[str, Any], language: str) -> str:
    if "tel" in line:
        return f"tel:{line['tel']}"
    return sms_link(line["sms"], _in(line["body"], language) if "body" in line else "")


def sms_link(number: str, body: str = "") -> str:
    """Return the address that begins a text message to `number`, with `body` as its words."""
    return f"sms:{number}?body={quote(body)}" if body else f"sms:{number}"


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts[FALLBACK_LANGUAGE]


def all_numbers(file: Path = FILE, *, keys: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the digits of all numbers in the file, for all countries, without a leading 1.

    Numbers mentioned in descriptions are included, such as a line for deaf callers. `keys` restricts the result to
    some helplines.
    """
    numbers: set[str] = set()
    for lines in _read(file).values():
        for line in lines if isinstance(lines, list) else []:
            if keys and line["key"] not in keys:
                continue
            texts = [line.get("tel", ""), line.get("sms", ""), *line["number"].values(), *line["about"].values()]
            for number in re.findall(r"\+?\d(?:[\d -]*\d)?", " · ".join(texts)):
                digits = re.sub(r"\D", "", number)
                numbers.add(digits[1:] if len(digits) == 11 and digits[0] == "1" else digits)
    return frozenset(number for number in numbers if len(number) >= 3)
