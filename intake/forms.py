"""The form that asks for help."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intake import form_tokens
from intake.fields import PhoneNumber, PlainText
from intake.inquiry_data import InquiryData
from intake.models import Inquiry


class InquiryForm(forms.Form):
    """What a visitor is asked: only for whom, and all else if they want. Nothing typed is ever thrown away by an error."""

    for_whom = forms.ChoiceField(
        label=_("Who is this for?"),
        choices=[
            (Inquiry.ForWhom.SELF, _("Myself")),
            (Inquiry.ForWhom.OTHER, _("Someone I care about")),
            (Inquiry.ForWhom.PROFESSIONAL, _("I am asking as a professional")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who this is for.")},
    )
    danger_now = forms.ChoiceField(
        label=_("Is anyone in danger right now?"),
        choices=[("no", _("No")), ("yes", _("Yes, or I am not sure"))],
        widget=forms.RadioSelect,
        initial="no",
        required=False,
    )
    message = PlainText(
        label=_("What would you like to say?"),
        help_text=_("A few words are enough. You can also leave it empty and talk later."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        longest=5000,
    )
    name = PlainText(
        label=_("What may we call you?"),
        help_text=_("A first name or any name you like. It does not have to be your real one."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        required=False,
        longest=120,
    )
    contact_way = forms.ChoiceField(
        label=_("How may we answer you?"),
        choices=[
            (Inquiry.ContactWay.MAILBOX, _("Only on this site: I will come back with my receipt")),
            (Inquiry.ContactWay.PHONE, _("By a phone call")),
            (Inquiry.ContactWay.TEXT, _("By a text message")),
            (Inquiry.ContactWay.EMAIL, _("By e-mail")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we may answer you.")},
    )
    phone = PhoneNumber(label=_("Phone number"), help_text=_("For a call or a text message only."), region=settings.COUNTRY, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Choose one that only you read."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        required=False,
        error_messages={"invalid": _("Check the e-mail address: it should look like name@example.org.")},
    )
    may_leave_voicemail = forms.BooleanField(
        label=_("You may leave a voicemail"),
        help_text=_("With a first name and a number only. Leave this empty if someone else may hear it."),
        required=False,
    )
    may_say_who_we_are = forms.BooleanField(
        label=_("You may say who is calling if someone else picks up"),
        help_text=_("If you leave this empty, we will not say where we call from."),
        required=False,
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    guide = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_token: form_tokens.FormToken | None = None
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        # So that the answer to a wrong form starts at its summary of errors.
        self.helper.form_action = "#main"
        self.helper.layout = Layout(
            "token",
            "guide",
            Fieldset(_("About this request"), "for_whom", "danger_now", HTML('{% include "intake/parts/danger.html" %}'), "message"),
            Fieldset(_("How to reach you safely"), "name", "contact_way", "phone", "email", "may_leave_voicemail", "may_say_who_we_are"),
            HTML('{% include "intake/parts/before-you-send.html" %}'),
        )
        self.helper.add_input(Submit("send", gettext("Send")))

    def clean_guide(self) -> str:
        return self.cleaned_data["guide"]

    def clean_token(self) -> str:
        text: str = self.cleaned_data["token"]
        try:
            self.form_token = form_tokens.read(text)
        except form_tokens.BadFormToken:
            # The visitor can't mend this field: give the form a new token, so that sending it again works.
            renewed = QueryDict(mutable=True)
            renewed.update(self.data)
            renewed["token"] = form_tokens.issue()
            self.data = renewed
            raise ValidationError(_("This page was out of date. What you wrote is still here: please press Send again.")) from None
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        way = cleaned.get("contact_way")
        if way in (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT) and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the phone number, or choose another way to be answered."))
        if way == Inquiry.ContactWay.EMAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the e-mail address, or choose another way to be answered."))
        return cleaned

    def inquiry_data(self, language: str) -> InquiryData:
        """Return what a valid form says, for a visitor who reads the page in `language`."""
        said = self.cleaned_data
        same_name = ("for_whom", "message", "name", "contact_way", "phone", "email", "may_leave_voicemail", "may_say_who_we_are")
        return InquiryData(language=language, danger_now=said["danger_now"] == "yes", **{name: said[name] for name in same_name})


class MessageForm(forms.Form):
    """A message that the visitor adds in the mailbox."""

    text = PlainText(
        label=_("Write to us"),
        widget=forms.Textarea(attrs={"rows": 5}),
        longest=5000,
        error_messages={"required": _("Write a message first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ReceiptForm(forms.Form):
    """The words of a receipt."""

    words = forms.CharField(
        label=_("Your receipt words"),
        help_text=_("Write the words with spaces between them. Capitals and small typing mistakes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Write the words of your receipt.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("open", gettext("Open my mailbox")))
