"""App configurations: the project itself, for its management commands, and the admin with its own index page."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class RecoverySiteConfig(AppConfig):
    name = "recovery_site"

    def ready(self) -> None:
        from recovery_site import addresses  # noqa: F401 (its system check registers itself)


class RecoveryAdminConfig(AdminConfig):
    default_site = "recovery_site.staff.admin_site.RecoveryAdminSite"
