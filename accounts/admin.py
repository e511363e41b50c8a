"""The people who work here, in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import User

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
    filter_horizontal = ()
