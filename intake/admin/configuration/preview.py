"""A preview button for settings pages: "What would this change?". It shows the effects of a change without saving it."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from intake.admin.configuration import what_if
from intake.models import Centre

BUTTON = "_preview"
_TRYING, _SHOWING = "trying", "showing"


class PreviewMixin(admin.ModelAdmin):
    """Adds the preview to a ModelAdmin whose objects affect a centre; override centre_of()."""

    change_form_template = "admin/intake/preview.html"

    def centre_of(self, obj: Any) -> Centre | None:
        """Return the centre that `obj` affects, or None if it affects all."""
        raise NotImplementedError

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id and request.method == "POST" and BUTTON in request.POST else None
        centre = None if row is None or not self.has_change_permission(request, row) else self.centre_of(row)
        if centre is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        step = request.__dict__.setdefault("_preview", {"step": _TRYING, "before": what_if.facts(centre, timezone.now())})
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if "changes" not in step:
            return response  # the form has errors
        step["step"] = _SHOWING
        context = {**(extra_context or {}), "previewed": True, "changes": step["changes"]}
        return super().changeform_view(request, object_id, form_url, context)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        step = getattr(request, "_preview", None)
        if step is None:
            return super().response_change(request, obj)
        # Django has saved everything by now, in a transaction that is still open: compute the facts, then roll it back.
        centre = self.centre_of(obj)
        step["changes"] = [] if centre is None else what_if.changes(step["before"], what_if.facts(centre, timezone.now()))
        transaction.set_rollback(True)
        return HttpResponse()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if getattr(request, "_preview", {}).get("step") != _SHOWING:
            return form
        # Show the form as typed, without saving it.
        return type(form.__name__, (form,), {"is_valid": lambda self: False})
