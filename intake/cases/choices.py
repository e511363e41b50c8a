"""The choices of the form fields, as (stored code, label)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from intake.models import Inquiry
from recovery_site.places.regions import REGIONS

FOR_WHOM = [
    (Inquiry.ForWhom.SELF, _("Myself")),
    (Inquiry.ForWhom.OTHER, _("Someone I care about")),
    (Inquiry.ForWhom.PROFESSIONAL, _("I am asking as a professional")),
]
CONTACT_WAYS = [
    (Inquiry.ContactWay.MAILBOX, _("Only on this site: I will come back with my receipt")),
    (Inquiry.ContactWay.PHONE, _("By a phone call")),
    (Inquiry.ContactWay.TEXT, _("By a text message")),
    (Inquiry.ContactWay.EMAIL, _("By e-mail")),
]
SUBSTANCES = [
    ("alcohol", _("Alcohol")),
    ("opioids", _("Heroin, fentanyl, pain pills or other opioids")),
    ("benzodiazepines", _("Benzodiazepines (such as Xanax, Valium, Klonopin)")),
    ("stimulants", _("Cocaine, meth or other stimulants")),
    ("cannabis", _("Cannabis")),
    ("other", _("Something else")),
    ("unsure", _("I don't know")),
]
DAILY_USE = [
    ("", _("I'd rather not say")),
    ("no", _("Not every day")),
    ("daily", _("Every day, and not stopping now")),
    ("stopping", _("Every day, and about to stop or just stopped")),
]
AGE_BANDS = [
    ("", _("I'd rather not say")),
    ("under_18", _("Under 18")),
    ("18_25", _("18 to 25")),
    ("26_64", _("26 to 64")),
    ("65_plus", _("65 or older")),
]
PREGNANCY = [("", _("I'd rather not say")), ("yes", _("Yes or maybe")), ("no", _("No"))]
PAYERS = [
    ("", _("I'd rather not say")),
    ("insurance", _("Insurance")),
    ("public", _("A public program such as Medicaid or Medicare")),
    ("self", _("I would pay myself")),
    ("unknown", _("I don't know")),
]
# Time windows in the visitor's time zone: code → (weekdays, from, until).
SAFE_TIMES = {
    "week_morning": ((0, 1, 2, 3, 4), "08:00", "12:00"),
    "week_afternoon": ((0, 1, 2, 3, 4), "12:00", "17:00"),
    "week_evening": ((0, 1, 2, 3, 4), "17:00", "21:00"),
    "weekend_day": ((5, 6), "09:00", "17:00"),
    "weekend_evening": ((5, 6), "17:00", "21:00"),
}
SAFE_TIME_CHOICES = [
    ("week_morning", _("Monday to Friday, 8 to 12")),
    ("week_afternoon", _("Monday to Friday, 12 to 5")),
    ("week_evening", _("Monday to Friday, 5 to 9 in the evening")),
    ("weekend_day", _("Weekend, 9 to 5")),
    ("weekend_evening", _("Weekend, 5 to 9 in the evening")),
]
# States and provinces by their ISO 3166-2 codes. In a country that is missing here the form doesn't ask for them. Names
# that are the same in Spanish are not marked for translation.
ELSEWHERE = "elsewhere"
_US_ZONES = [
    ("America/New_York", _("Eastern time")),
    ("America/Chicago", _("Central time")),
    ("America/Denver", _("Mountain time")),
    ("America/Phoenix", _("Arizona")),
    ("America/Los_Angeles", _("Pacific time")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico")),
]
_CA_ZONES = [
    ("America/St_Johns", _("Newfoundland time")),
    ("America/Halifax", _("Atlantic time")),
    ("America/Toronto", _("Eastern time")),
    ("America/Winnipeg", _("Central time")),
    ("America/Edmonton", _("Mountain time")),
    ("America/Vancouver", _("Pacific time")),
]
TIME_ZONES = [("", _("The same as the center's")), *{"US": _US_ZONES, "CA": _CA_ZONES}.get(settings.COUNTRY, [])]


def region_choices() -> list[tuple[str, object]]:
    """Return the states or provinces of settings.COUNTRY, between "I'd rather not say" and "Somewhere else"."""
    regions = REGIONS.get(settings.COUNTRY, [])
    return [("", _("I'd rather not say")), *regions, (ELSEWHERE, _("Somewhere else"))]


def safe_windows(codes: list[str]) -> list[list[object]]:
    """Return [[weekday, from, until], …] for the chosen codes. All codes give the same as none: [], which means any time."""
    if set(codes) >= set(SAFE_TIMES):
        return []
    return sorted([day, start, end] for code in codes for days, start, end in [SAFE_TIMES[code]] for day in days)


def safe_time_codes(windows: list[list[object]]) -> list[str]:
    """Return the codes whose windows are all among `windows`; the inverse of safe_windows()."""
    chosen = {tuple(window) for window in windows}
    return [code for code, (days, start, end) in SAFE_TIMES.items() if {(day, start, end) for day in days} <= chosen]
