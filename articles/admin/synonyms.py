"""Admin of search synonyms."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles import permissions
from articles.models import Synonym


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):
    desk = "guides"
    purpose = _("Words that mean the same when a reader searches.")
    when_empty = _("Words that mean the same help readers who search.")
    list_display = ("term", "means", "language")
    list_filter = ("language",)
    search_fields = ("term", "means")
    list_per_page = 100

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_view(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Synonym | None = None) -> bool:
        return permissions.may_view(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_edit(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Synonym | None = None) -> bool:
        return permissions.may_edit(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Synonym | None = None) -> bool:
        return permissions.may_edit(request.user)
