"""Private keys of centres are files on the staff server, readable by their owner only."""

import base64
import contextlib
import stat

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from intake.crypto import key_files, keyring, sealing
from intake.identifiers import new_id
from intake.models import CentreKey


def test_the_private_key_is_a_file_that_only_its_owner_can_read(riverside, centre_keys):
    key = keyring.active_key(riverside)
    path = centre_keys / f"{key.pk}.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(centre_keys.stat().st_mode) == 0o700
    assert sealing.public_half(keyring.private_key(key)) == bytes(key.public_key)


def test_a_new_key_retires_the_former_one_which_still_opens(riverside):
    former = keyring.active_key(riverside)
    case_key, inquiry = sealing.new_case_key(), new_id()
    wrapped = sealing.wrap_to_public_key(case_key, inquiry, former.public_key)
    call_command("keys", "create", "riverside")
    former.refresh_from_db()
    assert former.retired_at is not None
    assert keyring.active_key(riverside).pk != former.pk
    assert sealing.unwrap_with_private_key(wrapped, inquiry, keyring.private_key(former)) == case_key


def test_a_key_file_is_never_overwritten(riverside, centre_keys):
    last = CentreKey.objects.latest("pk").pk
    in_the_way = centre_keys / f"{last + 1}.key"
    in_the_way.write_text("another database's key")
    key = keyring.create_centre_key(riverside)
    assert keyring.opens_canary(key)
    assert "another database's key" in [path.read_text() for path in centre_keys.glob("unknown-*.key")]


def roll_back_a_key(centre):
    """Make a key in a transaction that comes to nothing, as when the process was killed; return its number and public half."""
    with contextlib.suppress(Killed), transaction.atomic():
        key = keyring.create_centre_key(centre)
        number, public_key = key.pk, key.public_key
        raise Killed
    return number, bytes(public_key)


class Killed(Exception):
    """What interrupts a transaction."""


def test_a_key_whose_row_was_rolled_back_is_in_nobodys_way(riverside, centre_keys):
    """O10: after a first start that was killed while the demo was made no later one worked."""
    number, public_key = roll_back_a_key(riverside)
    key = CentreKey(pk=number, centre=riverside, public_key=keyring.create_centre_key(riverside).public_key)
    if CentreKey.objects.filter(pk=number).exists():  # SQLite gives the same number again
        assert keyring.opens_canary(key)
    assert keyring.opens_canary(keyring.active_key(riverside))
    left = centre_keys / f"{number}.key"
    assert any(sealing.public_half(keyring.stored_private_key(path, public_key)) == public_key for path in [left])


def test_a_key_is_found_by_its_content_when_its_row_comes_back(riverside, centre_keys):
    """A backup older than the key was restored, another key got its number, and then the newer backup was found."""
    former = keyring.create_centre_key(riverside)
    number, public_key = former.pk, bytes(former.public_key)
    CentreKey.objects.filter(pk=number).delete()
    other, _public = sealing.new_key_pair()
    keyring._set_aside(centre_keys / f"{number}.key")
    (centre_keys / f"{number}.key").write_bytes(base64.b64encode(other))
    back = CentreKey.objects.create(pk=number, centre=riverside, public_key=public_key)
    assert keyring.opens_canary(back)


def test_a_key_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    """The power fails after half of it was written."""

    def fails(descriptor):
        assert not (tmp_path / "1.key").exists(), "what nobody has synced has no name yet"
        raise OSError("no space")

    monkeypatch.setattr("intake.crypto.key_files.os.fsync", fails)
    with pytest.raises(OSError, match="no space"):
        key_files.write_new(tmp_path / "1.key", b"secret")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_or_wrong_file_is_an_error_that_says_what_to_do(riverside, centre_keys):
    keyring.create_centre_key(riverside)
    key = keyring.active_key(riverside)
    path = centre_keys / f"{key.pk}.key"
    content = path.read_text()
    path.write_text("AAAA")
    with pytest.raises(keyring.KeyringError, match="key backup"):
        keyring.private_key(key)
    path.unlink()
    with pytest.raises(keyring.KeyringError, match="missing"):
        keyring.private_key(key)
    path.write_text(content)
    assert keyring.private_key(key)


def test_a_public_server_neither_creates_nor_reads_private_keys(riverside, settings):
    key = keyring.active_key(riverside)
    settings.SITE_ROLE = "public"
    with pytest.raises(keyring.KeyringError, match="staff server"):
        keyring.private_key(key)
    with pytest.raises(keyring.KeyringError, match="staff server"):
        keyring.create_centre_key(riverside)


def test_the_command_lists_the_existing_centres(riverside):
    with pytest.raises(CommandError, match="riverside"):
        call_command("keys", "create", "elsewhere")


def test_a_key_whose_maker_was_killed_before_the_file_had_its_name_still_opens(riverside, centre_keys, monkeypatch):
    def killed(path, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", killed)
        with pytest.raises(KeyboardInterrupt):
            keyring.create_centre_key(riverside)
    key = keyring.active_key(riverside)
    assert not (centre_keys / f"{key.pk}.key").exists()
    assert keyring.opens_canary(key)
    assert (centre_keys / f"{key.pk}.key").exists()


def test_a_key_whose_maker_was_killed_before_its_row_was_stored_is_in_nobodys_way(riverside, centre_keys, monkeypatch):
    former = keyring.active_key(riverside)
    with monkeypatch.context() as patch:
        patch.setattr(keyring.audit, "record", lambda *arguments, **data: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            keyring.create_centre_key(riverside)
    assert [path.name for path in centre_keys.iterdir()] == [f"{former.pk}.key"]
    (centre_keys / "new-0123456789abcdef.key").write_text("left behind")
    assert keyring.opens_canary(keyring.create_centre_key(riverside))
