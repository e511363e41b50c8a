"""The links by which a receiver outside answers a referral without signing in.

A link shows nothing and opens nothing: whoever gets hold of one can answer one question about a referral, once, and staff see that the
answer came by the link. The server for visitors can't open a case, so the receiver's note is sealed with a key made from the token;
staff open it with the copy of that key that was sealed to the case when the link was made.
"""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction

from intake.crypto import sealing
from intake.disclosure import referrals
from intake.models import Inquiry, Referral, ReferralLink
from recovery_site.database import tokens

TOKEN_BYTES = 16  # 128 random bits can't be guessed
# How long a receiver can say whether the person arrived.
ARRIVAL_WITHIN = dt.timedelta(days=60)
# The state in which each question can be answered.
OPEN_IN = {ReferralLink.Asks.ANSWER: Referral.State.OFFERED, ReferralLink.Asks.ARRIVAL: Referral.State.ACCEPTED}


def issue(referral: Referral, asks: ReferralLink.Asks, case_key: bytes, now: dt.datetime) -> str:
    """Return the address of a new link. Links of the same question that were made before stop working. Two queries."""
    referral.links.filter(asks=asks, used_at=None).update(expires_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = referral.answer_by if asks == ReferralLink.Asks.ANSWER else now + ARRIVAL_WITHIN
    link = ReferralLink(referral=referral, asks=asks, token_hash=_hash(token), expires_at=expires_at)
    link.sealed = sealing.seal("referral_link", link.pk, {"key": _note_key(token).hex()}, case_key)
    link.save(force_insert=True)
    # Not reversed: the staff server has no visitors' addresses.
    return f"{settings.SITE_URL}/referral/{asks.value}/{token}/"


def answer(token: str, asks: str, *, yes: bool, note: str, now: dt.datetime) -> bool:
    """Record the receiver's answer; return whether the link was one that could still be answered."""
    with tokens.brought(_hash(token)), transaction.atomic():
        return _answer(token, asks, yes=yes, note=note, now=now)


def _answer(token: str, asks: str, *, yes: bool, note: str, now: dt.datetime) -> bool:
    open_links = ReferralLink.objects.filter(token_hash=_hash(token), asks=asks, used_at=None, expires_at__gt=now)
    link = open_links.select_related("referral").first()
    if link is None:
        return False
    # The inquiry's row first, as all verbs do, so that no two wait for each other.
    inquiry = Inquiry.objects.select_for_update(of=("self",)).defer("sealed").get(pk=link.referral.inquiry_id)
    referral = Referral.objects.select_for_update().get(pk=link.referral_id)
    referral.inquiry = inquiry
    if inquiry.erased_at or referral.state != OPEN_IN[ReferralLink.Asks(asks)] or not open_links.filter(pk=link.pk).exists():
        return False
    link.used_at = now
    link.save(update_fields=["used_at"])
    sealed = sealing.seal("referral_link_note", link.pk, {"text": note.strip()}, _note_key(token)) if note.strip() else b""
    referrals.answered_by_receiver(referral, link, yes=yes, sealed=sealed)
    return True


def note_of(link: ReferralLink, sealed: bytes, case_key: bytes) -> str:
    """Return the note that came by a link. Raises sealing.SealBroken."""
    key = bytes.fromhex(sealing.open_sealed("referral_link", link.pk, link.sealed, case_key)["key"])
    text: str = sealing.open_sealed("referral_link_note", link.pk, sealed, key)["text"]
    return text


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _note_key(token: str) -> bytes:
    """Another digest than the one that is stored, so that the database alone opens no note."""
    return hashlib.sha256(b"note of a receiver:" + token.encode()).digest()
