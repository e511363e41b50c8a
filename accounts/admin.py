"""Admin for staff accounts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts import leaving
from accounts.models import User
from accounts.sign_in import SignInForm
from recovery_site import phones, time_zones

# Django's sign-in form with a limit on failed attempts.
admin.site.login_form = SignInForm
# Roles are defined in code (accounts.roles), so their groups must not be changed or deleted by hand.
admin.site.unregister(Group)


def _check_phone(text: str) -> None:
    """Raise ValidationError for a number that no text could be sent to."""
    try:
        phones.normalise(text)
    except phones.NotAPhoneNumber:
        raise ValidationError(
            _("Check the phone number: it should have an area code, like 212 555 0143 or +52 55 5555 0143."), code="phone"
        ) from None


class StaffForm(UserChangeForm):
    """A member of staff. Refused when the change would leave work without anybody (accounts.leaving)."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        after = User(pk=self.instance.pk)
        for name in ("is_active", "is_staff", "email", "phone"):
            setattr(after, name, cleaned.get(name, getattr(self.instance, name)))
        for reason in leaving.objections(after):
            self.add_error(None, reason)
        return cleaned


@admin.register(User)
class StaffAdmin(UserAdmin):
    form = StaffForm
    list_display = ("username", "shown_name", "email", "is_active", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "credentials", "email", "phone", "time_zone")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        # Night hours and the times at which answers are due depend on the time zone.
        (_("Person"), {"fields": ("display_name", "email", "phone", "time_zone")}),
    )
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted whom an app can't do without yet."""
        return super().has_delete_permission(request, obj) and not (obj and leaving.objections(User(pk=obj.pk, is_active=False)))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not (obj.is_active and obj.is_staff):
            leaving.tidy()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer time zones as choices: mails to a person with a misspelled time zone would not be sent."""
        if db_field.name == "phone":
            field = super().formfield_for_dbfield(db_field, request, **kwargs)
            if field is not None:
                field.validators.append(_check_phone)
            return field
        if db_field.name == "time_zone":
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name), choices=lambda: time_zones.choices("UTC"), initial=db_field.default
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)
