"""App configurations: the project itself, for its management commands, and the admin with its own index page."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class RecoverySiteConfig(AppConfig):
    name = "recovery_site"

    def ready(self) -> None:
        # Their system checks register themselves.
        from recovery_site import addresses  # noqa: F401
        from recovery_site.database import checks  # noqa: F401


class RecoveryAdminConfig(AdminConfig):
    default_site = "recovery_site.staff.admin_site.RecoveryAdminSite"
