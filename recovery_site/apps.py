"""The admin, with our own front page."""

from django.contrib.admin.apps import AdminConfig


class RecoveryAdminConfig(AdminConfig):
    default_site = "recovery_site.staff.admin_site.RecoveryAdminSite"
