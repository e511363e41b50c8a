"""The pages by which a receiver outside answers a referral: a question with two buttons, and thanks. They show nothing of the case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from intake.disclosure import receiver_links
from intake.views.guards import visitor_form

LONGEST = 2_000  # characters of the note


@visitor_form
def answer(request: HttpRequest, asks: str, token: str) -> HttpResponse:
    """Ask with GET, and record with POST: programs that look at links only ask.

    The page is the same for every token until a button is pressed. It needs no sign-in and sets no cookie.
    """
    outcome, status = "", 200
    if request.method == "POST":
        said = request.POST.get("answer", "")
        if said not in {"yes", "no"}:
            outcome, status = "unsaid", 422
        elif receiver_links.answer(token, asks, yes=said == "yes", note=request.POST.get("note", "")[:LONGEST], now=timezone.now()):
            outcome = "thanks"
        else:
            outcome, status = "dead", 410
    context = {"outcome": outcome, "asks": asks, "names_no_centre": True}
    return render(request, "intake/referral.html", context, status=status)
