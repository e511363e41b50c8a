"""What visitors read about a centre: its hours in its own time zone, its own words, and the same for machines."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from intake.admission import openings
from intake.models import Centre, OpeningHours, Payment
from intake.models.centres import CentreTexts
from intake.scheduling.front_desk import open_state
from intake.scheduling.opening_hours import CentreHours
from recovery_site import phones
from recovery_site.pages.public_pages import SitemapEntry, entries

SPECIAL_DAYS_AHEAD = 60
# A page of another organisation: only whoever follows the link tells it what they look for.
MAP = "https://www.openstreetmap.org/search"
TEXTS = [field.name for field in CentreTexts._meta.get_fields()]


@dataclass(frozen=True)
class OwnWords:
    """Lines that a centre wrote about itself. `language` is empty when it is that of the page."""

    lines: list[str]
    language: str


def _listed() -> QuerySet[Centre]:
    """Return the centres that have more than a name to show: a number, an address, or hours."""
    has_hours = Q(always_open=True) | Exists(OpeningHours.objects.filter(centre=OuterRef("pk")))
    return Centre.objects.filter(~Q(phone="") | ~Q(address="") | has_hours)


def centres() -> QuerySet[Centre]:
    """Return the centres with what `shown` reads; four queries more."""
    return _listed().prefetch_related("opening_hours", "holidays", "translations", openings.said_lately())


def shown(centre: Centre, language: str, now: dt.datetime) -> dict[str, Any]:
    """Return the context of a page or a card about `centre`, which comes from `centres`. No query."""
    hours = CentreHours(centre)
    return {
        "centre": centre,
        "tel": phones.tel_link(centre.phone) if centre.phone else "",
        "state": open_state(centre, now),
        "week": hours.week(),
        "days_ahead": hours.days_ahead(now),
        "special_days": hours.special_days(now, SPECIAL_DAYS_AHEAD),
        "zone": zone_name(centre),
        "languages": languages(centre),
        "texts": own_words(centre, language),
        # Of names that have no translation; empty where the page is in the centre's own language.
        "names_language": "" if language == settings.LANGUAGE_CODE else settings.LANGUAGE_CODE,
        "payments": [label for code, label in Payment.choices if code in (centre.payments or [])],
        "openings": openings.newest(centre),
        "map": f"{MAP}?{urlencode({'query': ' '.join(centre.address.split())})}" if centre.address else "",
    }


def own_words(centre: Centre, language: str) -> dict[str, OwnWords]:
    """Return {name of a text: its lines} of the texts that aren't empty, in `language` where the centre wrote it."""
    translation = next((row for row in centre.translations.all() if row.language == language), None)
    words = {}
    for name in TEXTS:
        translated = _lines(getattr(translation, name, ""))
        lines = translated or _lines(getattr(centre, name))
        if lines:
            words[name] = OwnWords(lines, "" if translated or language == settings.LANGUAGE_CODE else settings.LANGUAGE_CODE)
    return words


def zone_name(centre: Centre) -> str:
    """Return the short name of the centre's time zone today, such as “EST”."""
    return timezone.now().astimezone(ZoneInfo(centre.time_zone)).tzname() or centre.time_zone


def languages(centre: Centre) -> list[str]:
    """Return the names of the languages spoken there, each in its own language; an unknown code as it stands."""
    return [str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize() for code in centre.languages]


def for_the_sitemap() -> Iterator[SitemapEntry]:
    """Yield the page of each centre in every language. One query."""
    for slug in _listed().order_by("name").values_list("slug", flat=True):
        yield from entries("intake:centre", slug)


def medical_business(centre: Centre) -> dict[str, Any]:
    """Return a centre as schema.org's MedicalBusiness: only what its page shows."""
    business: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalBusiness",
        "name": centre.name,
        "url": settings.SITE_URL + reverse("intake:centre", args=[centre.slug]),
        "openingHoursSpecification": CentreHours(centre).specification(),
    }
    for name, value in (
        ("legalName", centre.legal_name),
        ("telephone", centre.phone),
        ("address", centre.address),
        ("knowsLanguage", centre.languages),
    ):
        if value:
            business[name] = value
    return business


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
