"""Routing rules in the admin: ordered, tried with an example before they are saved."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.assessment import priority, routing
from intake.cases import choices, permissions
from intake.cases.inquiry_data import InquiryData
from intake.forms import centre_choices
from intake.models import OpeningHours, RoutingRule
from intake.scheduling import response_times
from recovery_site.staff.moments import MomentField


def _several(label: Any, offered: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=capfirst(label),
        choices=[choice for choice in offered if choice[0] != ""],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


WEEKDAYS = list(OpeningHours._meta.get_field("weekday").choices or [])


class RoutingRuleForm(forms.ModelForm):
    """A rule; what is left open matches everything."""

    regions = _several(_("states or regions"), choices.region_choices())
    languages = _several(_("languages"), settings.LANGUAGES)
    for_whom = _several(_("for whom"), choices.FOR_WHOM)
    age_bands = _several(_("ages"), choices.AGE_BANDS)
    substances = _several(_("substances"), choices.SUBSTANCES)
    payers = _several(_("payers"), choices.PAYERS)
    weekdays = forms.TypedMultipleChoiceField(
        label=capfirst(_("days")), choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = RoutingRule
        fields = "__all__"  # noqa: DJ007 (the operator's own form)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        person, centre = cleaned.get("person"), cleaned.get("centre")
        if person and centre and not person.memberships.filter(centre=centre).exists():
            self.add_error("person", ValidationError(_("This person does not work at that centre.")))
        if (team := cleaned.get("team")) and team.centre != centre:
            self.add_error("team", ValidationError(_("This team is another centre's.")))
        if centre and not centre.keys.filter(retired_at=None).exists():
            self.add_error("centre", ValidationError(_("This centre has no key yet, so nothing can be sealed to it.")))
        return cleaned


class ExampleForm(forms.Form):
    """An invented inquiry to try the rules on."""

    at = MomentField(label=_("When it comes (empty: now)"), required=False)
    centre = forms.ChoiceField(label=_("Centre that was asked for"), choices=centre_choices.centre_choices, required=False)

    region = forms.ChoiceField(label=_("State or region"), choices=choices.region_choices, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    for_whom = forms.ChoiceField(label=_("For whom"), choices=choices.FOR_WHOM)
    age_band = forms.ChoiceField(label=_("Age"), choices=choices.AGE_BANDS, required=False)
    substances = _several(_("Substances"), choices.SUBSTANCES)
    payer = forms.ChoiceField(label=_("Payer"), choices=choices.PAYERS, required=False)
    danger_now = forms.BooleanField(label=_("In danger now"), required=False)
    drafts = forms.BooleanField(label=_("Count rules that are not in use yet"), required=False, initial=True)


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin):
    desk = "centers"
    purpose = _("Which request goes to which center.")
    when_empty = _(
        "Without rules, every inquiry goes to the center that the visitor chose, or to the default center. The operator adds rules."
    )
    form = RoutingRuleForm
    list_display = ("position", "name", "centre", "team", "person", "priority", "promise_minutes", "is_active")
    list_display_links = ("name",)
    change_list_template = "admin/intake/routingrule/change_list.html"
    change_form_template = "admin/intake/routingrule/change_form.html"
    actions = ("move_up", "move_down")

    def get_urls(self) -> list[URLPattern]:
        return [path("try/", self.admin_site.admin_view(self.try_out), name="intake_routingrule_try"), *super().get_urls()]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "person":
            kwargs["queryset"] = User.objects.filter(is_active=True, is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_view_permission(self, request: HttpRequest, obj: RoutingRule | None = None) -> bool:
        # A lead sees and tries the rules that bring their centre its cases; the operator alone makes them, for they are one
        # order for all centres.
        return permissions.can_configure(request.user)

    def try_out(self, request: HttpRequest) -> HttpResponse:
        """Show where an example would go, and why each rule before did not hold. Nothing is stored.

        A rule that is being written comes along with the example: it is tried as if it were saved and in use.
        """
        if not self.has_view_permission(request):
            return self.admin_site.login(request) if request.user.is_anonymous else HttpResponse(status=403)
        context = {**self.admin_site.each_context(request), "title": now_gettext("Try the rules"), "opts": self.opts}
        if "position" in request.POST:
            context |= self._tried_with_new_rule(request)
        else:
            form = ExampleForm(request.POST or None)
            context |= {"form": form} | (_tried(form) if form.is_valid() else {})
        return render(request, "admin/intake/routingrule/try.html", context)

    def _tried_with_new_rule(self, request: HttpRequest) -> dict[str, Any]:
        stored = self.get_object(request, request.GET.get("rule", ""))
        rule_form = RoutingRuleForm(request.POST, instance=stored)
        plain = {"example-language": settings.LANGUAGE_CODE, "example-for_whom": "self", "example-drafts": ""}
        form = ExampleForm(request.POST if "example-language" in request.POST else plain, prefix="example")
        asked = {"csrfmiddlewaretoken", "_try", *(form.add_prefix(name) for name in form.fields)}
        context: dict[str, Any] = {
            "form": form,
            "rule_form": rule_form,
            "carried": [(name, value) for name, values in request.POST.lists() if name not in asked for value in values],
            "save_url": reverse("admin:intake_routingrule_change", args=[stored.pk]) if stored else reverse("admin:intake_routingrule_add"),
        }
        if rule_form.is_valid() and form.is_valid():
            with transaction.atomic():
                rule_form.instance.is_active = True
                rule_form.save()
                context |= _tried(form)
                transaction.set_rollback(True)
        return context

    @admin.action(description=_("Move up: look at it earlier"), permissions=["change"])
    def move_up(self, request: HttpRequest, queryset: QuerySet[RoutingRule]) -> None:
        for rule in queryset.order_by("position"):
            routing.move(rule, up=True)
            self.log_change(request, rule, now_gettext("Moved."))

    @admin.action(description=_("Move down: look at it later"), permissions=["change"])
    def move_down(self, request: HttpRequest, queryset: QuerySet[RoutingRule]) -> None:
        for rule in queryset.order_by("-position"):
            routing.move(rule, up=False)
            self.log_change(request, rule, now_gettext("Moved."))


def _tried(form: ExampleForm) -> dict[str, Any]:
    """Return where the example of a valid form goes, and what each rule says of it."""
    said = dict(form.cleaned_data)
    drafts, now = said.pop("drafts"), said.pop("at") or timezone.now()
    data = InquiryData(**said)
    urgency, _reasons = priority.assess(data)
    context: dict[str, Any] = {
        "looks": [(look.rule, FAILED.get(look.failed, "")) for look in routing.explain(data, now, drafts=drafts)],
    }
    try:
        route = routing.choose(data, urgency, now, drafts=drafts)
    except routing.NobodyToAnswer:
        return context | {"nobody": True}
    return context | {"route": route, "answer_by": response_times.at_centre(route.centre, route.answer_by)}


FAILED = {
    "centre": _("another centre was asked for"),
    "region": _("another state or region"),
    "language": _("another language"),
    "for_whom": _("for somebody else"),
    "age": _("another age"),
    "substance": _("other substances"),
    "payer": _("another payer"),
    "day": _("not on this day"),
    "time": _("not at this time"),
    "closed": _("the centre is closed now"),
    "paused": _("the centre takes no inquiries now"),
    "key": _("the centre has no key"),
    "incomplete": _("the center can’t take inquiries yet: its page says what is missing"),
    "load": _("the centre has too many open cases"),
}
