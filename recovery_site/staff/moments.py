"""The form field for a date and time that staff type. It says whose clock it is on."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from recovery_site.staff import time_zones

# Marks what was typed without an offset, which Django's field would read in the current zone.
_TYPED = dt.timezone(dt.timedelta(0), "typed")


class MomentInput(forms.DateTimeInput):
    """The browser's own input for a date and time, with the zone in words beside it."""

    input_type = "datetime-local"
    template_name = "admin/widgets/moment.html"
    zone: dt.tzinfo | None = None
    says = ""  # instead of the zone's name, while the zone depends on another field of the form

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        zone_id = f"{context['widget']['attrs'].get('id') or name}_zone"
        described = context["widget"]["attrs"].get("aria-describedby", "")
        context["widget"]["attrs"]["aria-describedby"] = f"{described} {zone_id}".strip()
        context["widget"] |= {"zone_id": zone_id, "zone": self.says or time_zones.in_words(self.zone or timezone.get_current_timezone())}
        return context


class ClockInput(forms.TimeInput):
    """The browser's own input for a time of day."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentField(forms.DateTimeField):
    """A date and time on the clock of `zone`; without one, on that of the page (that of a case's centre, else the reader's own).

    A time that comes twice, because the clocks go back, is the first of the two. One that is skipped is refused with the next that
    exists.
    """

    widget = MomentInput
    zone: dt.tzinfo | None = None

    def use(self, zone: dt.tzinfo) -> None:
        """Read and show moments in `zone`."""
        self.zone = self.widget.zone = zone

    def to_python(self, value: Any) -> dt.datetime | None:
        """Raise ValidationError for years outside 2000–2100, which are typing mistakes and may not even be storable in UTC."""
        with timezone.override(_TYPED):
            moment: dt.datetime | None = super().to_python(value)
        if moment is None:
            return None
        if not 2000 <= moment.year <= 2100:
            raise ValidationError(_("Choose a year between 2000 and 2100."), code="year")
        if moment.tzinfo is not _TYPED:
            return moment
        zone = self._clock()
        try:
            return time_zones.local(moment.replace(tzinfo=None), zone)
        except time_zones.NoSuchTime as skipped:
            words = _("The clocks go forward that day: %(time)s does not exist (%(zone)s). Choose %(next)s, or an earlier time.")
            facts = {
                "zone": time_zones.in_words(zone),
                "time": date_format(moment, "TIME_FORMAT"),
                "next": date_format(skipped.next, "TIME_FORMAT"),
            }
            raise ValidationError(words, code="skipped", params=facts) from None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime) and timezone.is_aware(value):
            return timezone.make_naive(value, self._clock())
        return value

    def _clock(self) -> dt.tzinfo:
        return self.zone or timezone.get_current_timezone()


# For ModelAdmin.formfield_overrides, instead of Django's two inputs without a zone.
IN_ADMIN: dict[Any, Any] = {models.DateTimeField: {"form_class": MomentField, "widget": MomentInput}}


def use_zone(form: forms.BaseForm, zone: dt.tzinfo) -> None:
    """Have all moments of `form` read and shown in `zone`."""
    for field in form.fields.values():
        if isinstance(field, MomentField):
            field.use(zone)
