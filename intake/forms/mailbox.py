"""The forms of the mailbox."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from danger import signs
from intake.forms.contact_preferences import CONTACT_PREFERENCE_FIELDS, ContactPreferenceFields
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
    """Changes the contact preferences."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(name for name in CONTACT_PREFERENCE_FIELDS if name in self.fields))


class ReceiptForm(forms.Form):
    """The words of a receipt."""

    words = forms.CharField(
        label=_("Your receipt words"),
        help_text=_("Write the words with spaces between them. Capitals and small typing mistakes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocorrect": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Write the words of your receipt.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("open", gettext("Open my mailbox")))
