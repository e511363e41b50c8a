"""Admin of the registers, and the panel that says what comes due."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from compliance import clocks, registers
from compliance.forms import IncidentForm, VendorForm
from compliance.models import Incident, Vendor
from intake.cases import permissions
from recovery_site.staff.admin_site import Panel
from recovery_site.verbs import Refused


class RegisterAdmin(admin.ModelAdmin):
    """A register: rows are added, changed and closed, never deleted, and every change is recorded."""

    desk = "records"
    actions: Any = ()

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("css/triage.css",)}  # what is late stands in red

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        by: Any = request.user
        names = [name for name in form.changed_data if name != "nobodys"]
        registers.record(form.instance, by=by, what="changed" if change else "added", fields=names)


@admin.register(Incident)
class IncidentAdmin(RegisterAdmin):
    purpose = gettext_lazy("What went wrong with what people told us, and until when who must be told.")
    when_empty = gettext_lazy("No incident is written down.")
    form = IncidentForm
    list_display = ("found_on", "kind", "people", "breach", "due", "closed_on")
    list_filter = ("closed_on", "breach")
    filter_horizontal = ()
    readonly_fields = ("due", "closed_on", "written_by")
    actions = ("close",)
    fieldsets = (
        (
            gettext_lazy("What happened"),
            {"fields": ("found_on", "happened_on", "kind", "centres", "people", "many_in_one_state", "what_happened", "what_was_done")},
        ),
        (
            gettext_lazy("Is it a breach? Four questions"),
            {
                "fields": ("nature", "receiver", "viewed", "mitigated", "breach"),
                "description": gettext_lazy(
                    "It counts as a breach until the answers show a low probability. You must be able to show them: 45 CFR 164.414(b)."
                ),
            },
        ),
        (
            gettext_lazy("Who must be told, and who was"),
            {"fields": ("due", "people_told_on", "media_told_on", "hhs_told_on", "state_told_on", "delayed_until")},
        ),
        (None, {"fields": ("nobodys", "closed_on", "written_by")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        return super().get_queryset(request).filter(pk__in=registers.visible_incidents(request.user).values("pk"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Incident | None = None) -> bool:
        return registers.may_write_incidents(request.user) or registers.may_see_vendors(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return registers.may_write_incidents(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Incident | None = None) -> bool:
        return registers.may_write_incidents(request.user) and (obj is None or obj.closed_on is None)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        if db_field.name == "centres" and not registers.is_operator(request.user):
            kwargs["queryset"] = db_field.related_model.objects.filter(pk__in=permissions.led_centres(request.user))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> None:
        if not change:
            obj.written_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("still to tell"))
    def due(self, incident: Incident) -> SafeString | str:
        """Show each notice that wasn't sent with its last day; in red when that is near."""
        today = timezone.localdate()
        if incident.pk is None:
            return _("It is computed once this is saved.")
        rows = [(("late" if clock.is_near(today) else "quiet-line"), _clock_words(clock)) for clock in clocks.running(incident)]
        return format_html_join(mark_safe("<br>"), '<span class="{}">{}</span>', rows) if rows else "–"

    @admin.action(description=gettext_lazy("Close: everybody was told, or it is no breach"), permissions=["add"])
    def close(self, request: HttpRequest, queryset: QuerySet[Incident]) -> None:
        by: Any = request.user
        for incident in queryset:
            try:
                registers.close(incident, by=by)
            except Refused as refused:
                messages.error(request, f"{incident}: {refused.message}")
            else:
                messages.success(request, _("%(incident)s is closed.") % {"incident": incident})


@admin.register(Vendor)
class VendorAdmin(RegisterAdmin):
    purpose = gettext_lazy("Companies that could see what people told us, and the agreements with them.")
    when_empty = gettext_lazy("No vendor is written down. Mail, hosting, texts and backups are the usual ones.")
    form = VendorForm
    list_display = ("name", "service", "state", "review_on", "ended_on")
    list_filter = ("ended_on",)
    fieldsets = (
        (None, {"fields": ("name", "service", "sees", "sees_health_data")}),
        (gettext_lazy("Agreement"), {"fields": ("agreement_signed_on", "agreement_until", "agreement_file")}),
        (None, {"fields": ("review_on", "contact", "nobodys", "ended_on")}),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return registers.may_see_vendors(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Vendor | None = None) -> bool:
        return registers.may_see_vendors(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return registers.is_operator(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Vendor | None = None) -> bool:
        return registers.is_operator(request.user)

    @admin.display(description=gettext_lazy("agreement"))
    def state(self, vendor: Vendor) -> SafeString | str:
        if not vendor.sees_health_data:
            return _("not needed")
        if vendor.lacks_agreement(timezone.localdate()):
            return format_html('<span class="late">{}</span>', _("missing"))
        return date_format(vendor.agreement_until, "DATE_FORMAT") if vendor.agreement_until else _("signed")


def _clock_words(clock: clocks.Clock) -> str:
    """Return a notice that is due as a line, with its days."""
    today = timezone.localdate()
    facts = {"who": clock.who, "day": date_format(clock.due, "DATE_FORMAT"), "n": abs(clock.days_left(today)), "section": clock.section}
    if clock.days_left(today) < 0:
        return _("%(who)s: late by %(n)s days, since %(day)s (45 CFR %(section)s)") % facts
    return _("%(who)s: by %(day)s, in %(n)s days (45 CFR %(section)s)") % facts


def due_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the incidents whose clock runs and the vendors to look at; None when there are none. Two or three queries."""
    user = request.user
    if not isinstance(user, User) or not (registers.may_write_incidents(user) or registers.may_see_vendors(user)):
        return None
    today = timezone.localdate()
    lines = []
    for incident in clocks.open_incidents().filter(pk__in=registers.visible_incidents(user).values("pk")):
        for clock in clocks.running(incident):
            words = f"{incident.get_kind_display()}: {_clock_words(clock)}"
            lines.append({"words": words, "url": _page(incident), "late": clock.is_near(today)})
    if registers.may_see_vendors(user):
        for vendor in clocks.vendors_due(today):
            words = (
                _("%(vendor)s: the agreement is missing") if vendor.lacks_agreement(today) else _("%(vendor)s: look at the agreement again")
            )
            lines.append({"words": words % {"vendor": vendor}, "url": _page(vendor), "late": vendor.lacks_agreement(today)})
    lines.sort(key=lambda line: not line["late"])
    return Panel("admin/compliance/due_panel.html", {"lines": lines}) if lines else None


def _page(row: Incident | Vendor) -> str:
    return reverse(f"admin:compliance_{row._meta.model_name}_change", args=[row.pk])


admin.site.add_panel(due_panel, order=9)  # type: ignore[attr-defined]
