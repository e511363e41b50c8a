"""Keeps what is typed into the guide editor, puts it back, and saves before a step of the status box."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, resolve, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles import permissions
from articles.admin import status
from articles.admin.forms import PUT_BACK
from articles.models import Guide, UnsavedText
from articles.workflow import unsaved
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

STEP = "_step"  # the name of the buttons that save and then take a step
PAGES = tuple(f"articles_guide_{name}" for name in ("add", "change", "keep", "keep_new"))  # what the editor's form is sent to
TYPED = "_typed"  # static/js/drafts.js: "0" while nothing was typed


class UnsavedTextDesk(admin.ModelAdmin):
    """Mixin of GuideAdmin."""

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"articles_guide_{name}")

        return [
            at("add/unsaved/", self.keep_view, "keep_new"),
            at("<int:pk>/unsaved/", self.keep_view, "keep"),
            at("unsaved/<uuid:text>/put-back/", self.put_back_view, "put_back"),
            at("unsaved/<uuid:text>/discard/", self.discard_view, "discard"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def keep_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Keep what stands in the editor (static/js/drafts.js)."""
        if not permissions.may_edit(request.user):
            raise PermissionDenied
        guide = get_object_or_404(Guide, pk=pk) if pk is not None else None
        unsaved.keep(guide, request.POST, by=permissions.staff(request.user))
        now = date_format(timezone.localtime(), "TIME_FORMAT")
        return HttpResponse(_("What you typed is kept (%(time)s).") % {"time": now}, content_type="text/plain")

    @method_decorator(require_POST)
    def put_back_view(self, request: HttpRequest, text: UUID) -> HttpResponse:
        """Show the editor with a text that was not saved, beside the stored one if somebody saved meanwhile."""
        kept = self._text(request, text)
        data = unsaved.form_data(kept)
        data[PUT_BACK], data[unsaved.ID_NAME] = "1", str(kept.pk)
        assert not request.FILES  # noqa: S101 (reads the body: otherwise reading the files later would replace the fields)
        request.POST = data  # type: ignore[assignment]
        if kept.guide_id is None:
            return self.add_view(request, form_url=reverse("admin:articles_guide_add"))
        return self.change_view(request, str(kept.guide_id), form_url=_editor(kept.guide_id))

    @method_decorator(require_POST)
    def discard_view(self, request: HttpRequest, text: UUID) -> HttpResponse:
        """Throw away a text that was not saved."""
        kept = self._text(request, text)
        unsaved.forget(kept.pk, by=permissions.staff(request.user))
        return HttpResponseRedirect(_editor(kept.guide_id))

    def _text(self, request: HttpRequest, pk: UUID) -> UnsavedText:
        if not permissions.may_edit(request.user):
            raise PermissionDenied
        kept = UnsavedText.objects.filter(pk=pk, user=permissions.staff(request.user)).first()
        if kept is None:
            raise Http404
        return kept

    def unsaved_context(self, request: HttpRequest, guide: Guide | None) -> dict[str, Any]:
        """Return the context of the editor: its page's id and the texts to offer. One query, and three to keep a text that was refused."""
        if not permissions.may_edit(request.user):
            return {}
        if request.method == "POST" and request.POST.get(TYPED) != "0":  # refused: kept, since the page that shows it again may be closed
            unsaved.keep(guide, request.POST, by=permissions.staff(request.user))
        pk = unsaved.page_id(request.POST) or uuid4()
        texts = unsaved.offered(guide, to=permissions.staff(request.user))
        keep_at = reverse("admin:articles_guide_keep", args=[guide.pk]) if guide else reverse("admin:articles_guide_keep_new")
        return {
            "page_id": pk,
            "unsaved_texts": [text for text in texts if text.pk != pk],
            "keep_at": keep_at,
            "text_is_unsaved": request.method == "POST",  # put back or refused: a step must save it
        }

    def response_add(self, request: HttpRequest, obj: Guide, post_url_continue: str | None = None) -> HttpResponse:
        unsaved.forget(unsaved.page_id(request.POST), by=permissions.staff(request.user))
        return super().response_add(request, obj, post_url_continue)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a step without saving when nothing was typed: a reviewer who only approves must not become an author."""
        pk = number(object_id)
        untouched = request.method == "POST" and STEP in request.POST and request.POST.get(TYPED) == "0"
        if untouched and pk is not None and permissions.may_edit(request.user) and Guide.objects.filter(pk=pk).exists():
            return self._take_step(request, pk, request.POST.get("seen_version", ""))
        return super().change_view(request, object_id, form_url, extra_context)

    def response_change(self, request: HttpRequest, obj: Guide) -> HttpResponse:
        """Take the step whose button was pressed, now that what was typed is saved."""
        unsaved.forget(unsaved.page_id(request.POST), by=permissions.staff(request.user))
        if STEP not in request.POST:
            return super().response_change(request, obj)
        return self._take_step(request, obj.pk, "")

    def _take_step(self, request: HttpRequest, pk: int, version: str) -> HttpResponse:
        """Run the verb of the button that was pressed. `version` is the version its person saw, "" for the one just saved."""
        verb = request.POST[STEP]
        if verb not in status.STEPS:
            raise Http404
        guide = Guide.objects.select_related("live_edition", "original__live_edition").get(pk=pk)
        data = request.POST.copy()
        data["version"] = version or str(guide.version)
        try:
            messages.success(request, status.STEPS[verb](guide, permissions.staff(request.user), data))
        except Refused as refused:
            messages.error(request, refused.message)
        return HttpResponseRedirect(_editor(guide.pk))


def keep_unsent(request: HttpRequest) -> None:
    """Keep the text that a form of the editor carries that is refused before its view sees it (recovery_site.staff.unsent)."""
    match = resolve(request.path_info)
    if match.url_name not in PAGES or not permissions.may_edit(request.user) or request.POST.get(TYPED) == "0":
        return
    pk = match.kwargs.get("pk") or number(match.kwargs.get("object_id", ""))
    guide = Guide.objects.filter(pk=pk).first() if pk else None
    if guide is not None or not match.kwargs:
        unsaved.keep(guide, request.POST, by=permissions.staff(request.user))


def _editor(pk: int | None) -> str:
    return reverse("admin:articles_guide_change", args=[pk]) if pk is not None else reverse("admin:articles_guide_add")
