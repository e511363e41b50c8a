"""Admin of blocked contacts: leads see and end the blocks of their centre. Numbers and addresses are not stored."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake.cases import permissions
from intake.models import BlockedContact
from recovery_site.staff import moments


@admin.register(BlockedContact)
class BlockedContactAdmin(admin.ModelAdmin):
    desk = "requests"
    purpose = _("Numbers and addresses that were used for abuse.")
    formfield_overrides = moments.IN_ADMIN
    when_empty = _("A phone number or address gets here when somebody presses “This is abuse” on a case.")
    list_display = ("kind", "inquiry", "blocked_by", "blocked_at", "until")
    list_select_related = ("inquiry", "blocked_by")
    fields = ("kind", "inquiry", "blocked_by", "blocked_at", "until")
    readonly_fields = ("kind", "inquiry", "blocked_by", "blocked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BlockedContact]:
        return super().get_queryset(request).filter(inquiry__centre__in=permissions.led_centres(request.user)).defer("inquiry__sealed")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(permissions.led_centres(request.user))

    def has_view_permission(self, request: HttpRequest, obj: BlockedContact | None = None) -> bool:
        return bool(permissions.led_centres(request.user))

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Contacts are blocked on the case page, so that the case's history records it.
        return False
