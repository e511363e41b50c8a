"""The forms of legal holds."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake.admin.rota import DayInput
from intake.cases import permissions
from intake.models import Centre, Inquiry, LegalHold, Membership
from intake.retention.holds import Scope
from recovery_site.staff import time_zones

REVIEWED_AFTER = dt.timedelta(days=90)


class HoldForm(forms.Form):
    """Asks for a hold. Days are those of the centre's clock; the last day is included."""

    centre = forms.ModelChoiceField(label=gettext_lazy("Center"), queryset=Centre.objects.none())
    reference = forms.CharField(
        label=gettext_lazy("Number of the case"),
        max_length=9,
        required=False,
        help_text=gettext_lazy("For one case, such as K7M2-9QXD. Leave it empty to keep all that came in on certain days."),
    )
    first = forms.DateField(label=gettext_lazy("Or: first day"), required=False, widget=DayInput)
    last = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=DayInput)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", gettext_lazy("Choose…")), *LegalHold.Reason.choices])
    file_number = forms.CharField(
        label=gettext_lazy("File number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Of the court or of your lawyer. No name of a person."),
    )
    review_on = forms.DateField(
        label=gettext_lazy("Look at it again on"),
        widget=DayInput,
        help_text=gettext_lazy("You are reminded then. A hold that nobody needs any more must end."),
    )
    readers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who may read what people withdraw meanwhile"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only leads, and as few as you can. For everybody else it is erased."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"review_on": timezone.localdate() + REVIEWED_AFTER, "readers": [user.pk]})
        super().__init__(*args, **kwargs)
        led = permissions.led_centres(user)
        centres: Any = self.fields["centre"]
        centres.queryset = Centre.objects.filter(pk__in=led)
        if len(led) == 1:
            centres.empty_label, centres.initial = None, led[0]
        leads = Membership.objects.filter(centre__in=led, role=Membership.Role.LEAD, user__is_active=True, user__is_staff=True)
        readers: Any = self.fields["readers"]
        readers.queryset = User.objects.filter(pk__in=leads.values("user")).order_by("display_name", "username")

    def clean_reference(self) -> str:
        return str(self.cleaned_data["reference"]).strip().upper()

    def scope(self, cases: QuerySet[Inquiry]) -> Scope | None:
        """Return what is to be kept, or None with an error in the form. `cases` are those that the person can see."""
        reference, first, last = (self.cleaned_data[name] for name in ("reference", "first", "last"))
        if reference and (first or last):
            self.add_error("reference", _("Name one case or the days, not both."))
            return None
        if reference:
            inquiry = cases.filter(reference=reference, centre=self.cleaned_data["centre"]).first()
            if inquiry is None:
                self.add_error("reference", _("There is no such case at this center."))
                return None
            return Scope(inquiry)
        if not (first and last):
            self.add_error("first" if not first else "last", _("Name one case, or the first and the last day."))
            return None
        zone = time_zones.zone(self.cleaned_data["centre"].time_zone)
        since, until = (dt.datetime.combine(day, dt.time(), zone) for day in (first, last + dt.timedelta(days=1)))
        return Scope(since=since, until=until)
