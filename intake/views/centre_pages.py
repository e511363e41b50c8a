"""What visitors read about a centre: its hours in its own time zone, its languages, and the same for machines."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils import timezone

from intake.models import Centre
from intake.scheduling.opening_hours import CentreHours
from recovery_site.pages.public_pages import SitemapEntry, entries


def zone_name(centre: Centre) -> str:
    """Return the short name of the centre's time zone today, such as “EST”."""
    return timezone.now().astimezone(ZoneInfo(centre.time_zone)).tzname() or centre.time_zone


def languages(centre: Centre) -> list[str]:
    """Return the names of the languages spoken there, each in its own language; an unknown code as it stands."""
    return [str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize() for code in centre.languages]


def for_the_sitemap() -> Iterator[SitemapEntry]:
    """Yield the page of each centre in every language. One query."""
    for slug in Centre.objects.order_by("name").values_list("slug", flat=True):
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
