"""The members of a centre, for its leads; and what waits for somebody's word."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.factors import step_up
from accounts.models import User
from intake.admin.people.colleagues import ROLES, waits_for
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.memberships import announcements, deciding, first_leads, members, words
from intake.models import Centre, Membership, MembershipProposal
from intake.scheduling import safe_times
from recovery_site.staff import audit, time_zones
from recovery_site.staff.admin_site import Panel
from recovery_site.staff.paths import number
from recovery_site.verbs import NotAllowed, Refused

State = MembershipProposal.State


class AddForm(forms.Form):
    """A colleague who has an account already."""

    user = forms.ModelChoiceField(label=gettext_lazy("Colleague"), queryset=User.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("What they do"), choices=ROLES)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = people


class FirstLeadForm(AddForm):
    """The lead of a centre that has none."""

    role = None  # type: ignore[assignment]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest, object_id: str) -> HttpResponse:
    """Show who works at a centre. Its leads change it; an operator sees it, and proposes a lead where there is none."""
    user = request.user
    centre = Centre.objects.filter(pk=number(object_id) or 0).first()
    if not permissions.can_configure(user, centre):
        raise PermissionDenied
    if centre is None:
        raise Http404
    leads = deciding.leads_of(centre)
    may_lead, without_lead = leads.filter(pk=user.pk).exists(), not leads.exists()
    here = Membership.objects.filter(centre=centre).select_related("user").order_by("-role", "user__display_name")
    others = User.objects.filter(is_active=True, is_staff=True).exclude(memberships__centre=centre).order_by("display_name", "username")
    if request.method == "POST":
        if not step_up.is_fresh(request):
            return step_up.ask(request)
        try:
            _do(request, centre)
        except Refused as refused:
            messages.error(request, refused.message)
            if isinstance(refused, NotAllowed):
                audit.record("refused", by=user, centre_id=centre.pk, what="members")
        return HttpResponseRedirect(request.path, status=303)
    form: AddForm | None = None
    if may_lead:
        form = AddForm(people=others)
    elif without_lead and user.is_superuser:
        form = FirstLeadForm(people=User.objects.filter(is_active=True, is_staff=True).order_by("display_name", "username"))
    waiting = MembershipProposal.objects.filter(centre=centre, state=State.OPEN).select_related("user", "proposed_by")
    context = {
        **admin.site.each_context(request),
        "title": _("Members of %(centre)s") % {"centre": centre},
        "centre": centre,
        "members": here,
        "roles": ROLES,
        "form": form,
        "may_lead": may_lead,
        "without_lead": without_lead,
        "recovers": without_lead and first_leads.kind_at(centre) == MembershipProposal.Kind.RECOVERY,
        "waiting": [{"row": proposal, "own": proposal.proposed_by_id == user.pk} for proposal in waiting],
    }
    with timezone.override(safe_times.zone(user.time_zone)):
        return render(request, "admin/intake/members.html", context)


def _do(request: StaffRequest, centre: Centre) -> None:
    """Call the verb that the button names, and say what happened. Raises Refused."""
    do, by, role = request.POST.get("do", ""), request.user, request.POST.get("role", "")
    person = User.objects.filter(pk=number(request.POST.get("user", "")) or 0).first()
    if person is None:
        raise Refused(_("Choose a colleague."))
    if do == "add":
        proposal: MembershipProposal | None = members.add(centre, by=by, user=person, role=role)
    elif do == "role":
        proposal = members.change_role(centre, by=by, user=person, role=role)
    elif do == "remove":
        proposal = members.remove(centre, by=by, user=person)
    elif do == "first_lead":
        proposal = first_leads.propose(centre, by=by, user=person)
    else:
        raise Refused(_("Choose what to do."))
    if proposal is None:
        messages.success(request, _("Done. The other leads are told."))
    elif proposal.state == State.CONFIRMED:
        messages.success(request, _("Done: no other lead could confirm it, so all members are told."))
    else:
        messages.success(request, waits_for(proposal))


@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: StaffRequest) -> HttpResponse:
    """Show what waits for one's own word, and take it: confirm, or refuse with a reason. Open to all staff."""
    user = request.user
    if request.method == "POST":
        if not step_up.is_fresh(request):
            return step_up.ask(request)
        proposal = get_object_or_404(MembershipProposal, pk=number(request.POST.get("proposal", "")) or 0)
        if proposal.proposed_by_id != user.pk and not deciding.objectors(proposal).filter(pk=user.pk).exists():
            raise Http404
        try:
            if request.POST.get("answer") == "confirm":
                deciding.confirm(proposal, by=user)
                messages.success(request, _("Confirmed. It is in effect now."))
            else:
                deciding.refuse(proposal, by=user, why=request.POST.get("why", ""))
                messages.success(request, _("It does not take effect, and the leads are told."))
        except Refused as refused:
            messages.error(request, refused.message)
        return HttpResponseRedirect(reverse("admin:intake_centre_proposals"), status=303)
    own = MembershipProposal.objects.filter(state=State.OPEN, proposed_by=user).select_related("centre", "user")
    context = {
        **admin.site.each_context(request),
        "title": _("Waits for your word"),
        "waiting": [{"row": row, "may_confirm": may, "own_person": row.user_id == user.pk} for row, may in deciding.waiting_for(user)],
        "own": [{"row": row, "words": waits_for(row)} for row in own],
        "reasons": MembershipProposal.Reason.choices,
    }
    zone = safe_times.zone(user.time_zone)
    with timezone.override(zone):
        return render(request, "admin/intake/proposals.html", {**context, "zone": time_zones.in_words(zone)})


def proposals_panel(request: HttpRequest) -> Panel | None:
    """Return a panel that leads to what waits for one's word; None when nothing does. Leads and operators have it in their own panel."""
    user = request.user
    if not isinstance(user, User) or permissions.can_configure(user):
        return None
    count = len(deciding.waiting_for(user))
    return Panel("admin/intake/proposals_panel.html", {"count": count}) if count else None


@require_http_methods(["GET", "HEAD"])
def changes(request: StaffRequest) -> HttpResponse:
    """Show what changed among people and keys in 30 days: leads see their centres, operators and auditors the whole site."""
    user = request.user
    if not announcements.may_read(user):
        raise PermissionDenied
    led = permissions.led_centres(user)
    events = announcements.shown_to(user, None if announcements.sees_all(user) else led, timezone.now())
    zone = safe_times.zone(user.time_zone)
    with timezone.override(zone):
        context = {**admin.site.each_context(request), "title": _("Changes of people and keys"), "lines": words.lines(events)}
        return render(request, "admin/intake/changes.html", {**context, "zone": time_zones.in_words(zone)})
