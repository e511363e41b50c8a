"""The admin site that staff sign in to."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class RecoveryAdminSite(AdminSite):
    site_title = _("Recovery Site staff")
    site_header = _("Recovery Site staff")
    index_title = _("Your work")
    enable_nav_sidebar = False
