"""The site as an app, for its commands; and the admin, with our own front page."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class RecoverySiteConfig(AppConfig):
    name = "recovery_site"


class RecoveryAdminConfig(AdminConfig):
    default_site = "recovery_site.staff.admin_site.RecoveryAdminSite"
