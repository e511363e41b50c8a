"""The page behind the link in a message of an alarm: a button, and thanks. It shows nothing of the case."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from intake.notifications import alarms
from intake.views.guards import visitor_form


@visitor_form
def have_it(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with GET, and acknowledge with POST: programs that look at the links in mails only ask.

    The page is the same for every token until the button is pressed. It needs no sign-in and sets no cookie.
    """
    answer = alarms.press(token, timezone.now()) if request.method == "POST" else None
    context = {"answer": answer.name if answer else "", "admin": f"{settings.STAFF_URL}/admin/", "names_no_centre": True}
    return render(request, "intake/alarm.html", context, status=410 if answer is alarms.Answer.DEAD else 200)
