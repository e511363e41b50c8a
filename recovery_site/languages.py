"""The languages of the site: English, and each one that has a compiled catalogue. Adding one needs files, no code."""

from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, to_language

Named = list[tuple[str, str | Promise]]


def installed(folder: Path, first: str) -> Named:
    """Return (code, name) of `first`, the language of the code, and of each with <folder>/<locale>/LC_MESSAGES/django.mo.

    Raises ImproperlyConfigured for a folder that isn't named like a language Django knows.
    """
    others = sorted(to_language(catalogue.parts[-3]) for catalogue in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = [first, *(code for code in others if code != first)]
    for code in codes:
        if code not in LANG_INFO:
            raise ImproperlyConfigured(
                f"{folder.name}/ holds a catalogue for {code!r}. Name its folder as Django does: es, pt_BR, zh_Hans."
            )
    # Django's own catalogues have the names of languages; some of its entries only lead to another code's.
    return [(code, gettext_lazy(LANG_INFO[code].get("name", code))) for code in codes]


def choices() -> Named:
    """Return the languages a guide or a synonym may have; a function, so that a further language needs no migration."""
    return list(settings.LANGUAGES)
