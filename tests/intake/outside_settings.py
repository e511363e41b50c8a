"""Settings for separate processes, which send real mail to EMAIL_URL."""

from tests.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
