"""Records that a page was refused to somebody who is signed in: which page, and which case, if there is one with that reference."""

from collections.abc import Callable

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry
from recovery_site.staff.paths import is_staff_page

# Seconds in which the same page is recorded once a person (in each process, with the local-memory cache).
ONCE_IN = 60


class Refusals:
    """Middleware that records refusals of staff pages. Costs nothing where nothing is refused, else at most two queries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record what a view refused, by 403 or, for what the person may not know of, by 404."""
        user = getattr(request, "user", None)
        if not isinstance(exception, PermissionDenied | Http404) or not is_staff_page(request) or not isinstance(user, User):
            return
        reference = request.resolver_match.kwargs.get("reference", "") if request.resolver_match else ""
        case = Inquiry.objects.only("centre").filter(reference=reference).first() if reference else None
        record(request, user, case)


def record(request: HttpRequest, user: User, case: Inquiry | None) -> None:
    """Record that `user` was refused the page of the request, about `case` if there is one.

    Beside the case, not in its own history: there a step by a person means that somebody looks after it.
    """
    view = request.resolver_match.url_name if request.resolver_match else None
    if view is None:  # an address that leads nowhere
        return
    if not cache.add(f"refused:{user.pk}:{view}", True, ONCE_IN):
        return
    codes = {"case": str(case.pk)} if case is not None else {}
    events.record_beside_cases(Event.Kind.REFUSED, by=user, centre_id=case.centre_id if case else None, view=view[:64], **codes)
