"""Admin of webhooks."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from intake.models import WebhookEndpoint
from intake.notifications.channels import webhook


class WebhookForm(forms.ModelForm):
    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if reason := webhook.objection(url):
            raise forms.ValidationError(reason, code="url")
        return url


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin):
    desk = "centers"
    form = WebhookForm
    purpose = _("Other systems that are told of new requests.")
    when_empty = _("You need one only if another system is to be told of new inquiries.")
    list_display = ("name", "url", "centre", "danger_only", "is_active")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    actions = ("make_new_secret",)

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            self._show_secret(request, obj)

    @admin.action(description=_("Make a new secret"), permissions=["change"])
    def make_new_secret(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in queryset:
            self._show_secret(request, endpoint)
            self.log_change(request, endpoint, now_gettext("Made a new secret."))

    def _show_secret(self, request: HttpRequest, endpoint: WebhookEndpoint) -> None:
        text = now_gettext("The secret of %(name)s, shown this once: %(secret)s")
        messages.warning(request, text % {"name": endpoint.name, "secret": webhook.new_secret(endpoint)})
