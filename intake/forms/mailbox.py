"""The forms of the mailbox."""

from collections.abc import Collection
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from danger import signs
from intake.cases import consents
from intake.forms.contact_preferences import CONSENT_FIELDS, CONTACT_PREFERENCE_FIELDS, ContactPreferenceFields
from intake.forms.fields import PlainText


class MessageForm(forms.Form):
    """A message that the visitor adds in the mailbox."""

    text = PlainText(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 5}),
        longest=5000,
        error_messages={"required": _("Write a message first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def every_danger_line(self) -> list[dict[str, Any]]:
        """The warnings that the script shows while the visitor writes."""
        return signs.lines(list(signs.heard()))


class ContactForm(ContactPreferenceFields):
    """Changes the contact preferences. `stored` has the number and address, `held` the purposes of the consents given for them."""

    # The number and address for which the ticks were asked for again.
    consent_asked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, stored: dict[str, str] | None = None, held: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored, self.held = stored or {}, held
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        shown: list[Any] = [name for name in CONTACT_PREFERENCE_FIELDS if name in self.fields]
        shown.insert(shown.index("email") + 1, HTML('{% include "intake/parts/email-likely.html" %}'))
        self.helper.layout = Layout("email_asked", "consent_asked", *shown)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self._ask_again()
        return cleaned

    def _ask_again(self) -> None:
        """Untick once what was agreed to for another number or address: the box stood ticked already when the new one was typed."""
        now = {"phone": getattr(self.cleaned_data["phone"], "number", ""), "email": self.cleaned_data["email"]}
        asked = " ".join(now.values())
        if self.data.get("consent_asked") == asked:
            return
        changed = {
            purpose for name, purposes in consents.ADDRESSES.items() if now[name] != self.stored.get(name, "") for purpose in purposes
        }
        for field, purpose in CONSENT_FIELDS.items():
            if self.cleaned_data.get(field) and purpose in changed and purpose in self.held:
                self.set_data(**{field: None, "consent_asked": asked})
                self.add_error(field, _("This is new: tick the sentence again if we may, also here."))


class ReceiptForm(forms.Form):
    """The words of a receipt."""

    words = forms.CharField(
        label=_("Your receipt words"),
        help_text=_("Write the words with spaces between them. Capitals and small typing mistakes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocorrect": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Write the words of your receipt.")},
    )
    # The page on which the mailbox had closed, if any.
    page = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("open", gettext("Open my mailbox")))
