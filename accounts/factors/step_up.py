"""Asking once more who somebody is, before what an open session alone must not do.

Whoever signed in or confirmed within FRESH isn't asked. A passkey or a code confirms; without a second factor, the password.
A form that was sent is not lost: it is kept sealed in the session, and sent again by itself, or shown filled in, after confirming.
"""

import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.factors import sealing
from recovery_site.staff import unsent
from recovery_site.staff.paths import page_of_form

FRESH = dt.timedelta(minutes=5)
IDLE = dt.timedelta(minutes=10)  # after which contact details ask for a confirmation
KEPT = dt.timedelta(minutes=15)  # how long a form waits for the confirmation
LARGEST = 300_000  # characters of a form that is kept
WRITE_EVERY = dt.timedelta(minutes=1)
# Fields of one's factors, which are never kept, and neither is a password: whoever sent them fills in the form again.
SECRET = {"credential", "code"}
_PROVED, _ACTIVE, _RETURNED, _WAITING, _TYPED = "proved_at", "active_at", "returned_at", "confirm_for", "confirm_typed"

View = Callable[..., HttpResponse]


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the person proved within FRESH who they are. No query."""
    return _now() - float(request.session.get(_PROVED, 0)) < FRESH.total_seconds()


def proved(request: HttpRequest) -> None:
    """Note that the person has just proved who they are. Called at each sign-in and confirmation."""
    request.session[_PROVED] = request.session[_ACTIVE] = _now()


def required(view: View) -> View:
    """Decorator for staff views: have the person confirm first who they are, unless they did so within FRESH.

    Afterwards they are on the same page again, and a form that they sent is sent again.
    """

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if is_fresh(request) else ask(request)

    return checked


def required_after_idling(view: View) -> View:
    """Decorator like `required`, which asks only who did nothing for IDLE and has not confirmed since."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        must = float(request.session.get(_RETURNED, 0)) > float(request.session.get(_PROVED, 0)) and not is_fresh(request)
        return ask(request) if must else view(request, *args, **kwargs)

    return checked


def note_activity(request: HttpRequest) -> None:
    """Note that the person did something, and when they come back after IDLE. Called by the middleware for each page."""
    now, last = _now(), request.session.get(_ACTIVE)
    if last is not None and now - float(last) >= IDLE.total_seconds():
        request.session[_RETURNED] = now
    if last is None or now - float(last) > WRITE_EVERY.total_seconds():
        request.session[_ACTIVE] = now


def ask(request: HttpRequest, *, send_again: bool = True) -> HttpResponse:
    """Lead to the page that asks who the person is, and from there back to this one.

    A form that was sent is sent again after that; with `send_again=False` the view gets it from `typed`, to show it filled in.
    """
    unsent.keep(request)
    waiting: dict[str, Any] = {"to": request.get_full_path(), "page": page_of_form(request), "until": _now() + KEPT.total_seconds()}
    if request.method == "POST":
        waiting |= {"form": _kept(request.POST), "send_again": send_again}
        if waiting["form"] is None:
            waiting["to"] = waiting["page"]
    request.session[_WAITING] = waiting
    return HttpResponseRedirect(reverse("confirm_identity"), status=303)


def waits_for(request: HttpRequest) -> str:
    """Return the page that waits for the confirmation: the path to go back to without one."""
    waiting = request.session.get(_WAITING) or {}
    return str(waiting.get("page") or reverse("admin:index"))


def go_on(request: HttpRequest) -> tuple[str, QueryDict | None]:
    """Return where to go after confirming and, if a form is to be sent there again, its fields."""
    waiting = request.session.pop(_WAITING, None)
    if not waiting:
        return reverse("admin:index"), None
    form = waiting.get("form") if _now() < waiting["until"] else None
    if "form" in waiting and form is None:
        return waiting["page"], None
    if form is None:
        return waiting["to"], None
    if waiting["send_again"]:
        return waiting["to"], _opened(form)
    request.session[_TYPED] = {"to": waiting["to"], "form": form}
    return waiting["to"], None


def typed(request: HttpRequest) -> QueryDict | None:
    """Return once what was typed into the form of this page before confirming, or None."""
    kept = request.session.get(_TYPED)
    if request.method == "POST" or not kept or kept["to"] != request.get_full_path():
        return None
    del request.session[_TYPED]
    return _opened(kept["form"])


def _kept(form: QueryDict) -> str | None:
    """Return the fields of a form, sealed; None for one that is too large or has secret fields."""
    fields = {name: form.getlist(name) for name in form if name != "csrfmiddlewaretoken"}
    if SECRET & set(fields) or any("password" in name for name in fields):
        return None
    text = json.dumps(fields)
    return sealing.seal(text) if len(text) <= LARGEST else None


def _opened(sealed: str) -> QueryDict | None:
    try:
        fields = json.loads(sealing.unseal(sealed))
    except sealing.CanNotOpen:
        return None
    form = QueryDict(mutable=True)
    for name, values in fields.items():
        form.setlist(name, values)
    return form


def _now() -> float:
    return timezone.now().timestamp()
