"""The rota of a centre, and the head of every staff page that says who is on call."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.models import Centre, OnCallShift
from intake.notifications import rota
from recovery_site.staff import moments, time_zones
from recovery_site.staff.admin_site import Panel
from recovery_site.staff.paths import number
from recovery_site.verbs import NotAllowed, Refused

SWAPPED_AHEAD = dt.timedelta(days=60)
MOST_CENTRES = 4  # named in the head of a page


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RotaForm(forms.Form):
    """A form of the page of one centre."""

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(centre)

    def offer(self, centre: Centre) -> None:
        """Limit the choices to what belongs to `centre`."""


class PatternForm(RotaForm):
    user = forms.ModelChoiceField(
        label=gettext_lazy("Who is on call"),
        queryset=User.objects.none(),
        help_text=gettext_lazy("Somebody is missing? Only who has a working e-mail address can be told at night."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days"), choices=list(WEEKDAYS.items()), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label=gettext_lazy("From (time of day)"), widget=moments.ClockInput)
    ends = forms.TimeField(
        label=gettext_lazy("Until (time of day)"), widget=moments.ClockInput, help_text=gettext_lazy("The next morning, if it is earlier.")
    )
    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput, help_text=gettext_lazy("It repeats every week until then."))

    def offer(self, centre: Centre) -> None:
        self.fields["user"].queryset = rota.able(centre)  # type: ignore[attr-defined]


class CopyForm(RotaForm):
    day = forms.DateField(label=gettext_lazy("A day of the week to copy"), widget=DayInput)
    weeks = forms.IntegerField(label=gettext_lazy("Into how many weeks after it"), min_value=1, max_value=26, initial=1)


class ShiftChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        zone = time_zones.zone(obj.centre.time_zone)
        return f"{time_zones.moment_in_words(obj.starts_at, zone)}: {obj.user}"


class SwapForm(RotaForm):
    one = ShiftChoice(label=gettext_lazy("This shift"), queryset=OnCallShift.objects.none())
    other = ShiftChoice(label=gettext_lazy("with this one"), queryset=OnCallShift.objects.none())

    def offer(self, centre: Centre) -> None:
        now = timezone.now()
        shifts = centre.on_call_shifts.filter(ends_at__gt=now, starts_at__lt=now + SWAPPED_AHEAD).select_related("user", "centre")
        for name in ("one", "other"):
            self.fields[name].queryset = shifts  # type: ignore[attr-defined]


FORMS: dict[str, type[RotaForm]] = {"plan": PatternForm, "copy": CopyForm, "swap": SwapForm}


@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """Show who is on call in the coming two weeks, with the gaps. For members, and for operators."""
    return _page(request, _chosen(request.user, request.GET.get("centre", "")))


@require_POST
def change(request: StaffRequest) -> HttpResponse:
    """Plan a weekly pattern, copy a week, or swap two shifts. For leads and operators."""
    centre = _chosen(request.user, request.POST.get("centre", ""))
    if not permissions.can_configure(request.user, centre):
        raise PermissionDenied
    step = request.POST.get("step", "")
    if step not in FORMS:
        return _page(request, centre)
    form = FORMS[step](request.POST, centre=centre, prefix=step)
    if form.is_valid():
        try:
            messages.success(request, _do(step, form.cleaned_data, centre, request))
        except (Refused, NotAllowed) as refused:
            form.add_error(None, refused.message)
        else:
            return HttpResponseRedirect(f"{reverse('admin:intake_inquiry_rota')}?centre={centre.pk}", status=303)
    return _page(request, centre, {step: form})


def _do(step: str, data: dict[str, Any], centre: Centre, request: StaffRequest) -> str:
    """Take a step of the rota; return what to tell the lead."""
    if step == "swap":
        rota.swap(data["one"], data["other"], by=request.user)
        return _("The two shifts are swapped. Tell both people.")
    if step == "copy":
        made, left_out = rota.copy_week(by=request.user, centre=centre, **data)
        if left_out:
            messages.warning(request, _("Left out, because they can’t be on call any more: %(names)s.") % {"names": ", ".join(left_out)})
    else:
        made = rota.plan(by=request.user, centre=centre, **data)
    return ngettext("%(n)d shift planned.", "%(n)d shifts planned.", made) % {"n": made}


def _centres(user: User) -> QuerySet[Centre]:
    return Centre.objects.all() if user.is_superuser else Centre.objects.filter(pk__in=permissions.centre_roles(user))


def _chosen(user: User, key: str) -> Centre:
    """Return the centre of the page: the one asked for, else the first of one's own. Raises PermissionDenied without any, Http404."""
    centres = _centres(user)
    if key:
        centre = centres.filter(pk=number(key) or 0).first()
        if centre is None:
            raise Http404
        return centre
    own = centres.filter(pk__in=permissions.centre_roles(user)).first() or centres.first()
    if own is None:
        raise PermissionDenied
    return own


def _page(request: StaffRequest, centre: Centre, tried: dict[str, forms.Form] | None = None) -> HttpResponse:
    now, zone = timezone.now(), time_zones.zone(centre.time_zone)
    today = now.astimezone(zone).date()
    may_plan = permissions.can_configure(request.user, centre)
    start: dict[str, Any] = {"plan": {"first": today}, "copy": {"day": today, "weeks": 1}}
    offered = {step: (tried or {}).get(step) or form(centre=centre, prefix=step, initial=start.get(step)) for step, form in FORMS.items()}
    days = rota.days(centre, now)
    context = {
        **admin.site.each_context(request),
        "title": _("On call: %(centre)s") % {"centre": centre.name},
        "centre": centre,
        "centres": _centres(request.user),
        "days": days,
        "has_gaps": any(day.gaps for day in days),
        "may_plan": may_plan,
        "forms": offered if may_plan else {},
        "tried": next(iter(tried or {}), ""),
        "zone": time_zones.in_words(zone),
    }
    with timezone.override(zone):
        return render(request, "admin/intake/rota.html", context, status=422 if tried else 200)


def on_call_head(request: HttpRequest) -> Panel | None:
    """Return the line that says who is on call now, and whether a hand-over note waits; None for who works at no centre."""
    user = request.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return None
    own = set(permissions.centre_roles(user))
    if not own and not user.is_superuser:
        return None
    at = rota.now_at(own or None, timezone.now())
    notes = [entry for key, entry in at.items() if key in own and entry.note_name and entry.note_by != user.pk]
    shown = sorted(at.values(), key=lambda entry: entry.centre)
    context = {"centres": shown[:MOST_CENTRES], "more": len(shown) > MOST_CENTRES, "several": len(shown) > 1, "notes": notes}
    return Panel("admin/intake/on_call_head.html", context) if shown else None
