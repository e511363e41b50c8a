"""The addresses of the pages of who read what."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from intake.admin.audit import views
from intake.cases import permissions
from intake.models import Event
from recovery_site.staff.admin_site import DeskLink


@admin.register(Event)
class RecordAdmin(admin.ModelAdmin):
    """Replaces all pages of ModelAdmin: entries are added by verbs and never changed."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        return [
            path("", page(views.entries_page), name="intake_event_changelist"),
            path("people/", page(views.people_page), name="intake_event_people"),
            path("export/", page(views.export), name="intake_event_export"),
            path("notices/", page(views.notices_page), name="intake_event_notices"),
        ]

    def desk_links(self, request: HttpRequest) -> list[DeskLink]:
        """Return the link on the front page."""
        purpose = _("Each reading, search, export and change: who, what and when.")
        return [DeskLink("people", _("who read what"), reverse("admin:intake_event_changelist"), purpose)]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_read_record(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_read_record(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
