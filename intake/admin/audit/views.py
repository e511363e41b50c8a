"""Who read what: the entries, the sums of each person, the file, and unusual reading."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.admin.audit import filters
from intake.admin.audit.lines import lines
from intake.admin.requests import StaffRequest
from intake.cases import events, permissions
from intake.models import Event, ReadingNotice
from intake.oversight import chain_state, entries, notices
from intake.reporting.exports import csv_file, safe_cell
from intake.scheduling import safe_times
from recovery_site.staff import time_zones
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

CHECKED = 20  # notices that were looked at, the latest


@require_safe
def entries_page(request: StaffRequest) -> HttpResponse:
    """List the entries, the newest first. Each opening of a page is recorded, with what was asked for."""
    chosen, context = _asked(request)
    wanted, after = chosen.wanted, entries.Place.from_token(request.GET.get("after", ""))
    rows, following = entries.page(wanted, request.user, after)
    context |= {
        "title": _("Who read what"),
        "lines": lines(rows, request.user),
        "next": following,
        "first_page": after is None,
        # Of one person or one case the sums stand above the entries.
        "sums": entries.sums(wanted, request.user) if (wanted.person or wanted.case) and after is None else [],
        "day_before": wanted.period.first - dt.timedelta(days=1),
        "day_after": wanted.period.last + dt.timedelta(days=1),
        "most": entries.MOST_EXPORTED,
        "chain": chain_state.state(
            list(filters.centres_of(request.user).values_list("pk", flat=True)), whole_site=permissions.reads_whole_record(request.user)
        ),
    }
    return _shown(request, "entries", chosen, context)


@require_safe
def people_page(request: StaffRequest) -> HttpResponse:
    """List what each person did in the period: how many cases they opened, contact details, searches, exports."""
    chosen, context = _asked(request, sums=True)
    context |= {"title": _("Who read what: by person"), "sums": entries.sums(chosen.wanted, request.user)}
    return _shown(request, "people", chosen, context, page="people")


@require_POST
def export(request: StaffRequest) -> HttpResponse:
    """Return the entries as a CSV file, and record it."""
    chosen, _context = _asked(request, request.POST)
    found = entries.entries(chosen.wanted, request.user)
    if found[: entries.MOST_EXPORTED + 1].count() > entries.MOST_EXPORTED:
        messages.error(request, _("More than %(n)s entries. Choose a shorter period.") % {"n": entries.MOST_EXPORTED})
        return HttpResponseRedirect(f"{reverse('admin:intake_event_changelist')}?{chosen.query}", status=303)
    rows = list(found.select_related("actor", "centre", "inquiry__centre").defer("inquiry__sealed", "inquiry__submission"))
    zone = safe_times.zone(request.user.time_zone)
    table: list[list[Any]] = [
        [f"{_('time')} ({time_zones.in_words(zone)})", _("number"), _("who"), _("what"), _("about"), _("case"), _("centre")]
    ]
    for line in lines(rows, request.user):
        moment = line.event.at.astimezone(zone)
        cells = [f"{moment:%Y-%m-%d %H:%M:%S}", line.event.pk, line.who, line.what, line.about, line.case, line.centre]
        table.append([safe_cell(cell) for cell in cells])
    wanted = chosen.wanted
    events.record_beside_cases(Event.Kind.AUDIT_EXPORTED, by=request.user, centre_id=wanted.centre, **wanted.codes(), rows=len(table) - 1)
    name = f"who-read-what-{wanted.period.first:%Y-%m-%d}-{wanted.period.last:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(csv_file(table), content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def notices_page(request: StaffRequest) -> HttpResponse:
    """List the unusual reading that waits for somebody to look at it, and take "I looked at it"."""
    _readers_only(request)
    refusal = ""
    if request.method == "POST":
        notice = ReadingNotice.objects.filter(pk=number(request.POST.get("notice", "")) or 0).first()
        try:
            if notice is None:
                raise Refused(_("There is no such notice."))
            notices.check(notice, by=request.user, why=request.POST.get("why", ""))
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("Thank you. That you looked at it is recorded."))
            return HttpResponseRedirect(reverse("admin:intake_event_notices"), status=303)
    zone = safe_times.zone(request.user.time_zone)
    context = {
        **admin.site.each_context(request),
        "title": _("Unusual reading"),
        "template": "notices",
        "refusal": refusal,
        "waiting": notices.waiting_for(request.user),
        "checked": notices.checked(request.user)[:CHECKED],
        "reasons": ReadingNotice.Why.choices,
        "zone": time_zones.in_words(zone),
    }
    with timezone.override(zone):
        return render(request, "admin/intake/audit/notices.html", context, status=422 if refusal else 200)


def _readers_only(request: StaffRequest) -> None:
    if not permissions.may_read_record(request.user):
        raise PermissionDenied


def _asked(request: StaffRequest, data: Any = None, *, sums: bool = False) -> tuple[filters.Filter, dict[str, Any]]:
    _readers_only(request)
    chosen = filters.asked(request.GET if data is None else data, request.user, timezone.now(), sums=sums)
    return chosen, {**admin.site.each_context(request), "filter": chosen, "wanted": chosen.wanted}


def _shown(request: StaffRequest, template: str, chosen: filters.Filter, context: dict[str, Any], **codes: Any) -> HttpResponse:
    """Render a page of the record, and record that it was read."""
    zone = safe_times.zone(request.user.time_zone)
    context |= filters.choices(request.user, chosen)
    context |= {"template": template, "zone": time_zones.in_words(zone), "notices": notices.waiting_for(request.user).count()}
    if request.method == "GET":
        entries.record_reading(chosen.wanted, request.user, **codes)
    with timezone.override(zone):
        return render(request, f"admin/intake/audit/{template}.html", context)
