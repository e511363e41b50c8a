"""Admin of supply alerts: one person writes them, a second clinician approves them, nobody changes them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles import permissions, topics
from articles.models import SupplyAlert
from articles.safety import supply_alerts
from recovery_site.staff.moments import MomentField
from recovery_site.verbs import Refused


class SupplyAlertForm(forms.ModelForm):
    """Writes an alert, with one text for each language of the site."""

    substances = forms.MultipleChoiceField(
        label=_("Substances"), choices=list(topics.SUBSTANCES.items()), widget=forms.CheckboxSelectMultiple
    )
    ends_at = MomentField(label=_("Ends"), help_text=_("At most six weeks from now. It can be ended earlier."))

    class Meta:
        model = SupplyAlert
        fields = ("region", "substances", "source", "ends_at")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["texts"] = {code: cleaned.get(f"text_{code}", "") for code, _name in settings.LANGUAGES}
        if not self.errors and (message := supply_alerts.obstacle(cleaned["texts"], cleaned.get("ends_at"), timezone.now())):
            raise forms.ValidationError(message)
        return cleaned


@admin.register(SupplyAlert)
class SupplyAlertAdmin(admin.ModelAdmin):
    desk = "guides"
    purpose = _("Warn readers of what is in the drugs now.")
    when_empty = _("When something new and dangerous is in the drugs of a region, write it here. A second clinician approves it.")
    form = SupplyAlertForm
    change_form_template = "admin/articles/supplyalert/change_form.html"
    list_display = ("shown_text", "where", "state", "ends_at", "writer_name", "approver_name")
    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_see_alerts(request.user)

    def has_view_permission(self, request: HttpRequest, obj: SupplyAlert | None = None) -> bool:
        return permissions.may_see_alerts(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_write_alerts(request.user)

    def has_change_permission(self, request: HttpRequest, obj: SupplyAlert | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SupplyAlert | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        def at(name: str, view: Any) -> URLPattern:
            return path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"articles_supplyalert_{name}")

        return [at("approve", self.approve_view), at("end", self.end_view), *super().get_urls()]

    @admin.display(description=_("text"))
    def shown_text(self, alert: SupplyAlert) -> str:
        return alert.text_in(settings.LANGUAGE_CODE)

    @admin.display(description=_("where"), ordering="region")
    def where(self, alert: SupplyAlert) -> str:
        return alert.where

    @admin.display(description=_("state"))
    def state(self, alert: SupplyAlert) -> str:
        return str(alert.state_at(timezone.now()).label)

    def get_form(self, request: HttpRequest, obj: SupplyAlert | None = None, change: bool = False, **kwargs: Any) -> Any:
        if change:
            return super().get_form(request, obj, change, **kwargs)
        texts = {
            f"text_{code}": forms.CharField(
                label=gettext("Text (%(language)s)") % {"language": name},
                max_length=supply_alerts.MOST_CHARACTERS,
                widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
                help_text=gettext("What is in the drugs, what it does, and what to do, in plain words."),
            )
            for code, name in settings.LANGUAGES
        }
        return type("SupplyAlertForm", (SupplyAlertForm,), texts)

    def get_fields(self, request: HttpRequest, obj: SupplyAlert | None = None) -> list[Any]:
        if obj is not None:
            return []  # the page shows it as visitors read it, and its record
        return ["region", "substances", *(f"text_{code}" for code, _name in settings.LANGUAGES), "source", "ends_at"]

    def save_model(self, request: HttpRequest, obj: SupplyAlert, form: Any, change: bool) -> None:
        names = ("region", "substances", "texts", "source", "ends_at")
        written = supply_alerts.propose(by=permissions.staff(request.user), **{name: form.cleaned_data[name] for name in names})
        obj.__dict__.update(written.__dict__)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        alert = kwargs.get("obj")
        if alert is not None:
            state = alert.state_at(timezone.now())
            context |= {
                "alert": alert,
                "state": state,
                "texts": [(code, name, alert.texts.get(code, "")) for code, name in settings.LANGUAGES],
                "why_not_approve": supply_alerts.why_not_approve(permissions.staff(request.user), alert),
                "may_end": state != SupplyAlert.State.ENDED and permissions.may_write_alerts(request.user),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve a proposed alert."""
        return self._do(request, pk, supply_alerts.approve, gettext("Approved. Visitors read it from now on."))

    @method_decorator(require_POST)
    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End an alert before its time."""
        return self._do(request, pk, supply_alerts.end, gettext("Ended. Visitors no longer read it."))

    def _do(self, request: HttpRequest, pk: int, verb: Any, done: str) -> HttpResponse:
        if not permissions.may_see_alerts(request.user):
            raise PermissionDenied
        alert = get_object_or_404(SupplyAlert, pk=pk)
        try:
            verb(alert, by=permissions.staff(request.user))
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            self.log_change(request, alert, done)
            messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:articles_supplyalert_change", args=[pk]))
