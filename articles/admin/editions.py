"""Read-only admin of what was published: editions, and what readers say of them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from articles import permissions
from articles.models import Edition, GuideEvent, HelpfulCount


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

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        edition = kwargs.get("obj")
        if edition is not None:
            context["reviews"] = _reviews_of(edition)
        return super().render_change_form(request, context, *args, **kwargs)


def _reviews_of(edition: Edition) -> QuerySet[GuideEvent]:
    """Return the approvals and reviews of exactly this text that say something of it, the newest first, with their answers."""
    kinds = (GuideEvent.Kind.APPROVED, GuideEvent.Kind.REVIEWED)
    events = GuideEvent.objects.filter(guide=edition.guide_id, kind__in=kinds, digest=edition.digest)
    return events.exclude(note="", fact_answers=None).prefetch_related("fact_answers").distinct()


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
