from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Inquiries")

    def ready(self) -> None:
        # Imported here because models must be loaded before them.
        from intake import checks  # noqa: F401
        from intake.health import checks as health_checks  # noqa: F401
        from intake.mailbox import second_look  # noqa: F401
        from intake.notifications import channels
        from intake.triage import absences  # noqa: F401

        channels.autodiscover()
