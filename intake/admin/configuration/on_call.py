"""Admin of on-call shifts: leads plan those of their centres, superusers all."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.admin.configuration.preview import PreviewMixin
from intake.cases import permissions
from intake.models import Centre, OnCallShift


class OnCallShiftForm(forms.ModelForm):
    """Requires that the person has an e-mail address and works at the centre."""

    class Meta:
        model = OnCallShift
        fields = ("centre", "user", "starts_at", "ends_at")

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


@admin.register(OnCallShift)
class OnCallShiftAdmin(PreviewMixin):
    when_empty = _("Without shifts, danger at night rings the leads, and then the operators.")
    form = OnCallShiftForm
    list_display = ("user", "centre", "starts_at", "ends_at")
    list_filter = ("centre",)
    date_hierarchy = "starts_at"
    list_select_related = ("user", "centre")

    def centre_of(self, obj: OnCallShift) -> Centre | None:
        return obj.centre

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
