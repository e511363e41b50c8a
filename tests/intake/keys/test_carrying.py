"""A second machine of the staff's gets the keys by a command, and one that lacks a key disturbs nobody else."""

import datetime as dt
import io
import json
import shutil
import socket
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from intake.crypto import keyring
from intake.crypto.key_files import KeyringError
from intake.keys import carrying
from intake.models import CentreKey
from recovery_site.doctor import diagnosis

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def key(riverside) -> CentreKey:
    """Riverside's key, whose file is on the first machine."""
    return riverside.keys.filter(retired_at=None).first() or keyring.create_centre_key(riverside)


@pytest.fixture
def second(settings, key, tmp_path, monkeypatch) -> Path:
    """The second machine: its own name, and no key yet. The first one has looked at its keys a minute ago."""
    keyring.verify_keys(timezone.now())
    settings.FIRST = settings.CENTRE_KEYS_DIR
    settings.CENTRE_KEYS_DIR = tmp_path / "second"
    monkeypatch.setattr(socket, "gethostname", lambda: "second.internal")
    keyring.forget_read_keys()
    return tmp_path / "second"


def carried(settings) -> str:
    here, settings.CENTRE_KEYS_DIR = settings.CENTRE_KEYS_DIR, settings.FIRST
    packed = carrying.packed()
    settings.CENTRE_KEYS_DIR = here
    return packed


def test_a_machine_gets_the_keys_that_it_lacks_and_opens_with_them(second, key, settings, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(carried(settings)))
    call_command("keys", "import")
    assert capsys.readouterr().out.splitlines() == [f"Key {key.pk} is here now.", "All keys are here."]
    assert keyring.opens_canary(key)
    assert (second / f"{key.pk}.key").stat().st_mode & 0o777 == 0o600
    assert carrying.unpack(carried(settings)) == []  # a second time changes nothing


def test_a_file_that_is_not_the_private_half_of_that_key_is_refused(second, key, settings):
    other = json.loads(carried(settings))
    other["files"] = {f"{key.pk}.key": "AAAA"}
    with pytest.raises(KeyringError, match=f"{key.pk}.key: not the private half"):
        carrying.unpack(json.dumps(other))
    assert list(second.glob("*.key")) == []


NOT_BASE64 = '{"format": "recovery-site keys 1", "files": {"1.key": "%"}}'


@pytest.mark.parametrize("text", ["", "no", "[]", '{"format": "another", "files": {}}', NOT_BASE64])
def test_anything_else_than_an_export_adds_nothing(second, text):
    with pytest.raises(KeyringError, match="not what `keys export` writes"):
        carrying.unpack(text)


def test_keys_are_not_written_to_a_terminal(key):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with pytest.raises(CommandError, match="pipe it into `keys import`"):
        call_command("keys", "export", stdout=Terminal())


def test_a_machine_without_the_file_says_so_and_the_centre_goes_on_taking_requests(second, key, caplog):
    counts = keyring.verify_keys(timezone.now())
    key.refresh_from_db()
    assert key.unusable_since is None
    assert counts == {"centre_keys_unusable": 0, "centre_keys_only_elsewhere": 1}
    assert f"The private key {key.pk} isn't here" in caplog.text
    [found] = [message for message in diagnosis.diagnose() if message.id == "intake.E030"]
    assert "keys import" in str(found.hint)


def test_a_key_that_no_machine_has_opened_with_for_an_hour_takes_no_more_requests(second, key):
    keyring.verify_keys(timezone.now() + HOUR)
    key.refresh_from_db()
    assert key.unusable_since is not None


def test_a_key_that_the_machine_itself_lost_takes_no_more_requests_at_once(key, settings):
    keyring.verify_keys(timezone.now())
    shutil.rmtree(settings.CENTRE_KEYS_DIR)
    keyring.verify_keys(timezone.now())
    key.refresh_from_db()
    assert key.unusable_since is not None


def test_the_same_key_is_noted_twice_an_hour_and_not_each_minute(key, django_assert_num_queries):
    now = timezone.now()
    keyring.verify_keys(now)
    before = CentreKey.objects.get(pk=key.pk).opened_at
    keyring.verify_keys(now + HOUR / 4)
    assert CentreKey.objects.get(pk=key.pk).opened_at == before
    keyring.verify_keys(now + HOUR)
    assert CentreKey.objects.get(pk=key.pk).opened_at == now + HOUR
