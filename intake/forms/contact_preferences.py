"""The contact preference fields that the contact form and the mailbox share."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from intake.cases import choices, consents
from intake.cases.consents import Purpose
from intake.forms import email_addresses
from intake.forms.fields import Choice, EmailAddress, MultipleChoice, PhoneNumber, PlainText
from intake.models import Inquiry
from intake.notifications import sms_gateway
from recovery_site import phones

SENTENCES = consents.SENTENCES[consents.CURRENT]
CONSENT_FIELDS = {
    "consent_call": Purpose.CALL,
    "consent_text": Purpose.TEXT,
    "consent_automated_text": Purpose.AUTOMATED_TEXT,
    "consent_email": Purpose.EMAIL,
    "consent_tell_of_answer": Purpose.TELL_OF_ANSWER,
}
CONTACT_PREFERENCE_FIELDS = (
    "contact_way",
    "consent_tell_of_answer",
    "consent_automated_text",
    "phone",
    "consent_call",
    "consent_text",
    "may_leave_voicemail",
    "may_say_who_we_are",
    "only_i_answer",
    "email",
    "consent_email",
    "safe_times",
    "time_zone",
    "other_notes",
)


def _consent(purpose: Purpose, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=SENTENCES[purpose], help_text=hint, required=False)


class ContactPreferenceFields(forms.Form):
    """Contact preferences. Only the way of contact is required; each way needs its address and consent."""

    contact_way = Choice(
        label=_("How may we answer you?"),
        help_text=_("The mailbox on this site always works too."),
        choices=choices.CONTACT_WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we may answer you."), "invalid_choice": _("Choose how we may answer you.")},
    )
    consent_automated_text = _consent(
        Purpose.AUTOMATED_TEXT,
        _(
            "Whoever sees your phone may read it, even while the phone is locked: “A message is waiting for you.” We send it between 8 in "
            "the morning and 9 in the evening, at times that you call safe. The company that carries it learns your number and that we "
            "wrote to you, and nothing that you told us."
        ),
    )
    phone = PhoneNumber(
        label=_("Phone number"),
        help_text=_("With an extension or a note, if you like."),
        required=False,
    )
    consent_call = _consent(Purpose.CALL)
    may_leave_voicemail = forms.BooleanField(
        label=_("You may leave a voicemail"),
        help_text=_("We say a first name and a number, nothing else. Leave this empty if someone else may hear it."),
        required=False,
    )
    may_say_who_we_are = forms.BooleanField(
        label=_("You may say who is calling if someone else picks up"),
        help_text=_("If you leave this empty, we don't say where we call from."),
        required=False,
    )
    only_i_answer = forms.BooleanField(
        label=_("Nobody else picks up this phone or reads its texts"),
        help_text=_("If you leave this empty, we ask first who is speaking, before we say anything."),
        required=False,
    )
    consent_text = _consent(Purpose.TEXT)
    email = EmailAddress(
        label=_("E-mail address"),
        help_text=_("Choose one that only you read."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        required=False,
        error_messages={"invalid": _("Check the e-mail address: it should look like name@example.org.")},
    )
    consent_email = _consent(Purpose.EMAIL)
    consent_tell_of_answer = _consent(Purpose.TELL_OF_ANSWER, _("The e-mail names this site's address, so that you find your mailbox."))
    safe_times = MultipleChoice(
        label=_("When is it safe to call or text you?"),
        help_text=_("If you choose none, we try when we are open."),
        choices=choices.SAFE_TIME_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    time_zone = Choice(
        label=_("Your time zone"), help_text=_("So that we go by your clock, not by ours."), choices=choices.TIME_ZONES, required=False
    )
    other_notes = PlainText(
        label=_("Is there anything we must know before we contact you?"),
        help_text=_("For example: never on Mondays, or who must not find out."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        longest=1000,
    )

    # The address that the visitor was already asked about: it is asked once.
    email_asked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Shown only where the chosen way needs them, so never "(optional)".
        for name in ("phone", "email"):
            vars(self.fields[name])["is_asked_when_needed"] = True
        # What the address was probably meant to be; then the form has a button that says so.
        self.email_likely = ""
        self._take_likely_email()
        # Without a gateway no text messages can be sent.
        if not sms_gateway.is_set_up():
            del self.fields["consent_automated_text"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        way = cleaned.get("contact_way")
        # Fields of other ways of contact are hidden by site.css, so their values are dropped.
        texted = cleaned.get("consent_automated_text")
        if way and way not in (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT) and not texted:
            cleaned["phone"] = ""
        if way and way != Inquiry.ContactWay.PHONE:
            cleaned["consent_call"] = False
        if way and way != Inquiry.ContactWay.TEXT:
            cleaned["consent_text"] = False
        if way in (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT):
            cleaned["consent_tell_of_answer"] = False
        if way and way != Inquiry.ContactWay.EMAIL:
            cleaned["consent_email"] = False
        if way in (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT):
            self._need("phone", _("Write the phone number, or choose another way to be answered."))
        if texted:
            self._need("phone", _("Write the phone number that we may text, or leave the box for text messages empty."))
        if way == Inquiry.ContactWay.EMAIL or cleaned.get("consent_tell_of_answer"):
            self._need("email", _("Write the e-mail address, or choose another way to be answered."))
        field_of = {purpose: field for field, purpose in CONSENT_FIELDS.items()}
        if way in consents.NEEDED:
            self._need(field_of[consents.NEEDED[way]], _("Tick this sentence if we may, or choose another way to be answered."))
        self._ask_about_email()
        return cleaned

    def _take_likely_email(self) -> None:
        """Put the likely address in the place of the typed one, if its button was pressed."""
        chosen = self.data.get("email_instead", "") if self.is_bound else ""
        if chosen and chosen == email_addresses.likely(email_addresses.bare(self.data.get("email", ""))):
            self.set_data(email=chosen)

    def _ask_about_email(self) -> None:
        """Ask once about an address that looks mistyped; sent again as it is, it is taken."""
        email = self.cleaned_data.get("email", "")
        likely = email_addresses.likely(email)
        if not likely or self.data.get("email_asked") == email:
            return
        self.email_likely = likely
        self.set_data(email_asked=email)
        self.add_error("email", _("Did you mean %(likely)s? If it is right as you wrote it, send it once more.") % {"likely": likely})

    def set_data(self, **values: str | None) -> None:
        """Change what was sent, or leave out what is None, so that the form shows it so when it is shown again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in values.items():
            data.pop(name, None)
            if value is not None:
                data[name] = value
        self.data = data

    def _need(self, field: str, message: Any) -> None:
        if not self.cleaned_data.get(field) and field not in self.errors:
            self.add_error(field, message)

    def purposes(self) -> list[str]:
        """Return the purposes that the visitor agreed to."""
        return [purpose.value for field, purpose in CONSENT_FIELDS.items() if self.cleaned_data.get(field)]

    def contact_preferences(self) -> dict[str, Any]:
        """Return the answers of a valid form as fields of InquiryData."""
        cleaned = self.cleaned_data
        unchanged = (
            "contact_way",
            "email",
            "may_leave_voicemail",
            "may_say_who_we_are",
            "time_zone",
            "other_notes",
        )
        phone = cleaned["phone"] or phones.Phone("")
        return {
            **{name: cleaned[name] for name in unchanged},
            "phone": phone.number,
            "phone_note": phone.note,
            "others_may_answer": not cleaned["only_i_answer"],
            "safe_windows": choices.safe_windows(cleaned["safe_times"]),
            "consents": self.purposes(),
        }
