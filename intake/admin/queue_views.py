"""The queue page: its saved views, filters, live rows and steps for several cases at once."""

import hashlib
from dataclasses import fields
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake.admin import bulk
from intake.admin.requests import StaffRequest
from intake.admin.rows import ON_FRONT_PAGE, rows, with_topics
from intake.cases import labels, permissions
from intake.disclosure.referrals import offered_to
from intake.models import Centre, Inquiry
from intake.queue import finding, queue
from recovery_site.staff.paths import number

ROWS = "admin/intake/inquiry/rows.html"


@require_safe
def queue_page(request: StaffRequest) -> HttpResponse:
    """Show one view of the queue of all centres of the person who asks."""
    context = _context(request)
    context["rows"] = with_topics(context["rows"], request.user)
    chosen = context["view"]
    return render(
        request,
        "admin/intake/inquiry/queue.html",
        {
            **admin.site.each_context(request),
            **context,
            "title": chosen.title,
            "views": _tabs(request, chosen),
            "centre_tabs": _centre_tabs(request),
            "offered": offered_to(request.user).count(),
            "chosen_centre": _filters(request.GET).get("centre", ""),
            "filters": _filter_choices(request.GET),
            "narrowed": bool(_filters(request.GET).keys() - {"centre"}),
            "bulk": bulk.BulkForm(centres=permissions.centre_roles(request.user)),
        },
    )


@require_safe
def queue_rows(request: StaffRequest) -> HttpResponse:
    """Return the rows alone, for a page that keeps itself fresh; 304 when they are as the browser has them."""
    context = _context(request)
    etag = quote_etag(_fingerprint(context))
    response = get_conditional_response(request, etag=etag)
    if response is None:
        # What the cases are about is decrypted only when it is shown; it doesn't change without what the tag is made from.
        context["rows"] = with_topics(context["rows"], request.user)
        response = HttpResponse(render_to_string(ROWS, context, request))
    response["ETag"] = etag
    # The browser may keep nothing of it; the page that asks holds the tag itself.
    response["Cache-Control"] = "no-store"
    return response


def _fingerprint(context: dict[str, Any]) -> str:
    """Return a hash of everything that the rows are made from: most refreshes bring nothing new, and writing rows out is dear."""
    shown: list[Any] = [get_language(), *(context[name] for name in sorted(context) if name not in ("rows", "view", "next"))]
    for row in context["rows"]:
        shown += [getattr(row, field.name) for field in fields(row) if field.name != "inquiry"]
        shown += [(name, value) for name, value in vars(row.inquiry).items() if not name.startswith("_")]
        shown += [str(row.inquiry.claimed_by), str(row.inquiry.centre)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


@require_POST
def queue_bulk(request: StaffRequest) -> HttpResponse:
    """Do one step for several cases: each by the rules of the single step, each in its own transaction."""
    _members_only(request)
    form = bulk.BulkForm(request.POST, centres=permissions.centre_roles(request.user))
    if not form.is_valid():
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
    else:
        result = bulk.carry_out(form.cleaned_data, request.POST.getlist("case"), by=request.user)
        if result.done:
            messages.success(request, ngettext("%(n)d case done.", "%(n)d cases done.", result.done) % {"n": result.done})
        for reference, why in result.refused:
            messages.warning(request, f"{reference}: {why}")
    kept = _without_place(request.GET)
    address = reverse("admin:intake_inquiry_changelist") + (f"?{kept}" if kept else "")
    return HttpResponseRedirect(address, status=303)


@require_POST
def find(request: StaffRequest) -> HttpResponse:
    """Find cases by reference, phone or e-mail. Sent in the body: none of the three belongs into an address or a log."""
    _members_only(request)
    found = finding.find(request.POST.get("q", "").strip()[:254], by=request.user)
    if found.case is not None:
        return HttpResponseRedirect(reverse("admin:intake_inquiry_case", args=[found.case.reference]), status=303)
    context = {
        **admin.site.each_context(request),
        "title": _("Found"),
        "rows": with_topics(rows(found.cases), request.user),
        "query": "",
        "mixed": True,
        "several_centres": True,
    }
    return render(request, "admin/intake/inquiry/found.html", context)


def _members_only(request: StaffRequest) -> None:
    if not permissions.centre_roles(request.user):
        raise PermissionDenied


def _context(request: StaffRequest) -> dict[str, Any]:
    _members_only(request)
    view = queue.VIEWS.get(request.GET.get("view", ""), queue.NEXT)
    token = request.GET.get("after", "")
    # The front page shows the top of the queue, and nothing to tick.
    short = "top" in request.GET
    after = queue.Place.from_token(token) if token else None
    size = ON_FRONT_PAGE if short else queue.PAGE
    page = queue.page(request.user, view, filters=_filters(request.GET), after=after, size=size)
    return {
        "view": view,
        "rows": rows(page.rows),
        "next": page.next,
        "first_page": not token,
        "query": _without_place(request.GET),
        "selectable": not short,
        "several_centres": len(permissions.centre_roles(request.user)) > 1,
    }


def _without_place(data: QueryDict) -> str:
    return urlencode({name: str(data[name]) for name in ("view", "centre", *queue.FILTERS) if data.get(name)})


def _filters(data: QueryDict) -> dict[str, Any]:
    """Return the filters that the address asks for; what is no value of that column is left out."""
    found: dict[str, Any] = {}
    for name, _label, choices in _selects():
        value = str(data.get(name, ""))
        if value in (str(choice) for choice, _title in choices):
            found[name] = value
    if (centre := number(str(data.get("centre", "")))) is not None:
        found["centre"] = centre
    return found


def _selects() -> list[tuple[str, str, list[tuple[Any, Any]]]]:
    return [
        ("priority", _("Priority"), list(Inquiry.Priority.choices)),
        ("for_whom", _("For whom"), list(Inquiry.ForWhom.choices)),
        ("contact_way", _("Contact by"), list(Inquiry.ContactWay.choices)),
        ("language", _("Language"), labels.languages()),
    ]


def _tabs(request: StaffRequest, chosen: queue.QueueFilter) -> list[dict[str, Any]]:
    counts = queue.counts(request.user)
    return [
        {"title": view.title, "slug": view.slug, "current": view is chosen, "count": _capped(counts.get(view.slug))}
        for view in queue.VIEWS.values()
    ]


def _centre_tabs(request: StaffRequest) -> list[dict[str, Any]]:
    """Return the view of each centre of somebody who works at several; empty for all others."""
    roles = permissions.centre_roles(request.user)
    if len(roles) < 2:
        return []
    chosen = _filters(request.GET).get("centre")
    centres = Centre.objects.filter(pk__in=roles.keys()).values_list("pk", "name")
    return [{"pk": pk, "title": name, "current": (pk or None) == chosen} for pk, name in [("", _("All centres")), *centres]]


def _capped(count: int | None) -> str:
    if count is None:
        return ""
    return f"{queue.COUNT_UP_TO - 1}+" if count >= queue.COUNT_UP_TO else str(count)


def _filter_choices(data: QueryDict) -> list[dict[str, Any]]:
    """Return the selects above the queue: their name, label, choices and what is chosen."""
    chosen = _filters(data)
    return [
        {
            "name": name,
            "label": label,
            "choices": [(str(value), title, str(chosen.get(name, "")) == str(value)) for value, title in choices],
        }
        for name, label, choices in _selects()
    ]
