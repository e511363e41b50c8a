"""Admin views around the guide editor: workflow steps, preview, comparison, comments, share links and presence."""

import logging
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from articles import permissions, snapshots
from articles.admin import status
from articles.models import Comment, Edition, Guide, ShareLink
from articles.workflow import comments, comparing, previews, publishing, share_links
from recovery_site.staff import presence
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

logger = logging.getLogger(__name__)


class GuideDesk(admin.ModelAdmin):
    """Mixin with GuideAdmin's own views. Each one checks permission, calls one verb and redirects to the editor."""

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"articles_guide_{name}")

        return [
            at("<int:pk>/step/<slug:verb>/", self.step_view, "step"),
            at("<int:pk>/preview/", self.preview_view, "preview"),
            at("<int:pk>/compare/", self.compare_view, "compare"),
            at("<int:pk>/restore/<int:number>/", self.restore_view, "restore"),
            at("<int:pk>/comment/", self.comment_view, "comment"),
            at("<int:pk>/comment/<int:comment_pk>/resolve/", self.resolve_view, "resolve"),
            at("<int:pk>/share/", self.share_view, "share"),
            at("<int:pk>/share/<int:link_pk>/withdraw/", self.withdraw_view, "withdraw"),
            at("<int:pk>/presence/", self.presence_view, "presence"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Run the verb of a button in the status box."""
        guide = self._guide(request, pk)
        if verb not in status.STEPS:
            raise Http404
        return self._do(request, guide, lambda: status.STEPS[verb](guide, permissions.staff(request.user), request.POST))

    @method_decorator(require_GET)
    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the draft as visitors would see it. Staff only."""
        guide = self._guide(request, pk)
        try:
            with override(guide.language):
                response = render(request, "articles/preview.html", previews.page_of(guide))
        except Exception:
            logger.exception("Guide %s can't be drawn", guide.pk)
            messages.error(request, _("No page can be made from this text. Save it again, or show this to the operator."))
            return self._back(guide)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    @method_decorator(require_GET)
    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Compare two editions, or an edition and the draft, side by side."""
        guide = self._guide(request, pk)
        editions = list(guide.editions.order_by("-number"))
        old = self._state(guide, editions, request.GET.get("old", "live"))
        new = self._state(guide, editions, request.GET.get("new", "draft"))
        if old is None or new is None:
            messages.error(request, _("There is no edition to compare with yet."))
            return self._back(guide)
        rows = comparing.compare(old[1], new[1])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare"),
            "subtitle": guide.title,
            "opts": self.opts,
            "original": guide,
            "numbers": [edition.number for edition in editions],
            "old": old[0],
            "new": new[0],
            "rows": rows if request.GET.get("all") else comparing.only_changes(rows),
            "all": bool(request.GET.get("all")),
            "has_change_permission": permissions.may_edit(request.user),
            "differs": any(row.changed for row in rows),
        }
        return render(request, "admin/articles/guide/compare.html", context)

    @method_decorator(require_POST)
    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Copy an edition into the draft."""
        guide = self._guide(request, pk)
        edition = guide.editions.filter(number=number).first()
        if edition is None:
            raise Http404

        def restore() -> str:
            publishing.restore(edition, by=permissions.staff(request.user), version=status.version_in(request.POST))
            return _("Edition %(number)s was copied into the draft.") % {"number": number}

        return self._do(request, guide, restore)

    @method_decorator(require_POST)
    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a comment."""
        guide = self._guide(request, pk)

        def write() -> str:
            section, text = request.POST.get("section", ""), request.POST.get("text", "")
            comments.add(guide, by=permissions.staff(request.user), section=section, text=text)
            return _("Your comment is there for all editors.")

        return self._do(request, guide, write, "#comments")

    @method_decorator(require_POST)
    def resolve_view(self, request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
        """Resolve a comment."""
        guide = self._guide(request, pk)
        comment = Comment.objects.filter(guide=guide, pk=comment_pk).first()
        if comment is None:
            raise Http404

        def resolve() -> str:
            comments.resolve(comment, by=permissions.staff(request.user))
            return _("Marked as dealt with.")

        return self._do(request, guide, resolve, "#comments")

    @method_decorator(require_POST)
    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Create a share link to the draft. Its URL is shown in this response only and never stored."""
        guide = self._guide(request, pk)
        days = request.POST.get("days", "")
        try:
            link, token = share_links.make_link(
                guide,
                by=permissions.staff(request.user),
                made_for=request.POST.get("made_for", ""),
                days=number(days) or 0,
            )
        except Refused as refused:
            messages.error(request, refused.message)
            return self._back(guide, "#sharing")
        context = {
            **self.admin_site.each_context(request),
            "title": _("A link to the draft"),
            "opts": self.opts,
            "original": guide,
            "link": link,
            "address": share_links.address_of(token),
        }
        response = render(request, "admin/articles/guide/share.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    @method_decorator(require_POST)
    def withdraw_view(self, request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
        """Withdraw a share link."""
        guide = self._guide(request, pk)
        link = ShareLink.objects.filter(guide=guide, pk=link_pk).first()
        if link is None:
            raise Http404

        def withdraw() -> str:
            share_links.withdraw(link, by=permissions.staff(request.user))
            return _("The link opens nothing any more.")

        return self._do(request, guide, withdraw, "#sharing")

    @method_decorator(require_POST)
    def presence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Heartbeat of an open editor: record this user's presence, return who else is there and whether the guide changed."""
        guide = self._guide(request, pk)
        user = permissions.staff(request.user)
        if request.POST.get("leaving"):
            presence.leave(guide.presences, user)
            return HttpResponse(status=204)
        context = {
            "others_here": presence.arrive(guide.presences, user, timezone.now()),
            "changed": status.version_in(request.POST) != guide.version,
        }
        return render(request, "admin/articles/guide/presence.html", context)

    def _guide(self, request: HttpRequest, pk: int) -> Guide:
        if not permissions.may_view(request.user):
            raise PermissionDenied
        guide = Guide.objects.select_related("live_edition", "original__live_edition").filter(pk=pk).first()
        if guide is None:
            raise Http404
        return guide

    def _do(self, request: HttpRequest, guide: Guide, verb: Any, anchor: str = "") -> HttpResponse:
        try:
            messages.success(request, verb())
        except Refused as refused:
            messages.error(request, refused.message)
        return self._back(guide, anchor)

    @staticmethod
    def _back(guide: Guide, anchor: str = "") -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:articles_guide_change", args=[guide.pk]) + anchor)

    @staticmethod
    def _state(guide: Guide, editions: list[Edition], name: str) -> tuple[str, dict[str, Any]] | None:
        """Return (name, snapshot) for "draft", "live" or an edition number, or None if it doesn't exist."""
        if name == "draft":
            return name, snapshots.take(guide)
        if name == "live":
            name = str(guide.live_edition.number) if guide.live_edition else str(editions[0].number) if editions else ""
        return next(((name, edition.snapshot) for edition in editions if str(edition.number) == name), None)
