"""A small sum that a visitor's browser solves while machines flood the form: dear for who sends thousands, nothing for one.

It is asked for only under attack. The format is ALTCHA's (version 1: SHA-256 of salt and number), made and checked here: no
other host takes part. A sum belongs to one form's token, so its answer is worth nothing with another form, and no answers have
to be stored. Whoever brings no answer is taken in all the same (intake.assessment.spam: a person looks first), and danger never waits.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from functools import cache as cached

from django.conf import settings
from django.core.cache import cache

from intake.assessment import rate_limits

ALGORITHM = "SHA-256"
# Half of these are tried on average: about 2 seconds in a phone's browser, while the visitor is still writing.
MAX_NUMBER = 100_000
# Long enough to write in peace; short enough that sums solved in advance are no use.
LIFE_SECONDS = 2 * 60 * 60
LONGEST_ANSWER = 2000
# Once it is under attack the form stays so for a while: attacks come in waves, and a stretch of minutes ends in the midst of one.
STAYS_SECONDS = 30 * 60
LOOK_AGAIN_SECONDS = 10
_PLACE = "contact-form-under-attack"


def is_asked(now: dt.datetime) -> bool:
    """Tell whether forms must bring an answer now: by the operator's word, or because very many forms came in a stretch."""
    if settings.PROOF_OF_WORK != "auto":
        return bool(settings.PROOF_OF_WORK == "always")
    known: bool | None = cache.get(_PLACE)
    if known is None:
        known = rate_limits.of_site(rate_limits.CONTACT, now) >= settings.PROOF_OF_WORK_FROM
        cache.set(_PLACE, known, STAYS_SECONDS if known else LOOK_AGAIN_SECONDS)
    return known


def challenge(nonce: bytes) -> str:
    """Return a new sum for the form whose token has this nonce, as the JSON that ALTCHA's widgets read."""
    salt = f"{nonce.hex()}?expires={int(time.time()) + LIFE_SECONDS}&"
    wanted = _hash(salt, secrets.randbelow(MAX_NUMBER + 1))
    sum_ = {"algorithm": ALGORITHM, "challenge": wanted, "maxnumber": MAX_NUMBER, "salt": salt, "signature": _signature(wanted)}
    return json.dumps(sum_)


def is_solved(answer: str, nonce: bytes) -> bool:
    """Tell whether `answer` (base64 of JSON) solves a sum of ours for this form that hasn't run out."""
    try:
        said = json.loads(base64.b64decode(answer[:LONGEST_ANSWER], validate=True))
        salt, number = str(said["salt"]), int(said["number"])
        of_form, _mark, ends = salt.removesuffix("&").partition("?expires=")
        expires = int(ends)
        signature = str(said["signature"])
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError):
        return False
    right = hmac.compare_digest(_signature(_hash(salt, number)).encode(), signature.encode(errors="replace"))
    return right and of_form == nonce.hex() and time.time() <= expires


def was_asked(posted: Mapping[str, str]) -> bool:
    """Tell whether the form was sent from a page that had a sum to solve, and said what comes of not solving it."""
    return "altcha" in posted


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode(errors="replace")).hexdigest()


def _signature(text: str) -> str:
    return hmac.digest(_key(settings.SECRET_KEY), text.encode(), "sha256").hex()


@cached
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site proof of work v1", "sha256")
