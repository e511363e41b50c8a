"""Read-only admin of editions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles import permissions
from articles.models import Edition


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
    desk = "guides"
    purpose = _("What visitors read on any day.")
    when_empty = _("An edition is made each time a guide is published.")
    list_display = ("title", "number", "language", "published_at", "approved_by", "published_by")
    list_filter = ("language",)
    search_fields = ("title", "slug")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    fields = ("guide", "number", "language", "slug", "summary", "approved_by", "approved_on", "published_at", "published_by", "digest")
    change_form_template = "admin/articles/edition/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        editions: QuerySet[Edition] = super().get_queryset(request)
        for_list = request.resolver_match is not None and request.resolver_match.url_name == "articles_edition_changelist"
        return editions.defer("html", "snapshot", "opening_html", "toc", "sources", "sources_html") if for_list else editions

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_view(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return permissions.may_view(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False
