"""Admin of teams."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.models import Team


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    desk = "people"
    purpose = _("Parts of a center that only hear of some requests.")
    when_empty = _("Without teams, every inquiry goes to all members of its center.")
    list_display = ("name", "centre")
    list_filter = ("centre",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # FilteredSelectMultiple is unusable on phones and has no accessible name.
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        kwargs["queryset"] = User.objects.filter(is_active=True, is_staff=True, memberships__isnull=False).distinct().order_by("username")
        return super().formfield_for_manytomany(db_field, request, **kwargs)
