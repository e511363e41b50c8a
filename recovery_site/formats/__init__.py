"""How dates and times are written where Django's own formats don't fit: settings.FORMAT_MODULE_PATH."""

# Where people read "2:30 p.m.".
TWELVE_HOUR_COUNTRIES = ("US", "CA", "AU")
