"""Admin view that imports a document, with the same reader and verb as `manage.py import_guide`."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from articles import permissions
from articles.importing.document import ImportedGuide, UnreadableDocument
from articles.importing.readers.detection import LARGEST_FILE, read_guide
from articles.models import Guide
from articles.workflow import comments, drafts


class ImportForm(forms.Form):
    """Takes a document and its language. After validation `imported` has what the reader recognised."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    document = forms.FileField(
        label=gettext_lazy("Document"), help_text=gettext_lazy("Plain text, Markdown, HTML or Word (.docx), up to 5 MB.")
    )
    imported: ImportedGuide

    def clean_document(self) -> Any:
        upload = self.cleaned_data["document"]
        # The reader needs a named file: it uses the extension, and the stem if there is no title.
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / (Path(upload.name).name[-80:] or "document")
            copy.write_bytes(upload.read(LARGEST_FILE + 1))
            try:
                self.imported = read_guide(copy, self.cleaned_data.get("language", ""))
            except UnreadableDocument as reason:
                raise forms.ValidationError(_("This file can’t become a guide: %(reason)s") % {"reason": reason}) from None
        return upload


class ImportDesk(admin.ModelAdmin):
    """Mixin with the import view."""

    def get_urls(self) -> list[URLPattern]:
        return [path("import/", self.admin_site.admin_view(self.import_view), name="articles_guide_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form. On success store a draft, with the reader's doubts as a comment."""
        if not permissions.may_edit(request.user):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            guide = store(form.imported, form.cleaned_data["language"], permissions.staff(request.user))
            messages.success(request, _("“%(title)s” is a draft now. Visitors see nothing of it.") % {"title": guide.title})
            return HttpResponseRedirect(reverse("admin:articles_guide_change", args=[guide.pk]))
        context = {**self.admin_site.each_context(request), "title": _("Import a document"), "opts": self.opts, "form": form}
        return render(request, "admin/articles/guide/import.html", context)


@transaction.atomic
def store(imported: ImportedGuide, language: str, by: User) -> Guide:
    """Create the draft and one comment that lists the reader's doubts, for an editor to resolve."""
    guide = drafts.create_draft(imported, language=language, by=by)
    comments.add_import_report(guide, imported, by=by)
    return guide
