"""Records in the audit trail what is added, changed and removed in the admin: which row, not what it holds."""

from typing import Any

from django.http import HttpRequest

from recovery_site.staff import audit


class RecordsChanges:
    """Mixin of every ModelAdmin, added when it is registered (admin_site). One more insert a change.

    Not for what its own verbs record: a ModelAdmin says so with `records_itself = True`. Guides have a history of their own.
    """

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "added")
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, obj, "changed")
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self._record(request, obj, "removed")
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def _record(self, request: HttpRequest, obj: Any, what: str) -> None:
        if getattr(self, "records_itself", False) or getattr(self, "desk", "") == "guides":
            return
        # A centre's settings belong to its own part of the trail; this package doesn't know the model.
        is_centre = obj._meta.model_name == "centre"
        centre_id = obj.pk if is_centre else getattr(obj, "centre_id", None)
        audit.record("settings_changed", by=request.user, centre_id=centre_id, model=obj._meta.label_lower, row=str(obj.pk), what=what)
