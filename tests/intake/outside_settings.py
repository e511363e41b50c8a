"""The tests' settings for processes of their own, which send real mail to EMAIL_URL."""

from tests.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
