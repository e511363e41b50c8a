"""Admin of guides: the list, the editor and the status box."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from js_asset import Media

from articles import events, permissions, snapshots
from articles.admin import edit_conflicts, status
from articles.admin.desk import GuideDesk
from articles.admin.filters import BehindOriginal, DeadLinks, OpenComments, ReviewDue
from articles.admin.forms import GuideForm
from articles.admin.importing import ImportDesk
from articles.admin.review_list import ReviewDesk
from articles.admin.unsaved_texts import UnsavedTextDesk
from articles.models import Guide, GuideEvent, Source, TimelinePhase
from articles.workflow import drafts
from recovery_site.staff.paths import number


class GuidePart(admin.StackedInline):
    """Inline for parts of a guide's text, with the guide's permissions.

    Stacked, because a table row with all the fields would be wider than any screen.
    """

    extra = 0
    formset = edit_conflicts.RowsFormSet

    def has_view_permission(self, request: HttpRequest, obj: Guide | None = None) -> bool:
        return permissions.may_view(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Guide | None = None) -> bool:
        return permissions.may_edit(request.user)

    has_change_permission = has_delete_permission = has_add_permission

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield is not None:
            formfield.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return formfield


class SourceFormSet(edit_conflicts.RowsFormSet):
    """Gives the sources without a number the next ones, in their order."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["number"].required = False
        form.fields["number"].widget.attrs["data-source-number"] = ""

    def clean(self) -> None:
        super().clean()
        rows = [form for form in self.forms if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")]
        last = max((form.cleaned_data["number"] for form in rows if form.cleaned_data.get("number")), default=0)
        for form in rows:
            if "number" in form.cleaned_data and form.cleaned_data["number"] is None:
                last += 1
                form.instance.number = form.cleaned_data["number"] = last


class SourceInline(GuidePart):
    model = Source
    formset = SourceFormSet
    fields = (("number", "title"), ("publisher", "year"), ("url", "read_on"), "note")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


class PhaseInline(GuidePart):
    model = TimelinePhase
    fields = (("from_hour", "to_hour", "intensity"), "title", "text")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 50})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


# Long columns that the list doesn't need.
NOT_LISTED = ("body", "public_links", "at_a_glance", "contact_text", "substances", "stages", "readers", "summary")


@admin.register(Guide)
class GuideAdmin(GuideDesk, ReviewDesk, UnsavedTextDesk, ImportDesk):
    desk = "guides"
    purpose = _("Write, review and publish what visitors read.")
    when_empty = _("Write one, import a document, or ask the operator to load the starter library.")
    form = GuideForm

    class Media:
        css = {"all": ("css/guide-editor.css",)}
        js = ("js/presence.js", "js/drafts.js", "js/guide-findings.js", "js/guide-comments.js", "js/source-numbers.js")

    inlines = (SourceInline, PhaseInline)
    prepopulated_fields = {"slug": ("title",)}  # while typing a new title; a stored address stays
    list_display = ("title", "language", "short_kind", "state_badge", "live_number", "next_review_on", "owner", "edited_at")
    list_filter = ("state", ReviewDue, OpenComments, BehindOriginal, DeadLinks, "language", "kind")
    list_select_related = ("live_edition", "owner")
    search_fields = ("title", "slug", "summary")
    ordering = ("title",)
    list_per_page = 50
    show_full_result_count = False
    autocomplete_fields = ("related", "original")
    fieldsets = (
        (None, {"fields": ("title", "slug", "language", "summary", "seen_version")}),
        (_("Text"), {"fields": ("body", "at_a_glance", "content_note")}),
        (_("What it is about"), {"fields": ("kind", "substances", "stages", "readers", "related")}),
        (_("Contact block"), {"fields": ("contact_heading", "contact_text")}),
        (_("Translation"), {"fields": ("original", "original_edition_seen"), "classes": ("collapse",)}),
        (_("People"), {"fields": ("owner", "second_person")}),
    )

    # Permissions come from articles.permissions rather than from Django's Permission model.
    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_view(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Guide | None = None) -> bool:
        return permissions.may_view(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_edit(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Guide | None = None) -> bool:
        return permissions.may_edit(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Guide | None = None) -> bool:
        """Guides that were ever published can't be deleted, so that there is a record of what visitors read."""
        return obj is not None and permissions.may_edit(request.user) and not obj.editions.exists()

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Refuse to delete a guide that another one lists as related, because that would change an approved text."""
        guide = Guide.objects.filter(pk=number(object_id) or 0).first()
        if guide is not None and self.has_delete_permission(request, guide):
            referrer = guide.related_from.exclude(pk=guide.pk).order_by("title").first()
            if referrer is not None:
                refusal = gettext("“%(title)s” names this guide as related. Take it out there first, then delete this one.")
                messages.error(request, refusal % {"title": referrer.title})
                return HttpResponseRedirect(reverse("admin:articles_guide_change", args=[guide.pk]))
        return super().delete_view(request, object_id, extra_context)

    @admin.display(description=_("kind"), ordering="kind")
    def short_kind(self, guide: Guide) -> str:
        """The kind without its review interval."""
        return guide.get_kind_display().partition(" (")[0]

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, guide: Guide) -> str:
        badge = format_html('<span class="badge badge-{}">{}</span>', *guide.shown_state)
        if guide.live_edition is None or guide.reviewed_on is not None:
            return badge
        return format_html('{} <span class="badge badge-unreviewed">{}</span>', badge, gettext("Not reviewed"))

    @admin.display(description=_("live edition"))
    def live_number(self, guide: Guide) -> str:
        return str(guide.live_edition.number) if guide.live_edition else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Guide | None = None) -> tuple[str, ...]:
        # A published URL can't move to another language.
        return ("language",) if obj and obj.editions.exists() else ()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        guide = super().get_object(request, object_id, from_field)
        if guide is not None and request.method == "POST" and permissions.may_edit(request.user):
            return Guide.objects.select_for_update(of=("self",)).select_related("live_edition").get(pk=guide.pk)
        return guide

    def save_model(self, request: HttpRequest, obj: Guide, form: Any, change: bool) -> None:
        form.digest_before = snapshots.digest_of(Guide.objects.get(pk=obj.pk)) if change else ""
        if not change:
            obj.created_by = obj.last_edited_by = permissions.staff(request.user)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            new_text = drafts.record_edit(form.instance, before=form.digest_before, by=permissions.staff(request.user))
            if not new_text and not edit_conflicts.BESIDE_THE_TEXT.isdisjoint(form.changed_data):
                drafts.save_new_version(form.instance)
        else:
            events.record(
                form.instance, GuideEvent.Kind.CREATED, by=permissions.staff(request.user), digest=snapshots.digest_of(form.instance)
            )

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        # The editor's import map is an inline script, which needs this response's CSP nonce.
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))  # type: ignore[attr-defined]
        guide = kwargs.get("obj")
        context |= self.unsaved_context(request, guide)
        if guide is not None:
            context["status"] = status.box(guide, permissions.staff(request.user))
            form = context["adminform"].form
            if getattr(form, "stale", False):
                formsets = [inline.formset for inline in context["inline_admin_formsets"]]
                context["both_texts"] = edit_conflicts.both_texts(Guide.objects.get(pk=guide.pk), form, formsets)
                context["other_person"] = guide.last_edited_by
                form.accept_stored_version()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guide]:
        queryset: QuerySet[Guide] = super().get_queryset(request)
        for_list = request.resolver_match is not None and request.resolver_match.url_name == "articles_guide_changelist"
        return queryset.defer(*NOT_LISTED) if for_list else queryset
