"""A new secret_key: receipts, open forms and webhooks go on, and the former secret is dropped a day later."""

import json
import secrets

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from intake.assessment import proof_of_work
from intake.cases.inquiry_data import InquiryData
from intake.crypto import sealing
from intake.models import WebhookEndpoint
from intake.notifications.channels import webhook
from intake.submission import receipt_cookie, receive
from recovery_site.settings import SECRETS_DIR

FORMER, CURRENT = "f" * 64, "c" * 64


@pytest.fixture
def secret_file(settings, tmp_path, monkeypatch):
    """The file of the secret, on a site that starts with the former one."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    settings.SECRETS_DIR = tmp_path
    replaced(settings, FORMER)
    for name in ("secret_key", "staff_secret_key"):
        (tmp_path / name).write_text(f"{FORMER}\n")
    return tmp_path / "secret_key"


def replaced(settings, current, *former):
    """Both halves' secrets are `current`, and `former` ones are still read."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = current, list(former)
    settings.FORM_SECRET, settings.FORM_SECRET_FALLBACKS = current, list(former)


def restart(settings, secret_file):
    settings.FORM_SECRET, *settings.FORM_SECRET_FALLBACKS = secret_file.read_text().split()
    settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = secret_file.with_name("staff_secret_key").read_text().split()


def test_the_former_secret_is_read_until_the_rotation_is_finished(db, settings, secret_file):
    endpoint = WebhookEndpoint.objects.create(url="https://example.org/")
    shown = webhook.new_secret(endpoint)
    call_command("keys", "rotate-secret")
    restart(settings, secret_file)
    assert (settings.SECRET_KEY != FORMER, settings.SECRET_KEY_FALLBACKS) == (True, [FORMER])
    assert secret_file.stat().st_mode & 0o777 == 0o600
    call_command("keys", "rotate-secret", "--finish")
    restart(settings, secret_file)
    assert settings.SECRET_KEY_FALLBACKS == settings.FORM_SECRET_FALLBACKS == []
    assert settings.SECRET_KEY != settings.FORM_SECRET
    endpoint.refresh_from_db()
    assert webhook.base64.b64decode(shown.removeprefix("whsec_")) == webhook._secret(endpoint)
    with pytest.raises(CommandError, match="nothing to finish"):
        call_command("keys", "rotate-secret", "--finish")


def test_a_webhooks_secret_opens_under_the_former_secret_and_not_without_it(db, settings, secret_file):
    endpoint = WebhookEndpoint.objects.create(url="https://example.org/")
    webhook.new_secret(endpoint)
    replaced(settings, CURRENT, FORMER)
    assert webhook._secret(endpoint)
    replaced(settings, CURRENT)
    with pytest.raises(sealing.SealBroken):
        webhook._secret(endpoint)


def test_the_words_on_the_page_after_sending_are_shown_after_a_restart_in_between(settings, secret_file):
    packed = receipt_cookie.pack(receipt_cookie.Sent(["one"], "en", "K7M2-9QXD", "2026-11-29T12:00:00+00:00"))
    replaced(settings, CURRENT, FORMER)
    assert receipt_cookie.unpack(packed).words == ["one"]
    replaced(settings, CURRENT)
    assert receipt_cookie.unpack(packed) is None


def test_a_form_that_is_sent_again_after_the_restart_shows_the_same_words(riverside, settings, secret_file):
    token = secrets.token_bytes(16)
    first = receive.receive(InquiryData(message="Help me"), form_token=token)
    replaced(settings, CURRENT, FORMER)
    again = receive.receive(InquiryData(message="Help me"), form_token=token)
    assert (again.inquiry, again.receipt) == (first.inquiry, first.receipt)


def test_a_proof_of_work_that_was_begun_before_still_counts(settings, secret_file, monkeypatch):
    monkeypatch.setattr(proof_of_work.secrets, "randbelow", lambda limit: 5)
    begun = json.loads(proof_of_work.challenge(b"nonce"))
    answer = proof_of_work.base64.b64encode(json.dumps({**begun, "number": 5}).encode()).decode()
    replaced(settings, CURRENT, FORMER)
    assert proof_of_work.is_solved(answer, b"nonce")
    replaced(settings, CURRENT)
    assert not proof_of_work.is_solved(answer, b"nonce")


def test_a_secret_that_is_no_file_is_left_to_the_operator(settings, secret_file, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", FORMER)
    with pytest.raises(CommandError, match="isn't a file"):
        call_command("keys", "rotate-secret")
    assert secret_file.read_text() == f"{FORMER}\n"
    assert SECRETS_DIR != settings.SECRETS_DIR
