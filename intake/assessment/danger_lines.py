"""What visitors read about each danger sign, and whom to call."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from intake.assessment import danger
from recovery_site import helplines

# Whom to call for which danger, and what to do meanwhile: a helpline's key and one line.
DANGER_LINES = {
    "danger_now": ("emergency", gettext_lazy("You said that someone may be in danger. Call now: do not wait for our answer.")),
    "says_overdose": ("emergency", gettext_lazy("An overdose? Call now, give naloxone if you have it, and stay with the person.")),
    "says_not_breathing": ("emergency", gettext_lazy("Someone who breathes badly or can't be woken needs an ambulance now.")),
    "says_suicide": ("crisis", gettext_lazy("Thoughts of ending a life? Someone trained answers now, day and night.")),
    "says_seizure": ("emergency", gettext_lazy("A seizure or seeing things can be withdrawal that kills. Call now.")),
    "says_chest_pain": ("emergency", gettext_lazy("Chest pain? Call now.")),
    "says_stopping": (
        "emergency",
        gettext_lazy("Stopping alcohol or benzodiazepines suddenly can kill. Shaking, sweating or confusion after stopping? Call now."),
    ),
    "says_pregnancy": (
        "treatment",
        gettext_lazy("Pregnant? Do not stop suddenly: it can harm you and the baby. A clinic can help you safely, and soon."),
    ),
    "says_child": ("emergency", gettext_lazy("Is a child in danger, or did a child swallow something? Call now.")),
}


def danger_lines(reasons: list[str]) -> list[dict[str, Any]]:
    """Return what to say for the reasons of a priority: one line each, with the helpline to call."""
    lines = {line.key: line for line in helplines.helplines(settings.COUNTRY, get_language() or settings.LANGUAGE_CODE)}
    said: dict[str, dict[str, Any]] = {}
    for reason in reasons:
        if reason in DANGER_LINES:
            key, text = DANGER_LINES[reason]
            said.setdefault(str(text), {"text": text, "line": lines.get(key) or lines.get("emergency")})
    return list(said.values())


def danger_lines_for_text(text: str) -> list[dict[str, Any]]:
    """Return what to say for words that were typed; a false alarm costs one line."""
    return danger_lines(danger.reasons_in(text))


def every_danger_line() -> list[tuple[str, dict[str, Any]]]:
    """Return each danger that words may speak of, by its code, with what to say and whom to call."""
    return [(code, danger_lines([f"says_{code}"])[0]) for code in danger.CODES]
