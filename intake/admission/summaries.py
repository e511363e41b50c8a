"""A case on one page."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake.admission.prescreens import DIMENSIONS, RED_FLAGS
from intake.cases import case_keys, events
from intake.crypto import keyring, sealing
from intake.models import Event, Inquiry, PreScreen
from intake.triage import base, case_access


@dataclass
class Summary:
    """What is known of a case, without name, phone and e-mail."""

    inquiry: Inquiry
    content: dict[str, Any] = field(default_factory=dict)
    pre_screen: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def of_case(inquiry: Inquiry, *, by: User, shown: bool = False) -> Summary:
    """Return the summary and record that `by` opened the case; with `shown` also that it was shown to print."""
    inquiry = base.get_for_update(inquiry, "prescreen", by=by, to_read=True)
    case_access.note_opening(inquiry, by)
    if shown:
        events.record(inquiry, Event.Kind.SUMMARISED, by=by)
    found = Summary(inquiry)
    try:
        key = case_keys.for_staff(inquiry, by)
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return found
    content = case_access.unsealed("inquiry", inquiry, key) or {}
    found.content = {name: value for name, value in content.items() if name not in case_access.CONTACT_FIELDS}
    row = PreScreen.objects.filter(inquiry=inquiry).first()
    if row is not None:
        found.pre_screen = case_access.unsealed("prescreen", row, key) or {}
    return found


def lines(pre_screen: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the answers of a pre-screen as (question, answer), in its order; what was not asked is absent."""
    found: list[tuple[str, str]] = []
    flags = dict(RED_FLAGS)
    if pre_screen.get("red_flags"):
        found.append((_("Red flags"), "; ".join(str(flags.get(code, code)) for code in pre_screen["red_flags"])))
    concern = {"none": _("no concern"), "some": _("some concern"), "serious": _("serious concern")}
    for name, label in DIMENSIONS:
        said = [concern.get(pre_screen.get(name, ""), ""), pre_screen.get(f"{name}_note", "")]
        if any(said):
            found.append((str(label), ": ".join(part for part in said if part)))
    for name, question in (("payer", _("Who would pay")), ("availability", _("When they can come")), ("notes", _("Notes"))):
        if pre_screen.get(name):
            found.append((question, pre_screen[name]))
    return found
