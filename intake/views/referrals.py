"""The pages by which a receiver outside answers a referral: a question with two buttons, and thanks. They show nothing of the case."""

import logging

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from intake.disclosure import receiver_links
from intake.views.guards import visitor_form

logger = logging.getLogger(__name__)

LONGEST = 2_000  # characters of the note


@visitor_form
def answer(request: HttpRequest, asks: str, token: str) -> HttpResponse:
    """Ask with GET, and record with POST: programs that look at links only ask.

    The page is the same for every token until a button is pressed. It needs no sign-in and sets no cookie.
    """
    outcome, status, note = "", 200, request.POST.get("note", "")[:LONGEST]
    if request.method == "POST":
        said = request.POST.get("answer", "")
        try:
            if said not in {"yes", "no"}:
                outcome, status = "unsaid", 422
            elif receiver_links.answer(token, asks, yes=said == "yes", note=note, now=timezone.now()):
                outcome = "thanks"
            else:
                outcome, status = "dead", 410
        except (DatabaseError, InterfaceError):
            logger.exception("The answer to a referral could not be stored")
            outcome, status = "not_saved", 503
    context = {"outcome": outcome, "asks": asks, "note": note, "names_no_centre": True}
    return render(request, "intake/referral.html", context, status=status)
