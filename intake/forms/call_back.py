"""The form that asks for a call, and for nothing else."""

import dataclasses
from typing import Any

from crispy_forms.layout import HTML, Div, Layout
from django.utils.translation import gettext_lazy as _

from intake.cases import choices
from intake.cases.inquiry_data import InquiryData
from intake.forms.contact import InquiryForm
from intake.forms.contact_preferences import SENTENCES
from intake.models import Consent, Inquiry


class CallBackForm(InquiryForm):
    """For somebody who can't write more: a number, a name to ask for, and when to call. Pressing its button is the consent."""

    FORM_ID = "call-form"
    ASKED = ("phone", "name", "safe_times")
    CONSENT = SENTENCES[Consent.Purpose.CALL]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="call_%s", **kwargs)
        for name in [name for name in self.fields if name not in (*self.ASKED, "website", "token", "guide")]:
            del self.fields[name]
        self.fields["phone"].required = True
        self.fields["phone"].error_messages["required"] = _("Write the phone number that we may call.")
        self.fields["phone"].label, self.fields["name"].label = _("Number to call"), _("Name to ask for")
        self.fields["name"].help_text = _("It does not have to be your real one.")
        self.fields["safe_times"].label = _("When is it safe to call you?")

    def _layout(self) -> Layout:
        top = [HTML('{% include "intake/parts/form-top.html" %}')] if self.is_bound else []
        return Layout(
            HTML('{% include "intake/parts/form-key.html" %}'),
            "token",
            "guide",
            HTML('<input type="hidden" name="call" value="1">'),
            *top,
            *self.ASKED,
            Div("website", css_class="visually-hidden", aria_hidden="true", inert=True),
            HTML('{% include "intake/parts/call-buttons.html" %}'),
        )

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def answers_so_far(self, language: str) -> InquiryData:
        """Return what routing depends on: the language alone."""
        return InquiryData(for_whom=Inquiry.ForWhom.UNSAID, language=language, contact_way=Inquiry.ContactWay.PHONE)

    def inquiry_data(self, language: str) -> InquiryData:
        """Return the answers of a valid form as InquiryData; `language` is that of the page."""
        cleaned = self.cleaned_data
        return dataclasses.replace(
            self.answers_so_far(language),
            name=cleaned["name"],
            phone=cleaned["phone"].number,
            phone_note=cleaned["phone"].note,
            safe_windows=choices.safe_windows(cleaned["safe_times"]),
            consents=[Consent.Purpose.CALL.value],
        )
