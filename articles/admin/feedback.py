"""Read-only admin of readers' answers to “Was this helpful?”."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles import permissions
from articles.models import HelpfulCount


@admin.register(HelpfulCount)
class HelpfulCountAdmin(admin.ModelAdmin):
    desk = "guides"
    purpose = _("How many readers were helped, guide by guide.")
    when_empty = _("Readers’ answers to “Was this helpful?” are counted here. There is nothing to do.")
    list_display = ("guide", "month", "yes", "no")
    list_filter = ("month", "guide__language")
    list_select_related = ("guide",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_view(request.user)

    def has_view_permission(self, request: HttpRequest, obj: HelpfulCount | None = None) -> bool:
        return permissions.may_view(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: HelpfulCount | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HelpfulCount | None = None) -> bool:
        return False
