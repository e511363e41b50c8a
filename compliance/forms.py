"""The forms of the registers, which ask twice before a phone number or an e-mail address is stored."""

import re
from typing import Any, ClassVar

import phonenumbers
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from compliance.models import Incident, Vendor

ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.\w{2,}")


def looks_like_a_contact(text: str) -> bool:
    """Return whether `text` holds an e-mail address or a phone number."""
    return bool(ADDRESS.search(text)) or next(iter(phonenumbers.PhoneNumberMatcher(text, settings.COUNTRY)), None) is not None


class WithoutVisitors(forms.ModelForm):
    """Refuses texts that hold an e-mail address or a phone number until somebody says that it is no visitor's."""

    texts: ClassVar[tuple[str, ...]] = ()
    nobodys = forms.BooleanField(
        label=_("No visitor can be recognized by what I wrote"),
        required=False,
        help_text=_("Needed only when a text has a phone number or an e-mail address, such as one of an authority."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("nobodys"):
            for name in self.texts:
                if looks_like_a_contact(cleaned.get(name) or ""):
                    self.add_error(name, _("There is a phone number or an e-mail address in it. Is it a visitor’s? Take it out."))
        return cleaned


class IncidentForm(WithoutVisitors):
    texts = ("what_happened", "what_was_done", "nature", "receiver", "viewed", "mitigated")

    class Meta:
        model = Incident
        fields = "__all__"  # noqa: DJ007 (what isn't in the page's groups isn't shown)


class VendorForm(WithoutVisitors):
    texts = ("service", "sees")

    class Meta:
        model = Vendor
        fields = "__all__"  # noqa: DJ007
