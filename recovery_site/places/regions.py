"""The states, territories and provinces of the countries we know, as (code, name)."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

_US_STATES: list[tuple[str, Any]] = [
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", _("District of Columbia")),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", _("Hawaii")),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", _("Louisiana")),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", _("Michigan")),
    ("MN", "Minnesota"),
    ("MS", _("Mississippi")),
    ("MO", _("Missouri")),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", _("New Hampshire")),
    ("NJ", _("New Jersey")),
    ("NM", _("New Mexico")),
    ("NY", _("New York")),
    ("NC", _("North Carolina")),
    ("ND", _("North Dakota")),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", _("Oregon")),
    ("PA", _("Pennsylvania")),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", _("South Carolina")),
    ("SD", _("South Dakota")),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", _("West Virginia")),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
]
_CA_PROVINCES: list[tuple[str, Any]] = [
    ("AB", "Alberta"),
    ("BC", _("British Columbia")),
    ("MB", "Manitoba"),
    ("NB", _("New Brunswick")),
    ("NL", _("Newfoundland and Labrador")),
    ("NS", _("Nova Scotia")),
    ("NT", _("Northwest Territories")),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", _("Prince Edward Island")),
    ("QC", "Quebec"),
    ("SK", "Saskatchewan"),
    ("YT", _("Yukon")),
]
REGIONS = {"US": _US_STATES, "CA": _CA_PROVINCES}


def choices() -> list[tuple[str, Any]]:
    """Return the regions of settings.COUNTRY, with "" for the whole country first."""
    return [("", _("The whole country")), *REGIONS.get(settings.COUNTRY, [])]


def name(code: str) -> str:
    """Return the name of a region of settings.COUNTRY, "" for the whole country or an unknown code."""
    return str(dict(REGIONS.get(settings.COUNTRY, [])).get(code, ""))
