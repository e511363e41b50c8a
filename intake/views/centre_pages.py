"""What visitors read about a centre: its hours in its own time zone, its languages, and the same for machines."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS

from intake.models import Centre

END_OF_DAY = dt.time(23, 59)
SCHEMA_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True)
class Day:
    """A weekday and its stretches of (opens, closes); closes is None at midnight. No stretch: closed."""

    name: str
    stretches: list[tuple[dt.time, dt.time | None]]


def week(centre: Centre) -> list[Day]:
    """Return the seven days with their hours. Uses `opening_hours` as prefetched."""
    days = [Day(str(WEEKDAYS[number]), []) for number in range(7)]
    for hours in centre.opening_hours.all():
        days[hours.weekday].stretches.append((hours.opens, None if hours.closes == END_OF_DAY else hours.closes))
    return days


def zone_name(centre: Centre) -> str:
    """Return the short name of the centre's time zone today, such as “EST”."""
    return timezone.now().astimezone(ZoneInfo(centre.time_zone)).tzname() or centre.time_zone


def languages(centre: Centre) -> list[str]:
    """Return the names of the languages spoken there, each in its own language; an unknown code as it stands."""
    return [str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize() for code in centre.languages]


def tel(phone: str) -> str:
    """Return the address of a call: digits, and the plus of a foreign number."""
    return "tel:" + re.sub(r"(?!^\+)\D", "", phone)


def for_the_sitemap() -> list[tuple[str, list[str]]]:
    """Return the name and arguments of each address of ours that search engines may list. One query."""
    slugs = Centre.objects.order_by("name").values_list("slug", flat=True)
    return [("intake:contact", []), ("intake:centre_list", []), *(("intake:centre", [slug]) for slug in slugs)]


def medical_business(centre: Centre) -> dict[str, Any]:
    """Return a centre as schema.org's MedicalBusiness: only what its page shows."""
    business: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalBusiness",
        "name": centre.name,
        "url": settings.SITE_URL + reverse("intake:centre", args=[centre.slug]),
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{SCHEMA_DAYS[hours.weekday]}",
                "opens": f"{hours.opens:%H:%M}",
                "closes": f"{hours.closes:%H:%M}",
            }
            for hours in centre.opening_hours.all()
        ],
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
