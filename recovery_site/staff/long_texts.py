"""The form field for a text of several lines that staff write or paste."""

from typing import Any

from django import forms


class LongTextField(forms.CharField):
    """A text of at most `max_length` characters. A longer one is refused and stands in the box again.

    It has no `maxlength`, by which browsers cut off the end of what is pasted without a word.
    """

    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
