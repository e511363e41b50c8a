"""Centres with their hours and members, edited by their leads and by the operator."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.admin.configuration.preview import PreviewMixin
from intake.cases import permissions
from intake.crypto import keyring
from intake.models import Centre, Holiday, Membership, OpeningHours, RetentionRule
from recovery_site import time_zones
from recovery_site.staff.inlines import NamedDeleteFormSet


class CentreForm(forms.ModelForm):
    """A centre's own data; names of time zones are chosen, not typed."""

    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones.choices())
    languages = forms.MultipleChoiceField(
        label=_("languages spoken"), choices=settings.LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Centre
        fields = (
            "name",
            "slug",
            "legal_name",
            "address",
            "directions",
            "services",
            "phone",
            "time_zone",
            "languages",
            "is_default",
            "accepts_inquiries",
            "promise_minutes",
            "urgent_promise_minutes",
            "escalate_after_minutes",
            "notify_address",
            "paused_until",
            "cadence_tries",
            "cadence_days",
        )


class CentreInline(admin.TabularInline):
    """Rows of a centre: whoever may set up the centre may change them."""

    extra = 0
    formset = NamedDeleteFormSet

    def has_view_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return permissions.can_configure(request.user, obj)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return permissions.can_configure(request.user, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:  # the head of the column names the field only for people who see it
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


class OpeningHoursInline(CentreInline):
    model = OpeningHours


class HolidayInline(CentreInline):
    model = Holiday


class MembershipInline(CentreInline):
    model = Membership

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True, is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RetentionInline(CentreInline):
    model = RetentionRule


@admin.register(Centre)
class CentreAdmin(PreviewMixin):
    form = CentreForm
    list_display = ("name", "phone", "accepts_inquiries", "is_default", "promise_minutes")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (OpeningHoursInline, HolidayInline, MembershipInline, RetentionInline)
    fieldsets = (
        (_("What visitors see"), {"fields": ("name", "slug", "legal_name", "address", "directions", "services", "phone", "languages")}),
        (_("Taking inquiries"), {"fields": ("accepts_inquiries", "paused_until", "is_default", "time_zone")}),
        (
            _("What is promised, and who is told"),
            {"fields": ("promise_minutes", "urgent_promise_minutes", "escalate_after_minutes", "notify_address")},
        ),
        (_("Trying to reach someone"), {"fields": ("cadence_tries", "cadence_days")}),
    )

    def centre_of(self, obj: Centre) -> Centre:
        return obj

    def get_queryset(self, request: HttpRequest) -> QuerySet[Centre]:
        centres = super().get_queryset(request)
        if request.user.is_superuser:
            return centres
        return centres.filter(pk__in=permissions.led_centres(request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Centre | None = None) -> tuple[str, ...]:
        # Which centre takes what no other does concerns them all: not a lead's choice.
        return () if request.user.is_superuser else ("is_default",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return permissions.can_configure(request.user, obj)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        # A centre that stops answering no longer accepts inquiries; what it answered stays readable.
        return False

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            # Last, when all rows are stored: a file can't be rolled back.
            keyring.create_centre_key(form.instance)
