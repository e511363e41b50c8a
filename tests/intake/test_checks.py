"""The system checks of the intake app."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from intake import checks
from intake.models import CentreKey


def ids(found):
    return [message.id for message in found]


def test_equal_peppers_are_an_error(settings):
    settings.RECEIPT_KEY_PEPPER = settings.RECEIPT_LOOKUP_PEPPER
    with pytest.raises(SystemCheckError, match=r"intake\.E001"):
        call_command("check")


def test_a_malformed_recovery_key_is_an_error(settings):
    settings.RECOVERY_PUBLIC_KEY = "bm8ga2V5"
    assert ids(checks.recovery_key_is_a_key(None)) == ["intake.E003"]


def test_a_missing_default_centre_or_key_is_a_warning(riverside):
    assert ids(checks.somebody_answers(None, databases=["default"])) == []
    CentreKey.objects.all().delete()
    assert ids(checks.somebody_answers(None, databases=["default"])) == ["intake.W002"]
    riverside.is_default = False
    riverside.save()
    assert ids(checks.somebody_answers(None, databases=["default"])) == ["intake.W001"]


def test_a_text_gateway_is_complete_and_private_or_not_configured(settings):
    assert ids(checks.channels_are_set_up(None)) == []
    settings.TEXT_GATEWAY_URL, settings.TEXT_FROM = "https://texts.example.org/", "+12125550100"
    [half] = checks.channels_are_set_up(None)
    assert half.id == "intake.E004"
    assert "TEXT_GATEWAY_USER, TEXT_GATEWAY_PASSWORD is missing" in half.msg
    settings.TEXT_GATEWAY_USER = settings.TEXT_GATEWAY_PASSWORD = "known"
    assert ids(checks.channels_are_set_up(None)) == []
    settings.TEXT_GATEWAY_URL = "http://127.0.0.1:8025/"
    assert ids(checks.channels_are_set_up(None)) == []
    for open_line in ("http://texts.example.org/", "texts.example.org", "https://", "http://[", "ftp://127.0.0.1/"):
        settings.TEXT_GATEWAY_URL = open_line
        assert ids(checks.channels_are_set_up(None)) == ["intake.E005"], open_line
