"""Pages that stand beside the guides: the front page, the way out, and what we say about ourselves."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from recovery_site import helplines


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what is wrong now, and three ways in."""
    return render(request, "articles/home.html")


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """The way out: tell the browser to drop what it holds of us, then go somewhere that says nothing of us.

    "cache" is not asked for: browsers take seconds over it, and nothing that names a person is ever stored there.
    """
    response = HttpResponseRedirect(settings.LEAVE_TO or reverse("articles:blank"))
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return response


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Where "Leave this page" ends unless the operator chose another place: no name, no topic, no link back."""
    return render(request, "articles/blank.html")


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """Reading on a device that others can see: what the way out does, and what it can't do."""
    return render(request, "articles/safety.html")


@require_safe
def all_helplines(request: HttpRequest) -> HttpResponse:
    """Every helpline we know, with what each is for and when the numbers were checked."""
    return render(request, "articles/helplines.html", {"checked_on": helplines.checked_on()})
