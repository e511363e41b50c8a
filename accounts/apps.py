from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        # Roles are defined in code, so migrating creates them, as Django does with its permissions.
        from accounts.sessions import signals  # noqa: F401 (models can't be imported before)

        post_migrate.connect(create_roles, sender=self)
        # Whatever signs somebody in, it has just seen their password or passkey.
        user_logged_in.connect(note_proof, dispatch_uid="accounts.note_proof")


def create_roles(using: str, **_kwargs: Any) -> None:
    """Create the groups of the site-wide roles that don't exist yet."""
    from django.contrib.auth.models import Group  # models can't be imported before the applications are ready

    from accounts.roles import SITE_ROLES

    for name in SITE_ROLES:
        Group.objects.using(using).get_or_create(name=name)


def note_proof(request: HttpRequest, **_kwargs: Any) -> None:
    """Let whoever has just signed in go on without confirming who they are (accounts.factors.step_up)."""
    from accounts.factors import step_up

    step_up.proved(request)
