"""How dates and times are written where Django's own formats don't fit: settings.FORMAT_MODULE_PATH."""
