"""The pages on which people see where they are signed in, and end it: their own sessions, or a colleague's."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Session, User
from accounts.sessions import ending
from accounts.sessions.store import digest

WAYS = {
    "password": gettext_lazy("password"),
    "passkey": gettext_lazy("passkey"),
    "totp": gettext_lazy("password and code"),
    "recovery": gettext_lazy("password and recovery code"),
}
DEVICES = {"phone": gettext_lazy("phone"), "computer": gettext_lazy("computer")}
RECENT = dt.timedelta(minutes=30)  # a session that was used within it, to the precision that is stored, may be in use now


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show one's own sessions; end one of the others, or all of them."""
    user: User = request.user  # type: ignore[assignment]
    here = digest(request.session.session_key or "")
    if request.method == "POST":
        if "end" in request.POST:
            ended = ending.end_one(user, request.POST["end"], by=user) if request.POST["end"] != here else 0
        else:
            ended = ending.end_all(user, by=user, keep=here)
        _tell(request, ended)
        return HttpResponseRedirect(request.path, status=303)
    return _page(request, user, here, title=_("Where you are signed in"))


@require_http_methods(["GET", "HEAD", "POST"])
def of_colleague(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a colleague's sessions and end all of them. For operators, and for leads whose centre the person works at."""
    colleague = get_object_or_404(User, pk=pk)
    user: User = request.user  # type: ignore[assignment]
    if colleague == user:
        return HttpResponseRedirect(reverse("own_sessions"))
    if not may_end(user, colleague):
        raise Http404
    if request.method == "POST":
        _tell(request, ending.end_all(colleague, by=user))
        return HttpResponseRedirect(request.path, status=303)
    return _page(request, colleague, "", title=_("Where %(name)s is signed in") % {"name": colleague})


def may_end(user: User, colleague: User) -> bool:
    """Return whether `user` may see and end the sessions of `colleague`."""
    leads: bool = import_string(settings.LEADS_PERSON)(user, colleague)
    return user.is_superuser or leads


def _page(request: HttpRequest, person: User, here: str, title: str) -> HttpResponse:
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": title,
        "own": person == request.user,
        "rows": list(_rows(ending.open_sessions(person, now), here, now)),
        "hours": int(ending.LONGEST.total_seconds() // 3600),
        "minutes": settings.STAFF_IDLE_MINUTES,
    }
    return render(request, "admin/accounts/sessions.html", context)


def _rows(sessions: QuerySet[Session], here: str, now: dt.datetime) -> Any:
    for session in sessions:
        yield {
            "digest": session.session_key,
            "here": session.session_key == here,
            "signed_in_at": session.signed_in_at,
            "used_at": session.used_at,
            "recent": session.used_at is not None and now - session.used_at < RECENT,
            "way": WAYS.get(session.way, ""),
            "device": DEVICES.get(session.device, ""),
        }


def _tell(request: HttpRequest, ended: int) -> None:
    if ended:
        messages.success(request, ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", ended) % {"n": ended})
    else:
        messages.info(request, _("There was nothing to end: it has ended already."))
