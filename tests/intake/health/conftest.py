"""A site that is well, for tests that break it."""

import json

import pytest
from django.utils import timezone

from intake.crypto import fingerprints
from intake.models import Heartbeat
from tests.people import person


@pytest.fixture
def site(settings, tmp_path, open_riverside, monkeypatch):
    """A site that people reach, as docs/operations.md has it: behind nginx, with mail, keys and backups, and Olga who runs it."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")  # of the tests themselves
    now = timezone.now()
    settings.SITE_URL, settings.HTTPS, settings.SITE_NAME = "https://help.riverside.org", True, "Riverside"
    settings.STAFF_URL = settings.SITE_URL
    settings.SITE_ROLE = "all"
    settings.ALLOWED_HOSTS = ["help.riverside.org"]
    settings.CLIENT_ADDRESS_HEADER = "HTTP_X_REAL_IP"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.EMAIL_BACKEND, settings.DEFAULT_FROM_EMAIL = "django.core.mail.backends.smtp.EmailBackend", "office@riverside.org"
    settings.REQUIRE_SECOND_FACTOR = True
    settings.DATA_DIR = tmp_path
    settings.KEYS_IDENTITY_FILE = tmp_path / "keys_identity"
    (tmp_path / "backups.json").write_text(json.dumps({"data": now.isoformat(), "keys": now.isoformat()}))
    person("olga", "Olga Berg", is_superuser=True)
    fingerprints.note(now)
    for part in (Heartbeat.Part.WORKER, Heartbeat.Part.HOUSEKEEPING, Heartbeat.Part.MAIL):
        Heartbeat.objects.create(part=part, at=now)
    return settings


@pytest.fixture
def open_riverside(riverside, luisa):
    """Riverside, whose lead Luisa can be told."""
    luisa.email = "luisa@example.org"
    luisa.save()
    return riverside
