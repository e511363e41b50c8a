"""A set-up that would break a promise is said at start, with the mend."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from intake import checks
from intake.models import CentreKey


def ids(found):
    return [message.id for message in found]


def test_equal_peppers_stop_the_start(settings):
    settings.RECEIPT_KEY_PEPPER = settings.RECEIPT_LOOKUP_PEPPER
    with pytest.raises(SystemCheckError, match=r"intake\.E001"):
        call_command("check")


def test_a_public_server_with_private_keys_is_an_error(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("CENTRE_KEYS_DIR", str(tmp_path))
    settings.SITE_ROLE = "public"
    assert ids(checks.public_role_has_no_private_keys(None)) == []
    (tmp_path / "1.key").write_text("a key")
    assert ids(checks.public_role_has_no_private_keys(None)) == ["intake.E002"]
    settings.SITE_ROLE = "staff"
    assert ids(checks.public_role_has_no_private_keys(None)) == []


def test_a_recovery_key_that_is_none_is_an_error(settings):
    settings.RECOVERY_PUBLIC_KEY = "bm8ga2V5"
    assert ids(checks.recovery_key_is_a_key(None)) == ["intake.E003"]


def test_no_centre_or_no_key_is_said_plainly(riverside):
    assert ids(checks.somebody_answers(None, databases=["default"])) == []
    CentreKey.objects.all().delete()
    assert ids(checks.somebody_answers(None, databases=["default"])) == ["intake.W002"]
    riverside.is_default = False
    riverside.save()
    assert ids(checks.somebody_answers(None, databases=["default"])) == ["intake.W001"]
