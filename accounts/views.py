"""The pages around a password: asking for a link, and choosing a password by it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import password_links, sessions
from accounts.models import User
from recovery_site.staff import audit


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to choose a new password. The answer is the same for every address."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if password_links.ask(request, form.cleaned_data["email"], timezone.now()):
            messages.info(
                request,
                _(
                    "If somebody works here with that address, a link is on its way to it. It may take a few minutes. No mail? "
                    "Look among the unwanted ones, then ask who runs the site."
                ),
            )
            return HttpResponseRedirect(reverse("admin:login"), status=303)
        form.add_error(None, _("Too many tries. Wait an hour, then try again."))
    context = {**admin.site.each_context(request), "title": _("Forgot your password?"), "form": form}
    return render(request, "admin/password/forgotten.html", context, status=422 if form.errors else 200)


class Choose(PasswordResetConfirmView):
    """Choose a password by the link. Django moves its token into the session, so that the address of the page can't be used again."""

    template_name = "admin/password/choose.html"
    success_url = reverse_lazy("admin:login")
    title = gettext_lazy("Choose a password")
    token_generator = password_links.tokens

    def get_user(self, uidb64: str) -> User | None:
        """Return whose link it is, or None for somebody who couldn't sign in anyway."""
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active and user.is_staff else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.user
        with transaction.atomic():
            response = super().form_valid(form)
            audit.record("password_chosen", by=user, user=user.pk, how="link")
            sessions.end_all(user, by=user, why="password")
        messages.success(self.request, _("Your password is set. Sign in with it now."))
        return response
