"""Admin of centres with their opening hours and members, for leads and superusers."""

from itertools import pairwise
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.factors import step_up
from accounts.models import User
from intake.admin.configuration import openings
from intake.admin.configuration.preview import PreviewMixin
from intake.admin.people import colleagues, members
from intake.assessment import readiness, routing
from intake.cases import permissions
from intake.crypto import keyring
from intake.models import Centre, CentreTranslation, Holiday, Level, Membership, OpeningHours, Payment, RetentionRule
from intake.models.centres import CentreTexts
from intake.retention import policy
from intake.scheduling.opening_hours import clock
from intake.triage import absences
from recovery_site.staff import moments, time_zones
from recovery_site.staff.admin_site import DeskLink
from recovery_site.staff.inlines import NamedDeleteFormSet

TEXTS = tuple(field.name for field in CentreTexts._meta.get_fields())


class CentreForm(forms.ModelForm):
    """The settings of a centre. Time zones are chosen from a list."""

    time_zone = forms.ChoiceField(
        label=capfirst(_("time zone")),
        choices=time_zones.choices,
        help_text=_("Open the list and type the first letters of the place. Opening hours, days off and shifts are by this clock."),
    )
    languages = forms.MultipleChoiceField(
        label=capfirst(_("languages spoken")), choices=settings.LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    payments = forms.MultipleChoiceField(
        label=capfirst(_("how people can pay")), choices=Payment.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    levels = forms.MultipleChoiceField(
        label=capfirst(_("levels of care")),
        choices=Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For these your team can say on its front page what is free."),
    )

    class Meta:
        model = Centre
        fields = (
            "name",
            "slug",
            "legal_name",
            "address",
            "phone",
            "time_zone",
            "languages",
            "payments",
            "levels",
            "always_open",
            *TEXTS,
            "is_default",
            "accepts_inquiries",
            "promise_minutes",
            "urgent_promise_minutes",
            "escalate_after_minutes",
            "monthly_drill",
            "notify_address",
            "paused_until",
            "cadence_tries",
            "cadence_days",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the moments by the clock of the centre, as its zone is chosen in the same form."""
        super().__init__(*args, **kwargs)
        stored = self.instance.time_zone
        if "time_zone" in self.fields:
            self.fields["time_zone"].choices = time_zones.choices(stored)  # type: ignore[attr-defined]
        moments.use_zone(self, time_zones.zone(self.data.get(self.add_prefix("time_zone"), stored), stored))


class CentreRows(InlineModelAdmin):
    """Inline rows of a centre, for users who may configure the centre."""

    extra = 0
    formset = NamedDeleteFormSet
    formfield_overrides: ClassVar[dict[Any, Any]] = {models.TimeField: {"widget": moments.ClockInput}}

    def has_view_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return permissions.can_configure(request.user, obj)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return permissions.can_configure(request.user, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:  # the column heading isn't associated with the field for screen readers
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field


class CentreInline(CentreRows, admin.TabularInline):
    pass


def kept_rows(formset: forms.BaseFormSet, *needed: str) -> list[dict[str, Any]]:
    """Return the rows of a formset that will be stored and in which the `needed` fields are filled in."""
    rows = [form.cleaned_data for form in formset.forms if getattr(form, "cleaned_data", None)]
    return [row for row in rows if not row.get("DELETE") and all(row.get(name) is not None for name in needed)]


class OpeningHoursFormSet(NamedDeleteFormSet):
    """Refuses hours that overlap: minutes would seem to be there twice."""

    def clean(self) -> None:
        super().clean()
        rows = sorted(kept_rows(self, "weekday", "opens", "closes"), key=lambda row: (row["weekday"], row["opens"]))
        for one, other in pairwise(rows):
            if one["weekday"] == other["weekday"] and other["opens"] < one["closes"]:
                facts = {
                    "day": str(WEEKDAYS[one["weekday"]]),
                    "other": clock(other["opens"]),
                    "start": clock(one["opens"]),
                    "end": clock(max(one["closes"], other["closes"])),
                    "first_end": clock(one["closes"]),
                }
                raise ValidationError(
                    _(
                        "%(day)s: the row from %(start)s ends at %(first_end)s, but another begins at %(other)s already. "
                        "Write one row from %(start)s to %(end)s."
                    ),
                    params=facts,
                )


class HolidayFormSet(NamedDeleteFormSet):
    """Refuses two rows about the same day."""

    def clean(self) -> None:
        super().clean()
        rows = sorted(kept_rows(self, "day"), key=lambda row: row["day"])
        for one, other in pairwise(rows):
            if other["day"] <= (one.get("last_day") or one["day"]):
                day = date_format(other["day"], "MONTH_DAY_FORMAT")
                raise ValidationError(_("Two rows are about %(day)s. Write one row for each day."), params={"day": day})


class ByTheClockOfTheCentre(CentreInline):
    """Rows of days and times. Their heading says whose clock they are on."""

    def get_formset(self, request: HttpRequest, obj: Centre | None = None, **kwargs: Any) -> Any:
        if obj is not None:  # this instance is of one request
            zone = time_zones.in_words(time_zones.zone(obj.time_zone))
            self.verbose_name_plural = f"{self.model._meta.verbose_name_plural} ({zone})"
        return super().get_formset(request, obj, **kwargs)


class OpeningHoursInline(ByTheClockOfTheCentre):
    model = OpeningHours
    formset = OpeningHoursFormSet


class HolidayInline(ByTheClockOfTheCentre):
    model = Holiday
    formset = HolidayFormSet
    fields = ("day", "last_day", "opens", "closes", "name", "answered_by")


class TranslationForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=capfirst(_("language")), choices=[(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    )

    class Meta:
        model = CentreTranslation
        fields = ("language", *TEXTS)


class TranslationInline(CentreRows, admin.StackedInline):
    model = CentreTranslation
    form = TranslationForm
    classes = ("collapse",)


class MembershipFormSet(NamedDeleteFormSet):
    """The members of a centre. The last who can be told of danger can't be removed or silenced while it has open cases."""

    def clean(self) -> None:
        super().clean()
        if self.instance.pk is None or any(self.errors):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        remaining = [form.instance for form in kept if form.instance.pk or form.has_changed()]
        for member in remaining:
            member.centre = self.instance  # as the form says, not as it is stored
        if reason := absences.objection_at(self.instance, remaining):
            raise ValidationError(reason)


class MembershipInline(CentreInline):
    """How the members are told, for leads. Who is a member, and with which role, is on a page of its own (intake.admin.people.members)."""

    model = Membership
    formset = MembershipFormSet
    readonly_fields = ("user", "role")
    fields = ("user", "role", "notify", "weekly_report", "report_language", "quiet_from", "quiet_until")

    def has_add_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return obj is not None and permissions.leads(request.user, obj)


class RetentionInline(CentreInline):
    model = RetentionRule


# Where on the centre's page a lack is mended: (anchor, words of the link). A key is made by the operator, in a shell.
LINKS = {
    readiness.Lack.HOURS: ("#opening_hours-group", _("Enter opening hours")),
}


def _members_page(centre: Centre) -> str:
    return reverse("admin:intake_centre_members", args=[centre.pk])


@admin.register(Centre)
class CentreAdmin(PreviewMixin):
    desk = "centers"
    purpose = _("Opening hours, members, and what is promised.")
    when_empty = _("Visitors can ask for help once there is a center with a key, opening hours and somebody to tell.")
    form = CentreForm
    formfield_overrides = moments.IN_ADMIN
    change_form_template = "admin/intake/centre.html"
    list_display = ("name", "phone", "accepts_inquiries", "is_default", "promise_minutes")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (OpeningHoursInline, HolidayInline, MembershipInline, RetentionInline, TranslationInline)
    fieldsets = (
        (_("What visitors see"), {"fields": ("name", "slug", "phone", "address", "languages", "levels", "payments", "legal_name")}),
        (
            _("Your own words on the centre's page"),
            {"fields": TEXTS, "classes": ("collapse",), "description": _("Write only what is true. What is empty isn't shown.")},
        ),
        (_("Opening hours"), {"fields": ("always_open",)}),
        (_("Taking inquiries"), {"fields": ("accepts_inquiries", "paused_until", "is_default", "time_zone")}),
        (
            _("What is promised, and who is told"),
            {"fields": ("promise_minutes", "urgent_promise_minutes", "escalate_after_minutes", "notify_address", "monthly_drill")},
        ),
        (_("Trying to reach someone"), {"fields": ("cadence_tries", "cadence_days")}),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            path("colleagues/", self.admin_site.admin_view(colleagues.page), name="intake_centre_colleagues"),
            path("openings/", self.admin_site.admin_view(openings.say), name="intake_centre_openings"),
            path("proposals/", self.admin_site.admin_view(members.proposals), name="intake_centre_proposals"),
            path("changes/", self.admin_site.admin_view(members.changes), name="intake_centre_changes"),
            path("<path:object_id>/members/", self.admin_site.admin_view(members.page), name="intake_centre_members"),
            *super().get_urls(),
        ]

    def desk_links(self, request: HttpRequest) -> list[DeskLink]:
        """Return the pages about the people of centres, for the front page."""
        if not permissions.can_configure(request.user):
            return []
        waits = reverse("admin:intake_centre_proposals")
        changed = reverse("admin:intake_centre_changes")
        return [
            DeskLink("people", gettext("Waits for your word"), waits, gettext("New members and roles that a second person confirms.")),
            DeskLink("people", gettext("Changes of people and keys"), changed, gettext("Members, roles, passwords and keys of 30 days.")),
            DeskLink(
                "people", gettext("New colleague"), reverse("admin:intake_centre_colleagues"), gettext("Add them, or send a link again.")
            ),
            DeskLink(
                "people", gettext("Who is on call"), reverse("admin:intake_inquiry_rota"), gettext("Plan weeks, copy and swap shifts.")
            ),
        ]

    def centre_of(self, obj: Centre) -> Centre:
        return obj

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what the centre still lacks to take inquiries, as stored."""
        centre = kwargs.get("obj")
        lacks = readiness.missing(centre) if centre is not None else []
        links = LINKS if centre is None else {**LINKS, readiness.Lack.PEOPLE: (_members_page(centre), _("Add or change a member"))}
        context["lacks"] = [{"words": lack.words, "link": links.get(lack)} for lack in lacks]
        # Where no centre can take inquiries, they go to the default one all the same.
        context["takes_all_the_same"] = bool(lacks) and routing.last_resort() == centre
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: Centre) -> HttpResponseRedirect:
        """Stay with the new centre: its page says what it still lacks to take inquiries."""
        return HttpResponseRedirect(reverse("admin:intake_centre_change", args=[obj.pk]))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Centre]:
        centres = super().get_queryset(request)
        if request.user.is_superuser:
            return centres
        return centres.filter(pk__in=permissions.led_centres(request.user))

    def get_readonly_fields(self, request: HttpRequest, obj: Centre | None = None) -> tuple[str, ...]:
        # The default centre concerns all centres, so only superusers may change it.
        return () if request.user.is_superuser else ("is_default",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_configure(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        return permissions.can_configure(request.user, obj)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Centre | None = None) -> bool:
        # Set accepts_inquiries to False instead, so that existing cases stay readable.
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask first who the person is: a new centre gets a key."""
        if request.method == "POST" and self.has_add_permission(request) and not step_up.is_fresh(request):
            return step_up.ask(request)
        return super().add_view(request, form_url, extra_context)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            user = cast(User, request.user)
            if not form.instance.retention_rules.exists():  # otherwise whoever added the centre chose its times
                policy.use_recommended(form.instance, by=user)
            # After all rows are saved, because the key file can't be rolled back.
            try:
                keyring.create_centre_key(form.instance, by=user)
            except keyring.KeyringError:
                # Such as a signature that only a person can give: the centre takes no inquiries until then.
                messages.error(request, str(readiness.Lack.KEY.words))
