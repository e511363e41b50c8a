"""Settings of the processes of a drill: those of production, with shorter limits."""

from recovery_site.settings import *  # noqa: F403
from recovery_site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.ops.drills.hurry.Hurry"]
EMAIL_TIMEOUT = 5  # seconds that a server may hang; 20 on a real site
