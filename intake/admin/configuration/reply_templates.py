"""Admin of reply templates: leads edit those of their centres, superusers all."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from intake.cases import permissions
from intake.models import Centre, ReplyTemplate
from intake.queue import reply_templates


class ReplyTemplateForm(forms.ModelForm):
    keep_words = forms.BooleanField(
        label=capfirst(_("keep the words that the check found")), required=False, help_text=_("Only where they are a name or a quotation.")
    )

    class Meta:
        model = ReplyTemplate
        fields = ("centre", "language", "title", "body")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("body") and not cleaned.get("keep_words"):
            for problem in reply_templates.disrespectful(cleaned["body"], cleaned.get("language", "en")):
                self.add_error("body", problem)
        return cleaned

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        reply_templates.validate_placeholders(body)
        return body


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(admin.ModelAdmin):
    desk = "requests"
    purpose = _("Answers that your team sends often.")
    when_empty = _("A template saves typing the same answer again.")
    form = ReplyTemplateForm
    list_display = ("title", "language", "centre")
    list_filter = ("language",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplyTemplate]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(Q(centre=None) | Q(centre__in=permissions.led_centres(request.user)))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "centre" and not request.user.is_superuser:
            kwargs["queryset"] = Centre.objects.filter(pk__in=permissions.led_centres(request.user))
            kwargs["empty_label"] = None
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and not request.user.is_superuser:
            field.required = True
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_view_permission(self, request: HttpRequest, obj: ReplyTemplate | None = None) -> bool:
        return permissions.can_configure(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_change_permission(self, request: HttpRequest, obj: ReplyTemplate | None = None) -> bool:
        if obj is not None and obj.centre is None:
            return bool(request.user.is_active and request.user.is_superuser)
        return permissions.can_configure(request.user, None if obj is None else obj.centre)

    has_delete_permission = has_change_permission
