"""That staff need a second factor: how long somebody may work without one, and what they reach after that."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.factors import held, step_up
from accounts.models import User
from recovery_site.staff import unsent
from recovery_site.staff.admin_site import Panel
from recovery_site.staff.paths import is_staff_page

MOST_DAYS = 7  # whatever an operator sets
_HAS_ONE = "second_factor"
_BACKGROUND = "X-Background"  # sent by our scripts with requests that they make by themselves
# What somebody reaches without a factor when their time is over, below /admin/: adding one, signing out, and what pages load.
OPEN = ("sign-in/", "logout/", "login/", "password/", "jsi18n/", "still-here/", "sessions/")


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Lead staff who need a second factor and have none to the page where they add one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_staff_page(request) and isinstance(request.user, User):
            if _BACKGROUND not in request.headers:
                step_up.note_activity(request)
            if is_overdue(request) and not request.path_info.startswith(tuple(f"/admin/{page}" for page in OPEN)):
                unsent.keep(request)
                return HttpResponseRedirect(reverse("own_factors"), status=303)
        return get_response(request)

    return middleware


def has_one(request: HttpRequest) -> bool:
    """Return whether the person has a second factor. One query in each session, after which the session knows."""
    if _HAS_ONE not in request.session:
        changed(request)
    return bool(request.session[_HAS_ONE])


def changed(request: HttpRequest) -> None:
    """Look again which factors the person has. Call it after one was added or removed."""
    request.session[_HAS_ONE] = isinstance(request.user, User) and held.has_one(request.user)


def due(request: HttpRequest) -> dt.datetime | None:
    """Return until when the person must add a second factor; None if they have one, or none is required.

    The time begins with the first page that is asked for without a factor.
    """
    if not settings.REQUIRE_SECOND_FACTOR or not isinstance(request.user, User) or has_one(request):
        return None
    user = request.user
    if user.factor_due_at is None:
        user.factor_due_at = timezone.now() + dt.timedelta(days=min(MOST_DAYS, settings.SECOND_FACTOR_DAYS))
        User.objects.filter(pk=user.pk, factor_due_at=None).update(factor_due_at=user.factor_due_at)
    return user.factor_due_at


def is_overdue(request: HttpRequest) -> bool:
    """Return whether the person needs a second factor before they can go on."""
    until = due(request)
    return until is not None and until <= timezone.now()


def head(request: HttpRequest) -> Panel | None:
    """Return the line on each page that says until when a second factor must be added; None for who needs none."""
    if not isinstance(request.user, User) or not hasattr(request, "session"):
        return None
    until = due(request)
    return Panel("admin/factors/head.html", {"until": until, "over": until <= timezone.now()}) if until else None


def panel(request: HttpRequest) -> Panel | None:
    """Return the line on the index of a site that requires no second factor, with how to try one; None where it is required."""
    return None if settings.REQUIRE_SECOND_FACTOR else Panel("admin/factors/panel.html", {"has_one": has_one(request)})
