"""The page on which a lead or operator resets a colleague's second factors, and the one that the mailed link leads to."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.factors import held, step_up
from accounts.models import User
from accounts.resets import verbs
from recovery_site.verbs import NotAllowed, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@step_up.required
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Reset the second factors of a colleague who lost them."""
    colleague, by = get_object_or_404(User, pk=pk), request.user
    if not isinstance(by, User) or not verbs.may_reset(by, colleague):
        raise Http404
    if request.method == "POST":
        try:
            verbs.reset(colleague, by=by, now=timezone.now())
        except (Refused, NotAllowed) as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("%(name)s is signed out everywhere and gets a mail with a link.") % {"name": colleague})
            return HttpResponseRedirect(reverse("admin:intake_centre_colleagues"), status=303)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("A lost phone"),
        "colleague": colleague,
        "has_one": held.has_one(colleague) or colleague.factors_reset_at is not None,
    }
    return render(request, "admin/factors/reset.html", context)


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Open the account of somebody whose factors were reset. A GET changes nothing: programs open links in mails, too."""
    user = _user(uidb64)
    valid = user is not None and user.factors_reset_at is not None and verbs.tokens.check_token(user, token)
    if request.method == "POST" and valid and user is not None:
        verbs.start_again(user, timezone.now())
        messages.success(request, _("Sign in with your password now, and add a new passkey within a day."))
        return HttpResponseRedirect(reverse("admin:login"), status=303)
    context = {**admin.site.each_context(request), "title": _("Start again"), "valid": valid}
    return render(request, "admin/factors/again.html", context)


def _user(uidb64: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(uidb64))
        return User.objects.filter(pk=pk, is_active=True, is_staff=True).first()
    except (ValueError, OverflowError):
        return None
