"""The words that staff read for the codes that are stored."""

from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from danger import signs
from intake.cases import choices

# Reasons of a priority that are no signs of danger; danger.signs has the words of those.
REASONS = {
    "pregnant": gettext_lazy("pregnant"),
    "under_18": gettext_lazy("under 18"),
    "red_flag": gettext_lazy("red flag in the pre-screen"),
}
FIELDS = {
    "name": gettext_lazy("Name to use"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "message": gettext_lazy("Message"),
    "substances": gettext_lazy("Substances"),
    "age_band": gettext_lazy("Age"),
    "pregnancy": gettext_lazy("Pregnant"),
    "payer": gettext_lazy("How treatment would be paid"),
    "preferred_times": gettext_lazy("Preferred times"),
    "other_notes": gettext_lazy("Other notes"),
}

# The answers that forms offer, by field: code → words.
ANSWERS = {
    "substances": dict(choices.SUBSTANCES),
    "age_band": dict(choices.AGE_BANDS),
    "pregnancy": dict(choices.PREGNANCY),
    "payer": dict(choices.PAYERS),
}


class Line(NamedTuple):
    """A label, its value, and an address to act on it (tel:, mailto:) or nothing."""

    label: str
    value: str
    href: str = ""


def reason(code: str) -> str:
    """Return a priority reason in words. Raises danger.signs.UnknownSign for a code that nothing has words for."""
    return str(REASONS[code] if code in REASONS else signs.sign(code).label)


def lines(payload: dict[str, Any]) -> list[Line]:
    """Return what was said, field by field, in the order of FIELDS; unknown fields last, so that nothing is hidden."""
    known = [name for name in FIELDS if name in payload]
    rest = [name for name in payload if name not in FIELDS]
    return [Line(str(FIELDS.get(name, name)), _value(name, payload[name]), _href(name, payload[name])) for name in known + rest]


def _value(name: str, value: Any) -> str:
    words = ANSWERS.get(name, {})
    return ", ".join(str(words.get(item, item)) for item in (value if isinstance(value, list) else [value]))


def _href(name: str, value: Any) -> str:
    if name == "phone":
        return "tel:" + "".join(sign for sign in str(value) if sign.isdigit() or sign == "+")
    return f"mailto:{value}" if name == "email" else ""


def language_name(code: str) -> str:
    """Return a language's name in the reader's language; the code when Django knows no such language."""
    try:
        return _(get_language_info(code)["name"])
    except KeyError:
        return code


def languages() -> list[tuple[str, str]]:
    """Return the languages that people may ask for: (code, name) of those the site speaks."""
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES]
