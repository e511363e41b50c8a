"""Admin inlines with accessible delete checkboxes."""

from typing import Any

from django.forms import BaseInlineFormSet
from django.utils.translation import gettext as _


class NamedDeleteFormSet(BaseInlineFormSet):
    """Inline formset whose delete checkboxes have an accessible name. Django's have only a column heading."""

    def add_fields(self, form: Any, index: int | None) -> Any:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Delete this row")
