"""The page that asks who somebody is before they go on (accounts.factors.step_up)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.factors import held, limits, passkeys, step_up
from accounts.factors.signing_in import CodeForm, wrong_code
from accounts.models import User
from recovery_site.staff import audit


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for a passkey or a code; without a second factor, for the password. Then lead back, and send a form that waits again."""
    user: Any = request.user
    kinds = set(held.factors(user).values_list("type", flat=True))
    form = _form(kinds, request.POST or None)
    failure = ""
    if request.method == "POST":
        way = ""
        if "credential" in request.POST:
            form = _form(kinds)
            way = _passkey(request, user)
            failure = "" if way else _("That did not work. Try once more, or write a code.")
        elif form.is_valid():
            way = _typed(user, form, has_app=held.APP in kinds)
        if way:
            return _confirmed(request, user, way)
    context = {
        **admin.site.each_context(request),
        "title": _("Is it you?"),
        "form": form,
        "failure": failure,
        "has_passkey": held.PASSKEY in kinds,
        "has_factor": bool(kinds),
        "has_app": held.APP in kinds,
        "back": step_up.waits_for(request),
    }
    return render(request, "admin/factors/confirm.html", context, status=422 if form.errors or failure else 200)


def _form(kinds: set[str], data: QueryDict | None = None) -> forms.Form:
    return CodeForm(data, has_app=held.APP in kinds) if kinds else PasswordForm(data)


def _passkey(request: HttpRequest, user: User) -> str:
    try:
        passkeys.owner(request, request.POST["credential"], user)
    except passkeys.NotProved:
        return ""
    return "passkey"


def _typed(user: User, form: forms.Form, *, has_app: bool) -> str:
    """Return the way in which the form proves who `user` is, or "" with an error on the form."""
    now = timezone.now()
    if not limits.may_try(user, now):
        form.add_error(None, limits.wait())
        return ""
    if "password" in form.cleaned_data:
        way = "password" if user.check_password(form.cleaned_data["password"]) else ""
        if not way:
            form.add_error("password", _("This is not your password. Capitals matter."))
    else:
        way = held.check_code(user, form.cleaned_data["code"])
        if not way:
            form.add_error("code", wrong_code(has_app=has_app))
    if way:
        limits.succeeded(user, now)
    else:
        limits.failed(user)
    return way


def _confirmed(request: HttpRequest, user: User, way: str) -> HttpResponse:
    step_up.proved(request)
    audit.record("confirmed_identity", by=user, way=way)
    back = step_up.waits_for(request)
    to, fields = step_up.go_on(request)
    if fields is None:
        return HttpResponseRedirect(to, status=303)
    context = {**admin.site.each_context(request), "title": _("Thank you"), "to": to, "fields": list(fields.lists()), "back": back}
    return render(request, "admin/factors/go_on.html", context)
