"""Rows below a form of the admin, with a name for what Django leaves nameless."""

from typing import Any

from django.forms import BaseInlineFormSet
from django.utils.translation import gettext as _


class NamedDeleteFormSet(BaseInlineFormSet):
    """The mark that deletes a row says so to a screen reader: the head of its column isn't a label."""

    def add_fields(self, form: Any, index: int | None) -> Any:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Delete this row")
