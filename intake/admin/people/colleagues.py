"""The page for a new colleague, which also lists who works at one's centres and who is switched off."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import password_links
from accounts.factors import step_up
from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.memberships import colleagues
from intake.models import Centre, Membership, MembershipProposal
from recovery_site.staff import time_zones
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

ROLES = [
    (Membership.Role.TRIAGE.value, gettext_lazy("answers inquiries")),
    (Membership.Role.LEAD.value, gettext_lazy("leads the center, and answers inquiries")),
]
SITE_WIDE = [
    (EDITOR, gettext_lazy("writes guides")),
    (CLINICAL_REVIEWER, gettext_lazy("reviews guides as a clinician")),
    (AUDITOR, gettext_lazy("audits: reads, and changes nothing")),
]


class ColleagueForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("As colleagues see it, for example “Maria Ortiz”.")
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=150, help_text=gettext_lazy("They sign in with it, and the link goes there.")
    )
    role = forms.ChoiceField(label=gettext_lazy("What they do"), choices=ROLES)
    centre = forms.ModelChoiceField(label=gettext_lazy("Center"), queryset=Centre.objects.none(), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), required=False, help_text=gettext_lazy("Where they live: for quiet hours and the times they read.")
    )

    def __init__(self, *args: Any, centres: QuerySet[Centre], operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(centres)
        field: Any = self.fields["centre"]
        field.queryset = centres
        if not operator and len(offered) == 1:
            field.empty_label, field.initial, field.required = None, offered[0], True
        as_here = _("that of the center; without one, yours") if operator else _("that of the center")
        choices: Any = [("", as_here), *time_zones.choices("UTC")]
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined]
        if operator:
            self.fields["role"].choices = [  # type: ignore[attr-defined]
                (_("At a center"), ROLES),
                (_("For the whole site (no center needed)"), SITE_WIDE),
            ]

    def wanted(self, by: User) -> dict[str, Any]:
        """Return the arguments of colleagues.add. When no zone was chosen, it is the centre's, or that of whoever adds them."""
        centre = self.cleaned_data["centre"]
        zone = self.cleaned_data["time_zone"] or (centre.time_zone if centre else by.time_zone)
        return {**self.cleaned_data, "time_zone": zone}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest) -> HttpResponse:
    """Add a colleague, or send somebody their link again. For operators, and for leads at their centres."""
    user = request.user
    if not permissions.can_configure(user):
        raise PermissionDenied
    centres = Centre.objects.all() if user.is_superuser else Centre.objects.filter(pk__in=permissions.led_centres(user))
    if request.method == "POST" and not step_up.is_fresh(request):
        return step_up.ask(request)
    if "again" in request.POST:
        return _again(request, _people(user, centres))
    form = ColleagueForm(request.POST or None, centres=centres, operator=user.is_superuser)
    if request.method == "POST" and form.is_valid():
        try:
            colleague, proposal = colleagues.add(by=user, **form.wanted(user))
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            _invite(request, colleague)
            if proposal is not None and proposal.state == MembershipProposal.State.OPEN:
                messages.info(request, waits_for(proposal))
            return HttpResponseRedirect(request.path, status=303)
    context = {
        **admin.site.each_context(request),
        "title": _("New colleague"),
        "form": form,
        "people": _people(user, centres),
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        "centres": centres.order_by("name"),
    }
    return render(request, "admin/intake/colleagues.html", context, status=422 if form.errors else 200)


def _people(user: User, centres: QuerySet[Centre]) -> QuerySet[User]:
    """Return whom `user` sees: operators everybody, leads those of their centres; who is switched off comes last."""
    here = Membership.objects.filter(centre__in=centres).select_related("centre")
    people = User.objects.prefetch_related(Prefetch("memberships", here, to_attr="here"), "groups")
    if not user.is_superuser:
        people = people.filter(memberships__in=here).distinct()
    return people.order_by("-is_active", "display_name", "username")


def _again(request: StaffRequest, people: QuerySet[User]) -> HttpResponse:
    colleague = get_object_or_404(people, pk=number(request.POST["again"]) or 0)
    if password_links.may_get_one(colleague):
        _invite(request, colleague)
    else:
        messages.error(request, _("%(name)s has no e-mail address, or is switched off.") % {"name": colleague})
    return HttpResponseRedirect(reverse("admin:intake_centre_colleagues"), status=303)


def waits_for(proposal: MembershipProposal) -> str:
    """Return the sentence that says what an open proposal waits for."""
    facts = {"name": proposal.user.shown_name, "centre": proposal.centre}
    kind = MembershipProposal.Kind
    if proposal.kind == kind.FIRST_LEAD:
        return _("%(name)s leads %(centre)s once they accept it on their front page, or another operator confirms it.") % facts
    if proposal.kind == kind.RECOVERY:
        return _("All members, auditors and operators are told. It waits for a member’s word, or 24 hours in which nobody objects.")
    if proposal.takes_effect_at is not None:
        return _("%(name)s is told. It takes effect in 24 hours if nobody objects, or when another lead confirms it.") % facts
    if proposal.kind == kind.ROLE:
        return _("Another lead of %(centre)s confirms it. Until then %(name)s keeps the role of now.") % facts
    return _("Another lead of %(centre)s confirms it. Until then %(name)s sees no case there.") % facts


def _invite(request: StaffRequest, colleague: User) -> None:
    """Mail the link, record that, and say whether it went out."""
    facts = {"name": colleague.shown_name}
    if password_links.invite(colleague, by=request.user):
        messages.success(request, _("%(name)s gets a mail with a link to choose a password.") % facts)
    else:
        messages.error(request, _("There is an account for %(name)s, but the mail could not be sent. Send the link again later.") % facts)
