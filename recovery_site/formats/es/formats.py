"""Spanish: where the country has a 12-hour clock, Spanish readers there read it, too."""

from django.conf import settings
from django.utils.translation import gettext_noop

from recovery_site.formats import TWELVE_HOUR_COUNTRIES

# Django's `a` asks for these; the catalogue has them with the space that Spanish wants.
HALVES_OF_THE_DAY = (gettext_noop("a.m."), gettext_noop("p.m."))

TIME_FORMAT = "g:i a" if settings.COUNTRY in TWELVE_HOUR_COUNTRIES else "H:i"
DATETIME_FORMAT = rf"j \d\e F \d\e Y, {TIME_FORMAT}"
