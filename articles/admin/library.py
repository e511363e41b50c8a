"""Admin of pictures and of the glossary."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles import permissions
from articles.models import Picture, Term
from articles.rendering import pictures
from articles.workflow import glossary_review
from recovery_site.verbs import Refused

PICTURES_TO_PICK = 40


class EditorsOnly(admin.ModelAdmin):
    """ModelAdmin with the permissions of guides."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_view(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_view(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_edit(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_edit(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_edit(request.user)


class PictureForm(forms.ModelForm):
    """Adds a picture. For stored pictures only the texts can be changed, not the file."""

    file = forms.FileField(label=_("Picture"), help_text=_("JPEG, PNG or WebP, up to 10 MB. Where and when it was taken is removed."))

    class Meta:
        model = Picture
        fields = ("title", "alt", "credit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["file"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            pictures.check(file)
        except pictures.BadPicture as reason:
            raise forms.ValidationError(str(reason)) from None
        return file


@admin.register(Picture)
class PictureAdmin(EditorsOnly):
    desk = "guides"
    purpose = _("Pictures to put into guides.")
    when_empty = _("Pictures that you add here can be put into guides.")
    form = PictureForm
    list_display = ("title", "small", "alt", "added_at")
    search_fields = ("title", "alt", "credit")
    ordering = ("-added_at", "-pk")
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        return [path("pick/", self.admin_site.admin_view(self.pick_view), name="articles_picture_pick"), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        """Pictures used by an edition or a working copy can't be deleted."""
        return obj is not None and super().has_delete_permission(request, obj) and not pictures.is_used(obj)

    @admin.display(description=_("picture"))
    def small(self, picture: Picture) -> SafeString:
        source = pictures.address(picture.digest, picture.widths[0])
        return format_html('<img src="{}" alt="" width="120" loading="lazy">', source)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if change:
            return super().save_form(request, form, change)
        words = form.cleaned_data
        if pictures.moves(words["file"]):
            messages.warning(request, gettext("This picture moves. Only its first moment was kept."))
        return pictures.add(
            words["file"], title=words["title"], alt=words["alt"], credit=words["credit"], by=permissions.staff(request.user)
        )

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change:
            super().save_related(request, form, formsets, change)

    def pick_view(self, request: HttpRequest) -> HttpResponse:
        """The pop-up in which editors choose a picture."""
        if not permissions.may_edit(request.user):
            raise PermissionDenied
        page = Paginator(Picture.objects.all(), PICTURES_TO_PICK).get_page(request.GET.get("page"))
        choices = [{"picture": picture, "address": pictures.address(picture.digest, picture.widths[-1])} for picture in page]
        number = request.GET.get("CKEditorFuncNum", "")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Choose a picture"),
            "choices": choices,
            "page": page,
            "number": number,
        }
        return render(request, "admin/articles/picture/pick.html", context)


@admin.register(Term)
class TermAdmin(EditorsOnly):
    """Glossary terms. Changes are visible to visitors once a clinical reviewer who didn't write them approves them."""

    desk = "guides"
    purpose = _("Hard words and what they mean.")
    when_empty = _("A word that you explain here gets its explanation in every guide, once a clinical reviewer approved it.")

    class Media:
        css = {"all": ("css/guide-editor.css",)}

    list_display = ("term", "language", "also", "meaning", "waits", "reviewed_on")
    list_filter = ("waits", "language")
    search_fields = ("term", "also", "meaning")
    prepopulated_fields = {"slug": ("term",)}
    ordering = ("language", "term")
    list_per_page = 100

    def get_urls(self) -> list[URLPattern]:
        approve = path("<int:pk>/approve/", self.admin_site.admin_view(self.approve_view), name="articles_term_approve")
        return [approve, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> tuple[str, ...]:
        # A visible term would otherwise move to another language's glossary without approval.
        return ("language",) if obj and obj.shown_term else ()

    def save_model(self, request: HttpRequest, obj: Term, form: Any, change: bool) -> None:
        # Save changed fields only, so as not to overwrite an approval made after this form was opened.
        if change:
            obj.save(update_fields=[name for name in form.changed_data if name in form.fields])
        else:
            super().save_model(request, obj, form, change)
        if not change or not set(glossary_review.WORDS).isdisjoint(form.changed_data):
            glossary_review.record_edit(obj, by=permissions.staff(request.user))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        term = kwargs.get("obj")
        if term is not None:
            # Query again: an invalid form has put the submitted values into `term`, but the stored ones would be approved.
            term = Term.objects.get(pk=term.pk)
            context |= {
                "term": term,
                "differs": glossary_review.differs(term),
                "seen": glossary_review.digest(term),
                "why_not_approve": glossary_review.why_not_approve(permissions.staff(request.user), term),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve the pending text of a term."""
        if not permissions.may_view(request.user):
            raise PermissionDenied
        term = get_object_or_404(Term, pk=pk)
        try:
            glossary_review.approve(term, by=permissions.staff(request.user), seen=request.POST.get("seen", ""))
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            self.log_change(request, term, gettext("Approved."))
            messages.success(request, gettext("Approved. Visitors read this text now."))
        return HttpResponseRedirect(reverse("admin:articles_term_change", args=[pk]))
