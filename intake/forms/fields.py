"""Form fields that are tolerant of what people type."""

import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Direction overrides could make a text display as something else to staff.
_OVERRIDES = {"\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"}


def without_controls(text: str) -> str:
    """Return `text` without control characters and direction overrides; line breaks and tabs are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _OVERRIDES))


class PlainText(forms.CharField):
    """Text in any script. Strips control characters; rejects over-long text but keeps it in the form."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        return super().to_python(without_controls(str(value)) if value else value) or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            raise ValidationError(
                _("This is %(length)s characters long. Please shorten it to %(longest)s; you can add more later in your mailbox."),
                params={"length": len(value), "longest": self.longest},
            )


class PhoneNumber(forms.CharField):
    """A phone number in any notation, returned in E.164 format. `region` is the default country."""

    def __init__(self, *, region: str, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}))
        super().__init__(**kwargs)
        self.region = region

    def clean(self, value: Any) -> str:
        text = super().clean(without_controls(str(value)) if value else value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("Check the phone number: it should have an area code, like 212 555 0143 or +52 55 5555 0143."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
