"""Style guide: a staff page that shows every component in every state."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe


class SampleForm(forms.Form):
    """A form with one field of each kind used on the site."""

    choice = forms.ChoiceField(label=_("One of a few"), choices=[("a", _("First")), ("b", _("Second"))], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label=_("Some of a few"), choices=[("a", _("First")), ("b", _("Second"))], widget=forms.CheckboxSelectMultiple, required=False
    )
    line = forms.CharField(label=_("A line"), help_text=_("A hint says what fits."))
    email = forms.EmailField(label=_("E-mail address"), error_messages={"invalid": _("Write an address like name@example.org.")})
    pick = forms.ChoiceField(label=_("One of many"), choices=[("", _("Choose")), ("a", _("First"))], required=False)
    text = forms.CharField(label=_("A text"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(label=_("A single box"), help_text=_("A hint is shown under the box."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Fieldset(_("A group of fields"), "choice", "several", "line", "email", "pick", "text", "agree"),
            Submit("send", _("Send"), css_id=str(self.auto_id) % "send"),
            Submit("later", _("Not now"), css_class="button-secondary", css_id=str(self.auto_id) % "later"),
        )


@require_safe
@staff_member_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component. The form appears twice: `empty`, and `wrong` with its errors."""
    context = {
        "empty": SampleForm(),
        "wrong": SampleForm({"email": "nowhere"}, auto_id="wrong_%s"),
        "tokens": TOKENS,
    }
    return render(request, "styleguide.html", context)


TOKENS = [
    *("paper", "surface", "ink", "soft", "line", "edge", "brand", "on-brand", "tint", "deep", "on-deep"),
    *("clay", "clay-tint", "plum", "plum-tint", "alarm", "alarm-tint", "on-alarm", "glow", "focus", "on-focus"),
]
