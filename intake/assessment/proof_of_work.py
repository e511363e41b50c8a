"""Proof of work for the contact form: cheap for one sender, expensive for thousands.

It is required only under attack. The format is ALTCHA's (version 1: SHA-256 of salt and number); challenges are created
and verified here, without another host. A challenge is bound to the token of one form, so that solutions can't be reused
and need not be stored. A form without a solution is asked for once more (intake.assessment.spam), unless it is urgent.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from functools import cache as cached

from django.conf import settings
from django.core.cache import cache

from intake.assessment import rate_limits
from intake.scheduling import clock

ALGORITHM = "SHA-256"
# On average half of the numbers are tried: about 2 seconds on a phone, while the visitor is still writing.
MAX_NUMBER = 100_000
# Long enough to fill in the form without hurry, short enough that challenges can't be solved in advance.
LIFE_SECONDS = 2 * 60 * 60
LONGEST_ANSWER = 2000
# How long an attack is assumed to last after it was detected: attacks come in waves.
STAYS_SECONDS = 30 * 60
LOOK_AGAIN_SECONDS = 10
_CACHE_KEY = "contact-form-under-attack"


def is_asked(now: dt.datetime) -> bool:
    """Return whether forms require a proof of work now: by settings.PROOF_OF_WORK, or because very many forms arrive."""
    if settings.PROOF_OF_WORK != "auto":
        return bool(settings.PROOF_OF_WORK == "always")
    under_attack: bool | None = cache.get(_CACHE_KEY)
    if under_attack is None:
        under_attack = rate_limits.of_site(rate_limits.CONTACT, now) >= settings.PROOF_OF_WORK_FROM
        cache.set(_CACHE_KEY, under_attack, STAYS_SECONDS if under_attack else LOOK_AGAIN_SECONDS)
    return under_attack


def challenge(nonce: bytes) -> str:
    """Return a new challenge for the form whose token has this nonce, as JSON for ALTCHA's widgets."""
    salt = f"{nonce.hex()}?expires={int(time.time()) + LIFE_SECONDS}&"
    target = _hash(salt, secrets.randbelow(MAX_NUMBER + 1))
    signature = _signature(target, settings.FORM_SECRET)
    return json.dumps({"algorithm": ALGORITHM, "challenge": target, "maxnumber": MAX_NUMBER, "salt": salt, "signature": signature})


def is_solved(answer: str, nonce: bytes) -> bool:
    """Return whether `answer` (base64-encoded JSON) solves an unexpired challenge of ours for this form."""
    try:
        solution = json.loads(base64.b64decode(answer[:LONGEST_ANSWER], validate=True))
        salt, number = str(solution["salt"]), int(solution["number"])
        form_nonce, _mark, expires_text = salt.removesuffix("&").partition("?expires=")
        expires = int(expires_text)
        signature = str(solution["signature"])
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError):
        return False
    given, target = signature.encode(errors="replace"), _hash(salt, number)
    secrets = (settings.FORM_SECRET, *settings.FORM_SECRET_FALLBACKS)
    signed_by_us = any(hmac.compare_digest(_signature(target, secret).encode(), given) for secret in secrets)
    return signed_by_us and form_nonce == nonce.hex() and time.time() <= expires + clock.SKEW.total_seconds()


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode(errors="replace")).hexdigest()


def _signature(text: str, secret_key: str) -> str:
    return hmac.digest(_key(secret_key), text.encode(), "sha256").hex()


@cached
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site proof of work v1", "sha256")
