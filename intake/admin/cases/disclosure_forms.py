"""Forms for consents, referrals and disclosures."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from intake.admin.forms import DateAheadField, VersionedForm
from intake.assessment import readiness
from intake.models import Centre, DisclosureConsent, Inquiry
from recovery_site.formats import clock
from recovery_site.staff.long_texts import LongTextField
from recovery_site.staff.moments import MomentField

LONGEST = 2_000  # characters


def _line(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, **kwargs)


def _text(label: Any, **kwargs: Any) -> forms.CharField:
    return LongTextField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)


class ConsentForm(forms.Form):
    person = _line(_("Whose information (their name)"))
    discloser = _line(_("Who may tell"))
    recipient = _line(_("Whom"))
    what = _text(_("What, and no more"))
    purpose = _line(_("What for"))
    way = forms.ChoiceField(label=_("How they gave it"), choices=DisclosureConsent.Way.choices)
    expires_at = DateAheadField(label=_("Until"), help_text=_("They can take it back at any time before. Tell them so."))


class ConsentChoiceField(forms.ModelChoiceField):
    """Shows consents by their dates, because their content is sealed."""

    def label_from_instance(self, obj: Any) -> str:
        given, until = timezone.localtime(obj.given_at), timezone.localtime(obj.expires_at)
        return f"{clock.in_words(given, 'j M Y H:i')} – {date_format(until, 'j M Y')}"


def _note() -> forms.CharField:
    return _text(_("Note (optional)"), required=False)


class ReferralForm(VersionedForm):
    consent = ConsentChoiceField(label=_("Based on the consent of"), queryset=DisclosureConsent.objects.none())
    to_centre = forms.ModelChoiceField(
        label=_("To"), queryset=Centre.objects.none(), required=False, empty_label=_("someone outside, as the consent says")
    )
    note = _note()

    def __init__(self, *args: Any, inquiry: Inquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consents = inquiry.disclosure_consents.filter(revoked_at=None, expires_at__gt=timezone.now())
        self.fields["consent"].queryset = consents  # type: ignore[attr-defined]
        self.fields["to_centre"].queryset = readiness.able().exclude(pk=inquiry.centre_id)  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    accepted = forms.ChoiceField(
        label=_("What the receiver answered"),
        choices=[("yes", _("They take the person")), ("no", _("They can’t"))],
        widget=forms.RadioSelect,
    )
    note = _note()


class ArrivalForm(forms.Form):
    arrived = forms.ChoiceField(
        label=_("Did the person get there?"),
        choices=[("yes", _("They arrived")), ("no", _("They did not arrive"))],
        widget=forms.RadioSelect,
    )
    note = _note()


class TakeBackForm(forms.Form):
    note = _note()


class EmergencyForm(forms.Form):
    recipient = _line(_("Who was told"))
    affiliation = _line(_("Where they work"))
    nature = _text(_("What the emergency was"))
    at = MomentField(label=_("When"))
