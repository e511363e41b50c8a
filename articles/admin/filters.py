"""List filters of the guide admin."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Comment, Guide
from articles.safety import link_checks


class ReviewDue(admin.SimpleListFilter):
    """Filters live guides by the date their next review is due."""

    title = _("review due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("over its date")), ("30", _("within 30 days")), ("60", _("within 60 days")), ("never", _("never reviewed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Guide]) -> QuerySet[Guide]:
        today = timezone.localdate()
        live = queryset.filter(live_edition__isnull=False)
        match self.value():
            case "overdue":
                return live.filter(next_review_on__lt=today)
            case "30" | "60" as days:
                return live.filter(next_review_on__lte=today + dt.timedelta(days=int(days)))
            case "never":
                return live.filter(reviewed_on=None)
        return queryset


class OpenComments(admin.SimpleListFilter):
    """Filters guides with comments that nobody has dealt with."""

    title = _("comments")
    parameter_name = "comments"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("open"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Guide]) -> QuerySet[Guide]:
        if self.value() != "open":
            return queryset
        return queryset.filter(Exists(Comment.objects.filter(guide=OuterRef("pk"), resolved_at=None)))


class BehindOriginal(admin.SimpleListFilter):
    """Filters translations whose original has a newer edition."""

    title = _("translation")
    parameter_name = "behind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("the original has a newer edition"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Guide]) -> QuerySet[Guide]:
        if self.value() != "yes":
            return queryset
        newer = Q(original__live_edition__number__gt=F("original_edition_seen"))
        return queryset.filter(newer | Q(original__live_edition__isnull=False, original_edition_seen=None))


class DeadLinks(admin.SimpleListFilter):
    """Filters guides with a source whose address leads nowhere."""

    title = _("links of sources")
    parameter_name = "links"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("dead", _("a link leads nowhere"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Guide]) -> QuerySet[Guide]:
        return link_checks.with_dead_sources(queryset) if self.value() == "dead" else queryset
