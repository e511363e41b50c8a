"""The helplines that every page shows, read from one dated file that an operator edits."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FILE = Path(__file__).with_name("helplines.toml")
FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True)
class Helpline:
    """One number to call or to write to, in the words of one language."""

    key: str
    name: str
    number: str
    href: str
    about: str
    in_bar: bool


@lru_cache(maxsize=32)
def helplines(country: str, language: str, file: Path = FILE) -> tuple[Helpline, ...]:
    """The helplines of a country (ISO 3166, two letters) in the words of `language`, in the order of the file.

    Raises ImproperlyConfigured when the file lacks the country or one of a line's fields: a page without
    emergency numbers must not go out unnoticed.
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
                href=f"tel:{line['tel']}" if "tel" in line else f"sms:{line['sms']}",
                about=_in(line["about"], language),
                in_bar=line.get("bar", False),
            )
            for line in lines
        )
    except KeyError as missing:
        raise ImproperlyConfigured(f"{file.name}: a helpline of {country} lacks {missing}.") from None


def checked_on(file: Path = FILE) -> dt.date:
    """The day on which somebody last made sure that the numbers are right."""
    day = _read(file).get("checked")
    if not isinstance(day, dt.date):
        raise ImproperlyConfigured(f"{file.name} lacks `checked`, the day the numbers were last looked up.")
    return day


@lru_cache(maxsize=4)
def _read(file: Path) -> Mapping[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts[FALLBACK_LANGUAGE]


def all_numbers(file: Path = FILE, *, keys: tuple[str, ...] = ()) -> frozenset[str]:
    """The digits of every number in the file, of all countries, without a leading 1; `keys` chooses some kinds of lines.

    Numbers that the descriptions mention (a line for the deaf, for instance) belong to them.
    """
    found: set[str] = set()
    for lines in _read(file).values():
        for line in lines if isinstance(lines, list) else []:
            if keys and line["key"] not in keys:
                continue
            texts = [line.get("tel", ""), line.get("sms", ""), *line["number"].values(), *line["about"].values()]
            for number in re.findall(r"\+?\d(?:[\d -]*\d)?", " · ".join(texts)):
                digits = re.sub(r"\D", "", number)
                found.add(digits[1:] if len(digits) == 11 and digits[0] == "1" else digits)
    return frozenset(number for number in found if len(number) >= 3)
