"""Signing in: by a passkey alone, or by password and then, for whoever has a second factor, by a second step.

Between the two steps nobody is signed in: the session holds who gave the right password, for HALFWAY.
"""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import login as django_login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.factors import held, limits, passkeys, requirement
from accounts.models import SignInTries, User
from recovery_site import addresses, rate_limits
from recovery_site.rate_limits import Window

HALFWAY = dt.timedelta(minutes=10)
# How often in minutes one network may ask for a passkey: each time costs a session.
MINUTES, MOST = 15, 120
_HALF = "half_signed_in"


class PasskeyForm(forms.Form):
    """What the browser answers when somebody shows a passkey (static/js/passkey.js)."""

    credential = forms.CharField(widget=forms.HiddenInput, max_length=passkeys.LONGEST)


class CodeForm(forms.Form):
    """A code of the app or a recovery code; only the latter is spoken of where there is no app."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("The six digits that your app shows now, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def __init__(self, *args: Any, has_app: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_app:
            self.fields["code"].label, self.fields["code"].help_text = (
                _("Recovery code"),
                _("One of the codes that you wrote down or printed."),
            )


class _SignIn(LoginView):
    """Django's sign-in page, which signs in only who has no second factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = form.get_user()
        if user.factors_reset_at is not None:
            form.add_error(None, _("Your passkey and app were removed. Open the link in the mail that you got, then sign in."))
            return self.form_invalid(form)
        if not held.has_one(user):
            return complete(self.request, user, "password", self.get_success_url())
        self.request.session[_HALF] = {"user": user.pk, "to": self.get_success_url(), "until": _now() + HALFWAY.total_seconds()}
        return HttpResponseRedirect(reverse("second_step"))


@never_cache
@csrf_protect
def login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Show the sign-in page, as AdminSite.login does."""
    site = admin.site
    if request.method == "GET" and site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    context = {
        **site.each_context(request),
        "title": _("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
    }
    asked = request.POST.get(REDIRECT_FIELD_NAME, request.GET.get(REDIRECT_FIELD_NAME))
    if asked is None:
        context[REDIRECT_FIELD_NAME] = reverse("admin:index")
    request.current_app = site.name
    view: Any = _SignIn.as_view(
        extra_context={**context, **(extra_context or {})}, authentication_form=site.login_form, template_name="admin/login.html"
    )
    answer: HttpResponse = view(request)
    return answer


def complete(request: HttpRequest, user: User, way: str, to: str) -> HttpResponse:
    """Sign `user` in and lead to `to`. `way` is what proved who they are (accounts.sessions.signals records it)."""
    request.sign_in_way = way  # type: ignore[attr-defined]
    django_login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    requirement.changed(request)
    if way == "recovery":
        left = len(held.unused_codes(user))
        said = ngettext("You signed in by a recovery code. %(n)d is left.", "You signed in by a recovery code. %(n)d are left.", left)
        messages.warning(request, said % {"n": left} + " " + _("Is your phone lost? Remove its passkey below “Your sign-in”."))
    return HttpResponseRedirect(to)


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask whoever gave the right password for their second factor."""
    half = request.session.get(_HALF)
    user = User.objects.filter(pk=half["user"], is_active=True, is_staff=True).first() if half else None
    if half is None or user is None or _now() > half["until"]:
        request.session.pop(_HALF, None)
        messages.info(request, _("That took too long. Write your password again."))
        return HttpResponseRedirect(reverse("admin:login"))
    kinds = set(held.factors(user).values_list("type", flat=True))
    form = CodeForm(request.POST or None, has_app=held.APP in kinds)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if not limits.may_try(user, now):
            limits.refused_second_step(user, now)
            form.add_error(None, limits.wait())
        elif way := held.check_code(user, form.cleaned_data["code"]):
            limits.succeeded(user, now)
            request.session.pop(_HALF)
            return complete(request, user, way, half["to"])
        else:
            limits.failed_second_step(user)
            form.add_error("code", wrong_code(has_app=held.APP in kinds))
    context = {
        **admin.site.each_context(request),
        "title": _("One more step"),
        "form": form,
        "has_passkey": held.PASSKEY in kinds,
        "has_app": held.APP in kinds,
        "next": half["to"],
    }
    return render(request, "admin/factors/second_step.html", context, status=422 if form.errors else 200)


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey alone. A GET returns as JSON what the browser needs to ask for one."""
    if request.method != "POST":
        window = Window.at(timezone.now(), MINUTES)
        [count] = rate_limits.add(SignInTries, [rate_limits.key("passkey asked", window.number, addresses.block(request))], window.ends)
        if count > MOST:
            return JsonResponse({}, status=429)
        user = request.user if isinstance(request.user, User) else None
        return JsonResponse(passkeys.request_options(request, user))
    to = request.POST.get(REDIRECT_FIELD_NAME, "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        to = reverse("admin:index")
    form = PasskeyForm(request.POST)
    try:
        if not form.is_valid():
            raise passkeys.NotProved
        user = passkeys.owner(request, form.cleaned_data["credential"])
        if not (user.is_active and user.is_staff):
            raise passkeys.NotProved
    except passkeys.NotProved:
        messages.error(request, _("This passkey doesn’t work here. Sign in with your password."))
        return HttpResponseRedirect(reverse("admin:login"))
    request.session.pop(_HALF, None)
    return complete(request, user, "passkey", to)


def wrong_code(*, has_app: bool) -> str:
    if not has_app:
        return _("This code is not right, or it was used already. Take another of your recovery codes.")
    return _("This code is not right, or it was used already. Wait for the next one in your app, and write that.")


def _now() -> float:
    return timezone.now().timestamp()
