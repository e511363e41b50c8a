"""The people who work here, in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import SignInForm
from recovery_site import time_zones

# Django's sign-in with a limit on guesses.
admin.site.login_form = SignInForm
# The roles belong to the code (accounts.roles): a page that changes or deletes them could only break them.
admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(UserAdmin):
    list_display = ("username", "shown_name", "email", "is_active", "is_staff")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "credentials", "email", "time_zone")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        # When it is night for them, and at which hour a promise ends: both follow from it.
        (_("Person"), {"fields": ("display_name", "email", "time_zone")}),
    )
    filter_horizontal = ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let a time zone be chosen: one that doesn't exist, typed by hand, would keep its owner's mails back."""
        if db_field.name == "time_zone":
            return forms.ChoiceField(label=capfirst(db_field.verbose_name), choices=time_zones.choices("UTC"), initial=db_field.default)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
