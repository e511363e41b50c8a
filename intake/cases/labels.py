"""Labels shown to staff for stored codes."""

from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from danger import signs
from intake.cases import choices
from recovery_site import phones

# Reasons of a priority that are no signs of danger; danger.signs has the words of those.
REASONS = {
    "pregnant": gettext_lazy("pregnant"),
    "under_18": gettext_lazy("under 18"),
    "raised_by_staff": gettext_lazy("raised by a colleague"),
    "red_flag": gettext_lazy("red flag in the pre-screen"),
    # Stored by version 0.1.0; no sign means the same.
    "says_child": gettext_lazy("wrote of a child"),
}
# Codes that version 0.1.0 stored for what are now signs of danger.
SIGNS_OF_0_1_0 = {
    "says_overdose": "overdose",
    "says_not_breathing": "not_breathing",
    "says_suicide": "suicide",
    "says_seizure": "seizure",
    "says_chest_pain": "heart",
    "says_stopping": "stopping",
    "says_pregnancy": "expecting",
}
FIELDS = {
    "name": gettext_lazy("Name to use"),
    "phone": gettext_lazy("Phone"),
    "phone_note": gettext_lazy("Beside the number"),
    "email": gettext_lazy("E-mail"),
    "message": gettext_lazy("Message"),
    "substances": gettext_lazy("Substances"),
    "age_band": gettext_lazy("Age"),
    "pregnancy": gettext_lazy("Pregnant"),
    "payer": gettext_lazy("How treatment would be paid"),
    "other_notes": gettext_lazy("Other notes"),
}

# Field → code → label.
ANSWERS = {
    "substances": dict(choices.SUBSTANCES),
    "age_band": dict(choices.AGE_BANDS),
    "pregnancy": dict(choices.PREGNANCY),
    "payer": dict(choices.PAYERS),
}


class Line(NamedTuple):
    """A label, its value, and a tel: or mailto: link if the value can be called or written to."""

    label: str
    value: str
    href: str = ""


def reason(code: str) -> str:
    """Return the label of a priority reason.

    A code without words is named as it is: another version stored it, and a page of staff that fails hides every case on it.
    """
    try:
        return str(REASONS[code] if code in REASONS else signs.sign(SIGNS_OF_0_1_0.get(code, code)).label)
    except signs.UnknownSign:
        return _("other sign: %(code)s") % {"code": code}


def lines(payload: dict[str, Any]) -> list[Line]:
    """Return the fields of a decrypted payload in the order of FIELDS; unknown fields come last, so that nothing is hidden."""
    known = [name for name in FIELDS if name in payload]
    rest = [name for name in payload if name not in FIELDS]
    return [Line(str(FIELDS.get(name, name)), _value(name, payload[name]), _href(name, payload[name])) for name in known + rest]


def _value(name: str, value: Any) -> str:
    labels = ANSWERS.get(name, {})
    return ", ".join(str(labels.get(item, item)) for item in (value if isinstance(value, list) else [value]))


def _href(name: str, value: Any) -> str:
    if name == "phone":
        return phones.tel_link(str(value))
    return f"mailto:{value}" if name == "email" else ""


def language_name(code: str) -> str:
    """Return the name of a language in the active language, or the code if Django doesn't know it."""
    try:
        return _(get_language_info(code)["name"])
    except KeyError:
        return code


def languages() -> list[tuple[str, str]]:
    """Return (code, name in the active language) of settings.LANGUAGES."""
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES]
