"""Form fields that are tolerant of what people type."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from intake.forms import email_addresses
from recovery_site import phones

# Shown upside down or hiding what follows, they could make a name read as something else to the staff.
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


class FixedChoices:
    """For a field whose choices never change after its class was made: a new form shares them, instead of copying each one.

    Copying them was half of what making the contact form costs. The list of choices must not be changed in place.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        choices = self._choices  # type: ignore[attr-defined]
        memo[id(choices)] = choices  # deepcopy() takes what it finds here for the copy
        return super().__deepcopy__(memo)  # type: ignore[misc]


class Choice(FixedChoices, forms.ChoiceField):
    """One answer of several."""


class MultipleChoice(FixedChoices, forms.MultipleChoiceField):
    """Any number of several answers."""


class PhoneNumber(forms.CharField):
    """A phone number as people of settings.COUNTRY type it. Its value is a `phones.Phone`, or "" for none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(max_length=150, **kwargs)

    def clean(self, value: Any) -> phones.Phone | str:
        text = super().clean(without_controls(str(value)) if value else value)
        if not text:
            return ""
        try:
            return phones.read(text)
        except phones.NotAPhoneNumber as error:
            if error.too_short:
                raise ValidationError(
                    _("This number has no area code. Write it with one, like 212 555 0143 or +52 55 5555 0143.")
                ) from None
            raise ValidationError(
                _("Check the phone number: nobody can call it as it is. It should look like 212 555 0143 or +52 55 5555 0143.")
            ) from None


class EmailAddress(forms.EmailField):
    """An e-mail address, also as it is pasted from a mail program."""

    def to_python(self, value: Any) -> str:
        return email_addresses.bare(str(super().to_python(value) or ""))

    def run_validators(self, value: str) -> None:
        strange = sorted({sign for sign in value.rpartition("@")[0] if not sign.isascii()})
        if strange:
            raise ValidationError(
                _("We can't write to an address with “%(letter)s” before the @. Most addresses have plain letters there: please check it."),
                params={"letter": strange[0]},
            )
        super().run_validators(value)
