"""The languages of the site: English and every language with a compiled catalogue. Adding one needs no code."""

from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_language

Named = list[tuple[str, str | Promise]]


def installed(folder: Path, first: str) -> Named:
    """Return (code, name) pairs: `first`, then each language that has <folder>/<locale>/LC_MESSAGES/django.mo.

    Raises ImproperlyConfigured if a folder isn't named after a language that Django knows.
    """
    others = sorted(to_language(catalogue.parts[-3]) for catalogue in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = [first, *(code for code in others if code != first)]
    for code in codes:
        if code not in LANG_INFO:
            raise ImproperlyConfigured(
                f"{folder.name}/ holds a catalogue for {code!r}. Name its folder as Django does: es, pt_BR, zh_Hans."
            )
    # Django's own catalogues translate the names. Some entries have no name, only a fallback to another code.
    return [(code, gettext_lazy(LANG_INFO[code].get("name", code))) for code in codes]


def choices() -> Named:
    """Return the language choices for models. A callable, so that adding a language needs no migration."""
    return list(settings.LANGUAGES)


def current() -> str:
    """Return the code of the active language; of the site's first one where none is active."""
    return get_language() or settings.LANGUAGE_CODE
