"""Changing one's own password: Django's page, with a limit on guesses of the old one. The other sessions end."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts import sessions
from accounts.factors import limits
from accounts.models import User
from accounts.sessions.store import digest
from recovery_site.staff import audit


class OwnPasswordForm(AdminPasswordChangeForm):
    """Django's form, which refuses further tries after too many wrong old passwords."""

    def clean_old_password(self) -> str:
        user: Any = self.user
        now = timezone.now()
        if not limits.may_try(user, now):
            raise ValidationError(limits.wait(), code="too_many_tries")
        try:
            old: str = super().clean_old_password()
        except ValidationError:
            limits.failed(user)
            raise
        limits.succeeded(user, now)
        return old


class _OwnPassword(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.user
        with transaction.atomic():
            answer = super().form_valid(form)  # gives this session another key
            audit.record("password_chosen", by=user, user=user.pk, how="changed")
            sessions.end_all(user, by=user, keep=digest(self.request.session.session_key or ""), why="password")
        return answer


def change(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Show the page, as AdminSite.password_change does."""
    context = {**admin.site.each_context(request), **(extra_context or {})}
    view: Any = _OwnPassword.as_view(success_url=reverse("admin:password_change_done"), extra_context=context)
    answer: HttpResponse = view(request)
    return answer
