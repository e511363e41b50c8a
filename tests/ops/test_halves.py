"""What each half of the site is given, and what it refuses to start with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import signing

from intake.crypto import sealing
from intake.models import WebhookEndpoint
from intake.notifications.channels import webhook
from intake.submission import form_tokens
from recovery_site import secrets
from tests.support.site import ROOT

NAMES = ("SITE_ROLE", "SECRETS_DIR", "CENTRE_KEYS_DIR", "CREDENTIALS_DIRECTORY", *(name.upper() for name in secrets.STAFF_SECRETS))


SECRETS = "from django.conf import settings; print(settings.SECRET_KEY, settings.FORM_SECRET)"


def start(command: str = SECRETS, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Load the settings as each process of the site does; print what the two secrets are, or run another program with them."""
    inherited = {name: value for name, value in os.environ.items() if name not in NAMES}
    environment = {**inherited, "DJANGO_SETTINGS_MODULE": "recovery_site.settings", **variables}
    return subprocess.run([sys.executable, "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """The data folder of a public server: its own three secrets, and nothing else."""
    (tmp_path / "secrets").mkdir()
    for name in secrets.PUBLIC_SECRETS:
        (tmp_path / "secrets" / name).write_text(f"{name}-of-the-site\n")
    return tmp_path


@pytest.mark.once
def test_a_public_server_starts_with_its_own_secrets(node):
    assert start(SITE_ROLE="public", DATA_DIR=str(node)).stdout == "secret_key-of-the-site secret_key-of-the-site\n"


@pytest.mark.once
def test_systemd_hands_over_the_secrets_in_a_folder_of_its_own(node, tmp_path):
    done = start(SITE_ROLE="public", DATA_DIR=str(tmp_path / "nothing"), CREDENTIALS_DIRECTORY=str(node / "secrets"))
    assert done.stdout.startswith("secret_key-of-the-site")


@pytest.mark.once
@pytest.mark.parametrize("name", [*secrets.STAFF_SECRETS, "text_gateway_password", "1.key", "in the environment"])
def test_a_public_server_that_can_read_what_the_staffs_has_refuses_to_start(node, name):
    more = {}
    if name == "1.key":
        (node / "centre-keys").mkdir()
        (node / "centre-keys" / name).write_text("a key")
    elif name == "in the environment":
        more = {"STAFF_SECRET_KEY": "a secret"}
    else:
        (node / "secrets" / name).write_text("a secret")

    done = start(SITE_ROLE="public", DATA_DIR=str(node), **more)

    assert done.returncode != 0
    assert "This is a public server (SITE_ROLE=public), and it can read what only the staff's may have" in done.stderr.splitlines()[-1]


@pytest.mark.once
def test_a_site_from_before_gets_the_staffs_secret_when_the_missing_ones_are_made(node):
    assert "The secret staff_secret_key is missing." in start(DATA_DIR=str(node)).stderr
    assert secrets.create_missing(node / "secrets") == list(secrets.STAFF_SECRETS)
    staffs, forms = start(DATA_DIR=str(node)).stdout.split(" ", 1)
    assert staffs == (node / "secrets" / "staff_secret_key").read_text().strip()
    assert forms == "secret_key-of-the-site\n"


def test_what_the_public_half_can_sign_is_nothing_to_the_staffs(settings):
    settings.SECRET_KEY, settings.FORM_SECRET = "the staff's", "the forms'"
    forged = signing.dumps("a page of the queue", key=settings.FORM_SECRET, salt="intake.queue.queue")
    with pytest.raises(signing.BadSignature):
        signing.loads(forged, salt="intake.queue.queue")


def test_a_form_that_lies_open_while_the_secret_is_replaced_can_still_be_sent(settings):
    token = form_tokens.issue()
    settings.FORM_SECRET, settings.FORM_SECRET_FALLBACKS = "the new one", [settings.FORM_SECRET]
    assert len(form_tokens.read(token).nonce) == form_tokens.NONCE_BYTES


def test_a_webhook_from_before_still_signs_after_the_staff_got_a_secret_of_their_own(db, settings):
    endpoint = WebhookEndpoint.objects.create(name="pager", url="https://pager.example.org/")
    settings.SECRET_KEY = settings.FORM_SECRET = "the only one"
    webhook.new_secret(endpoint)
    settings.SECRET_KEY = "the staff's own"
    assert len(webhook._secret(endpoint)) == 32
    settings.FORM_SECRET = "another"
    with pytest.raises(sealing.SealBroken):
        webhook._secret(endpoint)
