"""One's own second factors: the list, adding and removing passkeys and the app, and the recovery codes."""

from typing import Any

import segno
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.factors import held, passkeys, requirement, sealing, step_up
from accounts.factors.adapter import Adapter
from recovery_site.verbs import Refused

_SEED = "app_seed"


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What do you call this device?"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("For example “my phone” or “laptop at work”. Only you see it."),
    )


class NewPasskeyForm(NameForm):
    credential = forms.CharField(widget=forms.HiddenInput, max_length=passkeys.LONGEST)


class NewAppForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The six digits that the app shows now"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@require_safe
def own_factors(request: HttpRequest) -> HttpResponse:
    """List one's own factors."""
    user: Any = request.user
    rows = list(held.factors(user))
    context = {
        "title": _("Your sign-in"),
        "passkeys": [row for row in rows if row.type == held.PASSKEY],
        "app": next((row for row in rows if row.type == held.APP), None),
        "codes_left": len(held.unused_codes(user)) if rows else None,
        "due": requirement.due(request),
        "over": requirement.is_overdue(request),
        "only_one": settings.REQUIRE_SECOND_FACTOR and len(rows) == 1,
    }
    return _page(request, "own_factors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up.required
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Add a passkey of the device that the person holds."""
    user: Any = request.user
    form = NewPasskeyForm(request.POST or None)
    failure = ""
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise passkeys.NotProved
            passkeys.add(request, user, form.cleaned_data["name"], form.cleaned_data["credential"])
        except passkeys.NotProved:
            failure = _("The passkey could not be added. Try once more.")
        else:
            return _added(request, _("Your passkey is added. Next time, sign in with it alone."))
    context = {"title": _("Add a passkey"), "form": form, "failure": failure, "options": passkeys.creation_options(request, user)}
    return _page(request, "new_passkey.html", context, status=422 if failure else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up.required
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk, held.PASSKEY)
    form = NameForm(request.POST or None, initial={"name": row.wrap().name})
    if request.method == "POST" and form.is_valid():
        row.data["name"] = form.cleaned_data["name"] or _("Passkey")
        row.save(update_fields=["data"])
        messages.success(request, _("The name is changed."))
        return HttpResponseRedirect(reverse("own_factors"), status=303)
    return _page(request, "rename_passkey.html", {"title": _("Rename the passkey"), "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up.required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a passkey or the app. Where a factor is required, the last one stays until there is another."""
    row = _own(request, pk, held.PASSKEY, held.APP)
    user: Any = request.user
    if settings.REQUIRE_SECOND_FACTOR and held.factors(user).count() == 1:
        messages.error(request, _("This is your only one. Add another first, then remove this one."))
        return HttpResponseRedirect(reverse("own_factors"), status=303)
    if request.method == "POST":
        held.remove(row, by=user)
        requirement.changed(request)
        messages.success(request, _("It is removed. It can’t be used to sign in any more."))
        return HttpResponseRedirect(reverse("own_factors"), status=303)
    return _page(request, "remove.html", {"title": _("Remove it?"), "what": row})


@require_http_methods(["GET", "HEAD", "POST"])
@step_up.required
def new_app(request: HttpRequest) -> HttpResponse:
    """Add an authenticator app. Its seed waits in the session, sealed, until the app shows a code."""
    user: Any = request.user
    seed = _waiting_seed(request)
    form = NewAppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if held.is_code_of(seed, form.cleaned_data["code"]):
            try:
                held.add_app(user, seed)
            except Refused as refused:
                messages.error(request, refused.message)
                return HttpResponseRedirect(reverse("own_factors"), status=303)
            del request.session[_SEED]
            return _added(request, _("Your app is added. From now on you sign in with your password and a code from it."))
        form.add_error("code", _("This code is not right. Check that the phone’s clock is right, wait for the next code, and write that."))
    address = Adapter().build_totp_url(user, seed)
    groups = " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
    context = {"title": _("Add an authenticator app"), "form": form, "qr": _drawn(address), "seed": groups, "address": address}
    return _page(request, "new_app.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up.required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show one's recovery codes that are not used yet. A POST makes new ones."""
    user: Any = request.user
    if not held.has_one(user):
        messages.info(request, _("Recovery codes come with your first passkey or app."))
        return HttpResponseRedirect(reverse("own_factors"), status=303)
    if request.method == "POST":
        held.new_codes(user)
        messages.success(request, _("These are new codes. The old ones no longer work."))
        return HttpResponseRedirect(reverse("recovery_codes"), status=303)
    codes = [f"{code[:4]} {code[4:]}" for code in held.unused_codes(user)]
    return _page(request, "recovery_codes.html", {"title": _("Recovery codes"), "codes": codes})


def _added(request: HttpRequest, said: str) -> HttpResponse:
    """Lead from a new factor to the recovery codes when it is the first, else back to the list."""
    first = not requirement.has_one(request)
    requirement.changed(request)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("recovery_codes" if first else "own_factors"), status=303)


def _own(request: HttpRequest, pk: int, *kinds: str) -> Authenticator:
    user: Any = request.user
    return get_object_or_404(held.of(user), pk=pk, type__in=kinds)


def _waiting_seed(request: HttpRequest) -> str:
    """Return the seed that the person's app is being given; a new one when there is none."""
    try:
        return sealing.unseal(request.session[_SEED])
    except (KeyError, sealing.CanNotOpen):
        seed = generate_totp_secret()
        request.session[_SEED] = sealing.seal(seed)
        return seed


def _drawn(address: str) -> SafeString:
    """Return `address` as a QR code in SVG, within the page. Safe: segno's output contains only paths, never the text itself."""
    return mark_safe(segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S308


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"admin/factors/{template}", {**admin.site.each_context(request), **context}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
