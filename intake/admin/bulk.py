"""Bulk actions on cases, by the same verbs as single ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake import triage
from intake.cases.permissions import visible_inquiries
from intake.models import Inquiry
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

AT_ONCE = 100  # cases


class BulkForm(forms.Form):
    """The bulk action for the ticked cases."""

    step = forms.ChoiceField(
        label=gettext_lazy("With the ticked cases"),
        choices=[
            ("", gettext_lazy("Choose…")),
            ("claim", gettext_lazy("Take them")),
            ("release", gettext_lazy("Give them back")),
            ("assign", gettext_lazy("Give them to…")),
            ("spam", gettext_lazy("Close as spam")),
            ("close", gettext_lazy("Close as…")),
        ],
        error_messages={"required": gettext_lazy("Choose what to do with the ticked cases.")},
    )
    to = forms.ModelChoiceField(label=gettext_lazy("Colleague"), queryset=User.objects.none(), required=False)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("Choose…")), *(choice for choice in Inquiry.Outcome.choices if choice[0] != Inquiry.Outcome.SPAM)],
        required=False,
    )

    def __init__(self, *args: Any, centres: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(is_active=True, is_staff=True, memberships__centre__in=list(centres)).distinct()
        self.fields["to"].queryset = colleagues.order_by("display_name", "username")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("step") == "assign" and not cleaned.get("to"):
            self.add_error("to", _("Choose the colleague who gets the cases."))
        if cleaned.get("step") == "close" and not cleaned.get("outcome"):
            self.add_error("outcome", _("Choose how the cases ended."))
        return cleaned


@dataclass
class Result:
    """The number of changed cases, and (reference, reason) of those that were refused."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def carry_out(cleaned: dict[str, Any], ticked: list[str], *, by: User) -> Result:
    """Apply the action to each ticked case ("reference:version" as shown on the page). A refusal doesn't stop the others."""
    result = Result()
    versions = dict(_parsed(ticked[:AT_ONCE]))
    if not versions:
        result.refused.append((_("Nothing done"), _("Tick at least one case.")))
    for inquiry in visible_inquiries(by).filter(reference__in=versions).order_by("pk"):
        try:
            if cleaned["step"] == "close" and (question := triage.asks_first(inquiry, cleaned["outcome"])):
                # Asked for each case on its own page.
                raise Refused(question)
            _steps(cleaned, by)[cleaned["step"]](inquiry, versions[inquiry.reference])
            result.done += 1
        except Refused as refused:
            result.refused.append((inquiry.reference, refused.message))
        except Inquiry.DoesNotExist:
            continue
    return result


def _parsed(ticked: list[str]) -> Iterable[tuple[str, int]]:
    for value in ticked:
        reference, _colon, version = value.partition(":")
        if (known := number(version)) is not None:
            yield reference, known


def _steps(cleaned: dict[str, Any], by: User) -> dict[str, Callable[[Inquiry, int], Any]]:
    return {
        "claim": lambda inquiry, version: triage.claim(inquiry, by=by),
        "release": lambda inquiry, version: triage.release(inquiry, by=by),
        "assign": lambda inquiry, version: triage.assign(inquiry, to=cleaned["to"], by=by),
        "spam": lambda inquiry, version: triage.close(inquiry, outcome=Inquiry.Outcome.SPAM, by=by, version=version),
        "close": lambda inquiry, version: triage.close(inquiry, outcome=cleaned["outcome"], by=by, version=version),
    }
