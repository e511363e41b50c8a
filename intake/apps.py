from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Inquiries")

    def ready(self) -> None:
        # Registered when imported.
        from intake import checks  # noqa: F401
