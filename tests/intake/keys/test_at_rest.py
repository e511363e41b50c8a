"""Private keys under a passphrase: a copy of the data folder opens nothing, and the site opens all once a person typed it."""

import hashlib
import io
import shutil

import pyrage
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from intake import checks
from intake.assessment import readiness
from intake.crypto import key_files, keyring
from intake.crypto.key_files import KeyringError, Locked
from intake.keys import at_rest
from intake.models import CentreKey
from tests.intake.keys.conftest import send, words_of

PASSPHRASE = "correct horse battery staple moon"


def typed(monkeypatch, *lines):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def keys(part):
    out = io.StringIO()
    call_command("keys", part, stdout=out, stderr=out)
    return out.getvalue()


class QuickPassphrase:
    """Stands in for pyrage.passphrase, whose derivation takes a second and a half gigabyte: tests/ops/test_keys.py has the real one."""

    @staticmethod
    def encrypt(content, passphrase):
        return key_files.HEADER + hashlib.sha256(passphrase.encode()).digest() + bytes(byte ^ 0x55 for byte in content)

    @staticmethod
    def decrypt(content, passphrase):
        content = content.removeprefix(key_files.HEADER)
        if content[:32] != hashlib.sha256(passphrase.encode()).digest():
            raise pyrage.DecryptError
        return bytes(byte ^ 0x55 for byte in content[32:])


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(pyrage, "passphrase", QuickPassphrase)


@pytest.fixture
def encrypted(riverside, cases, identity_file, monkeypatch, centre_keys):
    """Riverside, with its key encrypted under PASSPHRASE and unlocked."""
    typed(monkeypatch, PASSPHRASE)
    assert "1 files are encrypted" in keys("encrypt")
    return centre_keys


def lock(identity_file):
    """What switching the machine off and on does."""
    identity_file.unlink()
    keyring.forget_read_keys()


def test_the_site_goes_on_and_the_files_hold_nothing_in_clear(encrypted, riverside, cases, identity_file):
    assert words_of(cases[0]) == "Help number 0"
    assert words_of(send("Still sealed and opened")) == "Still sealed and opened"
    assert all(key_files.is_encrypted(path.read_bytes()) for path in encrypted.iterdir())
    assert {path.stat().st_mode & 0o777 for path in encrypted.iterdir()} == {0o600}
    assert not [path for path in encrypted.iterdir() if path.suffix == ".changing"]


def test_a_copy_of_the_data_folder_opens_nothing(encrypted, identity_file, tmp_path, settings):
    settings.CENTRE_KEYS_DIR = shutil.copytree(encrypted, tmp_path / "stolen")
    lock(identity_file)
    key = CentreKey.objects.get()
    with pytest.raises(Locked, match="keys unlock"):
        keyring.private_key(key)
    with pytest.raises(KeyringError, match="not the passphrase"):
        at_rest.unlock("correct horse battery staple sun")


def test_after_a_start_requests_are_taken_and_read_once_somebody_types_the_passphrase(
    encrypted, riverside, identity_file, monkeypatch, caplog
):
    lock(identity_file)
    late = send("While it was locked")
    assert keyring.verify_keys(timezone.now()) == {"centre_keys_locked": 1}
    assert "keys unlock" in caplog.text
    assert CentreKey.objects.get().unusable_since is None
    assert readiness.Lack.KEY not in readiness.missing(riverside)
    with pytest.raises(CommandError, match="keys unlock"):
        keys("verify")
    assert "locked" in keys("list")
    typed(monkeypatch, "wrong")
    with pytest.raises(CommandError, match="This is not the passphrase of the centres' keys"):
        keys("unlock")
    typed(monkeypatch, PASSPHRASE)
    assert "Unlocked" in keys("unlock")
    assert words_of(late) == "While it was locked"
    assert identity_file.stat().st_mode & 0o777 == 0o600


def test_a_new_key_is_encrypted_like_the_others_and_none_is_made_while_they_are_locked(encrypted, riverside, identity_file):
    key = keyring.create_centre_key(riverside)
    assert key_files.is_encrypted((encrypted / f"{key.pk}.key").read_bytes())
    lock(identity_file)
    before = sorted(encrypted.iterdir())
    with pytest.raises(Locked):
        keyring.create_centre_key(riverside)
    assert sorted(encrypted.iterdir()) == before
    assert keyring.active_key(riverside) == key


def test_decrypting_gives_the_same_files_back(riverside, cases, centre_keys, identity_file, monkeypatch):
    before = {path.name: path.read_bytes() for path in centre_keys.iterdir()}
    typed(monkeypatch, PASSPHRASE)
    keys("encrypt")
    typed(monkeypatch, "not this one at all")
    with pytest.raises(CommandError, match="not the passphrase"):
        keys("decrypt")
    typed(monkeypatch, PASSPHRASE)
    keys("decrypt")
    assert {path.name: path.read_bytes() for path in centre_keys.iterdir()} == before
    assert not identity_file.exists()
    assert words_of(cases[0]) == "Help number 0"


def test_when_one_file_can_not_be_written_none_is_changed(riverside, harbor, centre_keys, identity_file, monkeypatch):
    before = {path.name: path.read_bytes() for path in centre_keys.iterdir()}
    original, calls = key_files.write_new, []

    def full(path, content):
        if path.suffix == ".changing" and path.stem.isdigit():
            calls.append(path)
            if len(calls) == 2:
                raise OSError(28, "No space left on device", str(path))
        original(path, content)

    monkeypatch.setattr(key_files, "write_new", full)
    with pytest.raises(KeyringError, match="Nothing was changed"):
        at_rest.encrypt(PASSPHRASE)
    assert {path.name: path.read_bytes() for path in centre_keys.glob("*.key")} == before
    monkeypatch.setattr(key_files, "write_new", original)
    assert at_rest.encrypt(PASSPHRASE) == 2
    assert keyring.opens_canary(keyring.active_key(harbor))


def test_a_run_that_was_killed_halfway_left_keys_that_all_open_and_is_finished_by_the_next(
    riverside, harbor, centre_keys, identity_file, settings
):
    plain = (centre_keys / f"{keyring.active_key(harbor).pk}.key").read_bytes()
    at_rest.encrypt(PASSPHRASE)
    (centre_keys / f"{keyring.active_key(harbor).pk}.key").write_bytes(plain)
    assert all(keyring.opens_canary(keyring.active_key(centre)) for centre in (riverside, harbor))
    settings.HTTPS = True
    assert "intake.W022" in [message.id for message in checks.centre_keys_are_protected(None)]
    with pytest.raises(CommandError, match="not encrypted, though others are"):
        keys("verify")
    assert at_rest.encrypt(PASSPHRASE) == 1
    assert checks.centre_keys_are_protected(None) == []


def test_keys_in_clear_are_a_warning_only_on_a_site_that_people_reach(riverside, settings, monkeypatch):
    assert checks.centre_keys_are_protected(None) == []
    settings.HTTPS = True
    assert [message.id for message in checks.centre_keys_are_protected(None)] == ["intake.W022"]
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(settings.CENTRE_KEYS_DIR))
    assert checks.centre_keys_are_protected(None) == []


def test_the_passphrase_can_be_changed(encrypted, cases, identity_file, monkeypatch):
    another = "six other words from the dice"
    typed(monkeypatch, PASSPHRASE, another)
    keys("passphrase")
    lock(identity_file)
    with pytest.raises(KeyringError, match="not the passphrase"):
        at_rest.unlock(PASSPHRASE)
    at_rest.unlock(another)
    assert words_of(cases[0]) == "Help number 0"


def test_a_forgotten_passphrase_is_replaced_while_the_machine_still_runs(encrypted, cases, identity_file, monkeypatch):
    another = "six other words from the dice"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{another}\n"))
    call_command("keys", "passphrase", "--forgotten", stdout=io.StringIO())
    lock(identity_file)
    with pytest.raises(Locked):
        at_rest.replace_forgotten_passphrase(another)
    at_rest.unlock(another)
    assert words_of(cases[0]) == "Help number 0"


def test_a_short_passphrase_and_a_place_on_the_disk_are_refused(riverside, identity_file, centre_keys, settings):
    before = sorted(centre_keys.iterdir())
    with pytest.raises(KeyringError, match="at least 20 characters"):
        at_rest.encrypt("short")
    settings.KEYS_IDENTITY_FILE = settings.DATA_DIR / "secrets" / "keys_identity"
    with pytest.raises(KeyringError, match="beside what it opens"):
        at_rest.encrypt(PASSPHRASE)
    assert sorted(centre_keys.iterdir()) == before


def test_an_identity_of_other_keys_or_none_at_all_is_said_plainly(encrypted, cases, identity_file):
    key = CentreKey.objects.get()
    keyring.forget_read_keys()
    identity_file.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(KeyringError, match="identity of other keys"):
        keyring.private_key(key)
    identity_file.write_text("something else")
    with pytest.raises(KeyringError, match="holds no age identity"):
        keyring.private_key(key)
