"""Admin of on-call shifts: leads plan those of their centres, superusers all."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.admin.configuration.preview import PreviewMixin
from intake.cases import permissions
from intake.models import Centre, OnCallShift
from intake.notifications import rota
from recovery_site.staff import moments, time_zones


class OnCallShiftForm(forms.ModelForm):
    """Requires that the person has an e-mail address and works at the centre. Its times are on the clock of the centre chosen."""

    class Meta:
        model = OnCallShift
        fields = ("centre", "user", "starts_at", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(self.fields["centre"].queryset)  # type: ignore[attr-defined]
        chosen = self.data.get(self.add_prefix("centre"), "") if self.is_bound else self.instance.centre_id
        for_all = not self.fields["centre"].required
        zones = {str(centre.pk): time_zones.zone(centre.time_zone) for centre in offered}
        if str(chosen) in zones:
            moments.use_zone(self, zones[str(chosen)])
        elif len(set(zones.values())) == 1 and not for_all:
            moments.use_zone(self, next(iter(zones.values())))
        elif zones and not self.is_bound:
            self._name_the_clocks(offered, for_all)

    def _name_the_clocks(self, centres: list[Centre], for_all: bool) -> None:
        """Say which clock the times will be read by, for as long as the centre isn't chosen."""
        clocks = [f"{centre.name}: {time_zones.in_words(time_zones.zone(centre.time_zone))}" for centre in centres]
        if for_all:
            clocks.append(now_gettext("all centers: %(zone)s") % {"zone": time_zones.in_words(timezone.get_current_timezone())})
        for name in ("starts_at", "ends_at"):
            field = self.fields[name]
            field.widget.says = now_gettext("by the clock of the center chosen above")
            field.help_text = "; ".join(clocks) + "."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        person, centre = cleaned.get("user"), cleaned.get("centre")
        if person is None:
            return cleaned
        if not person.email:
            self.add_error("user", ValidationError(_("This person has no e-mail address, so nobody could tell them.")))
        if centre is not None and not person.memberships.filter(centre=centre).exists():
            self.add_error("user", ValidationError(_("This person does not work at that centre, so they could open none of its cases.")))
        return cleaned


def clock_of(shift: OnCallShift) -> dt.tzinfo:
    """Return the zone that a shift is shown in: its centre's; the reader's own for one of all centres."""
    return time_zones.zone(shift.centre.time_zone) if shift.centre else timezone.get_current_timezone()


@admin.register(OnCallShift)
class OnCallShiftAdmin(PreviewMixin):
    desk = "people"
    purpose = _("Each shift by itself. To plan weeks, use “Who is on call”.")
    when_empty = _("Without shifts, danger at night rings the leads, and then the operators.")
    form = OnCallShiftForm
    formfield_overrides = moments.IN_ADMIN
    change_list_template = "admin/intake/oncallshifts.html"
    list_display = ("user", "centre", "starts", "ends")
    list_filter = ("centre",)
    date_hierarchy = "starts_at"
    list_select_related = ("user", "centre")

    @admin.display(description=_("from"), ordering="starts_at")
    def starts(self, shift: OnCallShift) -> str:
        """When it starts, by the clock of its centre."""
        return time_zones.moment_in_words(shift.starts_at, clock_of(shift))

    @admin.display(description=_("until"), ordering="ends_at")
    def ends(self, shift: OnCallShift) -> str:
        """When it ends, by the clock of its centre."""
        return time_zones.moment_in_words(shift.ends_at, clock_of(shift))

    def centre_of(self, obj: OnCallShift) -> Centre | None:
        return obj.centre

    def save_model(self, request: HttpRequest, obj: OnCallShift, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        rota.changed()

    def delete_model(self, request: HttpRequest, obj: OnCallShift) -> None:
        super().delete_model(request, obj)
        rota.changed()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[OnCallShift]) -> None:
        super().delete_queryset(request, queryset)
        rota.changed()

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnCallShift]:
        shifts = super().get_queryset(request)
        return shifts if request.user.is_superuser else shifts.filter(centre__in=permissions.led_centres(request.user))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        led = permissions.led_centres(request.user)
        if db_field.name == "user":
            people = User.objects.filter(is_active=True, is_staff=True).order_by("display_name", "username")
            kwargs["queryset"] = people if request.user.is_superuser else people.filter(memberships__centre__in=led).distinct()
        if db_field.name == "centre" and not request.user.is_superuser:
            kwargs["queryset"] = Centre.objects.filter(pk__in=led)
            kwargs["empty_label"] = None
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "centre" and not request.user.is_superuser:
            # Only superusers may add shifts for all centres.
            field.required = True
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_view_permission(self, request: HttpRequest, obj: OnCallShift | None = None) -> bool:
        if obj is not None and obj.centre is None:
            return bool(request.user.is_active and request.user.is_superuser)
        return permissions.can_configure(request.user, None if obj is None else obj.centre)

    has_change_permission = has_delete_permission = has_view_permission
