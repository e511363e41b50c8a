"""The backups app."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Registers the checks of the rehearsals."""

    name = "backups"

    def ready(self) -> None:
        """Import the checks."""
        from backups import checks  # noqa: F401
