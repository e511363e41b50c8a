"""The one-page summary of a case."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake.admission.prescreens import DIMENSIONS, RED_FLAGS
from intake.cases import case_keys, drafts, events
from intake.cases.drafts import OpenedDraft
from intake.crypto import keyring, sealing
from intake.models import Event, Inquiry, PreScreen
from intake.triage import base, case_access


@dataclass
class Summary:
    """The decrypted content of a case, without name, phone number and e-mail address."""

    inquiry: Inquiry
    content: dict[str, Any] = field(default_factory=dict)
    pre_screen: dict[str, Any] = field(default_factory=dict)
    # What the person who reads it typed and did not send.
    drafts: list[OpenedDraft] = field(default_factory=list)


@transaction.atomic
def of_case(inquiry: Inquiry, *, by: User, shown: bool = False) -> Summary:
    """Return the summary and record that `by` opened the case; with `shown`, also record that the summary was shown.

    `content` and `pre_screen` are empty if the case can't be decrypted.
    """
    inquiry = base.get_for_update(inquiry, "prescreen", by=by, to_read=True)
    case_access.note_opening(inquiry, by)
    if shown:
        events.record(inquiry, Event.Kind.SUMMARISED, by=by)
    summary = Summary(inquiry)
    try:
        key = case_keys.for_staff(inquiry, by)
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        return summary
    content = case_access.unsealed("inquiry", inquiry, key) or {}
    summary.content = {name: value for name, value in content.items() if name not in case_access.CONTACT_FIELDS}
    row = PreScreen.objects.filter(inquiry=inquiry).first()
    if row is not None:
        summary.pre_screen = case_access.unsealed("prescreen", row, key) or {}
    summary.drafts = drafts.of_case(inquiry, by=by, key=key)
    return summary


def lines(pre_screen: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the answers of a pre-screen as (question, answer), in the order of the form, without empty ones."""
    answers: list[tuple[str, str]] = []
    flags = dict(RED_FLAGS)
    if pre_screen.get("red_flags"):
        answers.append((_("Red flags"), "; ".join(str(flags.get(code, code)) for code in pre_screen["red_flags"])))
    concern = {"none": _("no concern"), "some": _("some concern"), "serious": _("serious concern")}
    for name, label in DIMENSIONS:
        parts = [concern.get(pre_screen.get(name, ""), ""), pre_screen.get(f"{name}_note", "")]
        if any(parts):
            answers.append((str(label), ": ".join(part for part in parts if part)))
    for name, question in (("payer", _("Who would pay")), ("availability", _("When they can come")), ("notes", _("Notes"))):
        if pre_screen.get(name):
            answers.append((question, pre_screen[name]))
    return answers
