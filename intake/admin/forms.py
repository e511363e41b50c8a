"""The forms of the case page. Their moments are on the clock of the page, which is that of the case's centre."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from danger import proposals
from intake import triage
from intake.assessment import readiness
from intake.cases import labels
from intake.models import Centre, ContactAttempt, Inquiry, WaitingListEntry
from intake.scheduling import follow_up_times
from recovery_site.staff.long_texts import LongTextField
from recovery_site.staff.moments import MomentField

LONGEST_TEXT = 20_000  # characters


class VersionedForm(forms.Form):
    """A form that carries the version of the case shown on the page, for optimistic locking."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class NewWordsForm(VersionedForm):
    """New receipt words for a person who lost theirs."""

    verified = forms.BooleanField(
        label=_("I reached the person as they said is safe, and I am sure that it is them."),
        error_messages={"required": _("Reach the person the way they said is safe, and make sure that it is them. Then tick the box.")},
    )


class DateAheadField(MomentField):
    """A date and time from today on."""

    def to_python(self, value: Any) -> dt.datetime | None:
        """Raise ValidationError for a date before today or more than ten years ahead."""
        moment, now = super().to_python(value), timezone.now()
        if moment is not None and not now - dt.timedelta(days=1) < moment < now + dt.timedelta(days=3660):
            raise ValidationError(_("Choose a date from today on, in the next ten years."))
        return moment


class AttemptForm(VersionedForm):
    way = forms.ChoiceField(label=_("Way"), choices=Inquiry.ContactWay.choices)
    outcome = forms.ChoiceField(label=_("What came of it"), choices=ContactAttempt.Outcome.choices, widget=forms.RadioSelect)
    next_action_at = DateAheadField(
        label=_("Next try or follow-up"),
        required=False,
        help_text=_(
            "In the centre's time. Leave empty when the next step is still open; the case then stays in the queue, as it does after "
            "“asked not to be contacted” and “wrong number”."
        ),
    )
    note = LongTextField(
        label=_("Note"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("Kept sealed.")
    )


class ReplyForm(VersionedForm):
    text = LongTextField(
        label=_("Reply"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The visitor reads it in the mailbox on this site. No e-mail is sent with its words."),
    )


class NoteForm(forms.Form):
    text = LongTextField(
        label=_("Internal note"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only staff of this centre read it."),
    )


class CloseForm(VersionedForm):
    outcome = forms.ChoiceField(label=_("How it ended"), choices=[("", _("Choose…")), *Inquiry.Outcome.choices])
    # Shown only after the question that it answers was asked (triage.asks_first).
    sure = forms.BooleanField(label=_("Yes, they have it. Close the case."), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inquiry = inquiry

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        question = "" if cleaned.pop("sure", False) else triage.asks_first(self.inquiry, cleaned.get("outcome", ""))
        if question:
            self.fields["sure"].widget = forms.CheckboxInput()
            self.add_error("sure", question)
        return cleaned


class SentenceForm(VersionedForm):
    """A form that may propose a sentence for the collection of danger words."""

    sentence = forms.CharField(
        label=_("A sentence like it, in your own words"),
        required=False,
        max_length=proposals.LONGEST,
        help_text=_(
            "When it was marked wrongly: what might somebody write who means this? It teaches the site to hear better. Never copy "
            "what the visitor wrote, and nothing that describes them: this sentence is not sealed."
        ),
    )
    language = forms.ChoiceField(label=_("Its language"), choices=labels.languages, required=False)


class DangerForm(SentenceForm):
    outcome = forms.ChoiceField(label=_("Why it may leave “Danger now”"), choices=triage.DANGER_OUTCOMES, widget=forms.RadioSelect)
    note = LongTextField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept sealed. When somebody else has the person now: who, and how you know."),
    )
    field_order = ["version", "outcome", "note", "sentence", "language"]


class PriorityForm(SentenceForm):
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Inquiry.Priority.choices, coerce=int)
    reason = forms.ChoiceField(
        label=_("Why"), choices=[("", _("Choose…")), (_("higher"), list(triage.RAISING)), (_("lower"), list(triage.LOWERING))]
    )
    field_order = ["version", "priority", "reason", "sentence", "language"]


class FollowUpForm(VersionedForm):
    """When to follow up, and what for: one of the proposed times (a button each), or a date."""

    reason = forms.ChoiceField(label=_("What for"), choices=[("", _("not said")), *Inquiry.FollowUpReason.choices], required=False)
    at = DateAheadField(label=_("Follow up on"), required=False, help_text=_("In the centre's time."))
    when = forms.ChoiceField(choices=[(name, name) for name in follow_up_times.NAMES], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = follow_up_times.proposals(inquiry, timezone.now())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if when := cleaned.pop("when", ""):
            cleaned["at"] = self.proposals[when].at
        elif not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", _("Choose a date, or one of the times above."))
        return cleaned


class WaitingListForm(VersionedForm):
    reason = forms.ChoiceField(label=_("Why they wait"), choices=WaitingListEntry.Reason.choices)
    check_in_at = DateAheadField(label=_("Next check-in"))
    interim_offer = LongTextField(
        label=_("What we offer until then"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Give the case to"), queryset=User.objects.none())

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(is_active=True, is_staff=True, memberships__centre=inquiry.centre_id)
        self.fields["to"].queryset = colleagues.order_by("display_name", "username")  # type: ignore[attr-defined]


class HandOverForm(VersionedForm):
    to = forms.ModelChoiceField(
        label=_("Hand the case to another centre"),
        queryset=Centre.objects.none(),
        help_text=_("Only that centre can open the case afterwards. Its staff are told now, and nobody has it until one of them takes it."),
    )

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = readiness.able().exclude(pk=inquiry.centre_id)  # type: ignore[attr-defined]


class MergeForm(VersionedForm):
    into = forms.CharField(max_length=9, widget=forms.HiddenInput)
