"""Fields that stand together below a line that opens them."""

from typing import Any

from crispy_forms.layout import LayoutObject
from django import forms
from django.template.loader import render_to_string
from django.utils.functional import Promise


class Fold(LayoutObject):
    """`fields` in a <details> of the class `name` with the line `summary`; open while the form's property `is_open` is true."""

    def __init__(self, name: str, summary: str | Promise, *fields: Any, is_open: str) -> None:
        self.name, self.summary, self.fields, self.is_open = name, summary, list(fields), is_open

    def render(self, form: forms.Form, context: Any, template_pack: Any = None, **kwargs: Any) -> str:
        """Return the HTML."""
        return render_to_string(
            "intake/parts/fold.html",
            {
                "name": self.name,
                "summary": self.summary,
                "is_open": getattr(form, self.is_open),
                "fields": self.get_rendered_fields(form, context, template_pack, **kwargs),
            },
        )
