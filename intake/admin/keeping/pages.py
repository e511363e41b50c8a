"""The page "Keeping and erasing", for leads, auditors and operators, and what its buttons do."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.factors import step_up
from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.admin.keeping.forms import HoldForm
from intake.admin.requests import StaffRequest
from intake.cases import case_keys, permissions
from intake.crypto import keyring, sealing
from intake.models import Centre, ErasingRound, LegalHold, RetentionRule, WithheldCase
from intake.retention import holds, policy, rounds
from recovery_site.staff import time_zones
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

LIFTED_SHOWN = 20
OUTCOMES = dict(RetentionRule.Outcome.choices)


def may_see(user: Any) -> bool:
    """Return whether `user` has the page: leads, auditors and operators."""
    return permissions.can_configure(user) or has_role(user, AUDITOR)


def _centres(user: User) -> QuerySet[Centre]:
    """Return the centres whose rules and rounds `user` may decide about."""
    return Centre.objects.all() if user.is_superuser else Centre.objects.filter(pk__in=permissions.led_centres(user))


def _back(anchor: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:intake_legalhold_changelist')}{anchor}", status=303)


@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """Show the times of keeping, rounds of erasing that wait, and legal holds."""
    user = request.user
    if not may_see(user):
        raise PermissionDenied
    now, centres = timezone.now(), _centres(user).prefetch_related("retention_rules").order_by("name")
    waiting = ErasingRound.objects.filter(state=ErasingRound.State.WAITS, centre__in=centres).select_related("centre")
    seen = holds.visible_to(user).select_related("centre", "inquiry", "asked_by", "approved_by", "lift_asked_by", "lifted_by")
    context = {
        **admin.site.each_context(request),
        "title": _("Keeping and erasing"),
        "waiting": [_waiting(one, now) for one in waiting],
        "centres": centres,
        "recommended": [(OUTCOMES[outcome], days) for outcome, days in policy.RECOMMENDED.items()],
        "holds": [_hold(hold, user) for hold in seen.in_force().prefetch_related("readers")],
        "lifted": seen.exclude(lifted_at=None).order_by("-lifted_at")[:LIFTED_SHOWN],
        "may_ask": bool(permissions.led_centres(user)),
        "today": timezone.localdate(),
    }
    return render(request, "admin/intake/keeping.html", context)


def _waiting(one: ErasingRound, now: Any) -> dict[str, Any]:
    """Return a waiting round with what is due now, which may be more than when it began to wait."""
    found = rounds.counts(one.centre, now)
    return {"round": one, "rows": [(OUTCOMES[outcome], n) for outcome, n in found.items()], "number": sum(found.values())}


def _hold(hold: LegalHold, user: User) -> dict[str, Any]:
    decides = holds.may_decide(user, hold.centre)
    zone = time_zones.zone(hold.centre.time_zone)
    return {
        # By the clock of the centre, as they were typed.
        "first": hold.since.astimezone(zone).date() if hold.since else None,
        "last": (hold.until - dt.timedelta(seconds=1)).astimezone(zone).date() if hold.until else None,
        "hold": hold,
        "is_due": hold.review_on <= timezone.localdate(),
        "ends": hold.asked_at + holds.UNAPPROVED_FOR,
        "steps": [step for step in STEPS.values() if decides and step.fits(hold, user)],
        "may_keep": decides and hold.approved_at is not None,
        "withheld": list(holds.withheld(hold)) if holds.may_read(user, hold) else [],
    }


class Step:
    """A button of a hold: its code in the address, its words, when it fits, the verb, and what is said afterwards."""

    def __init__(self, code: str, words: Any, fits: Callable[[LegalHold, User], bool], verb: Callable[..., Any], done: Any) -> None:
        self.code, self.words, self.fits, self.verb, self.done = code, words, fits, verb, done


STEPS = {
    step.code: step
    for step in (
        Step(
            "approve",
            gettext_lazy("Approve the hold"),
            lambda hold, user: hold.approved_at is None and hold.asked_by_id != user.pk,
            holds.approve,
            gettext_lazy("The hold is approved."),
        ),
        Step(
            "refuse",
            gettext_lazy("End it: it is not needed"),
            lambda hold, user: hold.approved_at is None,
            holds.refuse,
            gettext_lazy("The hold has ended."),
        ),
        Step(
            "ask-to-lift",
            gettext_lazy("Ask to lift it"),
            lambda hold, user: hold.approved_at is not None and hold.lift_asked_by_id is None,
            holds.ask_to_lift,
            gettext_lazy("Another person must agree. Until then the hold stays."),
        ),
        Step(
            "lift",
            gettext_lazy("Agree, and lift it"),
            lambda hold, user: hold.lift_asked_by_id not in (None, user.pk),
            holds.lift,
            gettext_lazy("The hold is lifted. What it alone kept is erased within minutes."),
        ),
    )
}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: StaffRequest) -> HttpResponse:
    """Ask for a hold. For leads."""
    if not permissions.led_centres(request.user):
        raise PermissionDenied
    form = HoldForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        scope = form.scope(permissions.visible_inquiries(request.user))
        if scope is not None:
            data = form.cleaned_data
            facts = {name: data[name] for name in ("reason", "file_number", "review_on")}
            try:
                holds.ask(data["centre"], scope, by=request.user, readers=list(data["readers"]), **facts)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("The hold keeps from now on. Another person must approve it within seven days."))
                return _back("#holds")
    context = {**admin.site.each_context(request), "title": _("Ask for a legal hold"), "form": form}
    return render(request, "admin/intake/ask_for_hold.html", context, status=422 if form.errors else 200)


@require_POST
@step_up.required
def take_step(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """Approve, end, or lift a hold, or keep it until another day."""
    hold = get_object_or_404(holds.visible_to(request.user), pk=pk)
    try:
        if step == "keep":
            day = parse_date(request.POST.get("review_on", "")) if request.POST.get("review_on") else None
            if day is None:
                raise Refused(_("Choose a day within the next year on which you look at the hold again."))
            holds.keep(hold, by=request.user, review_on=day)
            messages.success(request, _("The hold stays."))
        elif step in STEPS:
            STEPS[step].verb(hold, by=request.user)
            messages.success(request, STEPS[step].done)
    except ValueError:  # a day that no calendar has
        messages.error(request, _("Choose a day within the next year on which you look at the hold again."))
    except Refused as refused:
        messages.error(request, refused.message)
    return _back("#holds")


@require_safe
def case(request: StaffRequest, pk: int, reference: str) -> HttpResponse:
    """Show what a hold keeps of a withdrawn case. Only for the leads whom the hold names."""
    hold = get_object_or_404(holds.visible_to(request.user), pk=pk)
    if not holds.may_read(request.user, hold):
        raise PermissionDenied
    row = get_object_or_404(holds.withheld(hold), inquiry__reference=reference)
    pieces: list[holds.Piece] | None = None
    try:
        pieces = holds.read(hold, row.inquiry, by=request.user)
    except WithheldCase.DoesNotExist:
        return _back("#holds")
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        pass
    context = {
        **admin.site.each_context(request),
        "title": _("Kept by a hold: %(reference)s") % {"reference": reference},
        "hold": hold,
        "row": row,
        "pieces": pieces,
    }
    return render(request, "admin/intake/withheld_case.html", context)


@require_POST
@step_up.required
def allow(request: StaffRequest, pk: int) -> HttpResponse:
    """Allow a round of erasing that waits, as large as it was shown. 404 for who may not decide about the centre."""
    waiting = get_object_or_404(ErasingRound, pk=pk, centre__in=_centres(request.user))
    try:
        allowed = rounds.allow(waiting, by=request.user, number=number(request.POST.get("number", "")) or 0)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext("%(n)d case will be erased within minutes.", "%(n)d cases will be erased within minutes.", allowed.limit)
        messages.success(request, words % {"n": allowed.limit})
    return _back()


@require_POST
def use_recommended(request: StaffRequest) -> HttpResponse:
    """Give a centre the recommended times for the outcomes that have none. 404 for who may not decide about it."""
    centre = get_object_or_404(_centres(request.user), pk=number(request.POST.get("centre", "")) or 0)
    policy.use_recommended(centre, by=request.user)
    messages.success(request, _("%(centre)s has the recommended times now. You can change each of them.") % {"centre": centre})
    return _back("#times")


@admin.register(LegalHold)
class LegalHoldAdmin(admin.ModelAdmin):
    """Replaces all pages of ModelAdmin: holds are changed by verbs only, and recorded as events."""

    desk = "centers"
    purpose = gettext_lazy("When closed cases are erased, and what must be kept.")
    when_empty = gettext_lazy("There is no hold.")

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Callable[..., Any], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"intake_legalhold_{name}")

        return [
            at("", page, "changelist"),
            at("ask/", ask, "ask"),
            at("recommended/", use_recommended, "recommended"),
            at("rounds/<int:pk>/allow/", allow, "allow"),
            at("<int:pk>/case/<reference:reference>/", case, "case"),
            at("<int:pk>/<slug:step>/", take_step, "step"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see(request.user)

    def has_view_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return may_see(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        return False
