"""Consents to disclose, and the accounting of disclosures (42 CFR Part 2)."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, drafts, events
from intake.cases.drafts import OpenedDraft
from intake.crypto import keyring, sealing
from intake.disclosure import receiver_links, referrals
from intake.models import ConsentRequest, Disclosure, DisclosureConsent, Event, Inquiry, Referral, ReferralStep
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.triage import base, case_access
from recovery_site.verbs import Refused

CONSENT_WORDS = ("person", "discloser", "recipient", "what", "purpose")
EMERGENCY_WORDS = ("recipient", "affiliation", "nature")


@transaction.atomic
def record_consent(inquiry: Inquiry, *, by: User, words: dict[str, str], way: str, expires_at: dt.datetime) -> DisclosureConsent:
    """Store a consent to disclose. `words` has the keys CONSENT_WORDS and is sealed.

    Raises Refused if a part that the law requires is missing or `expires_at` is in the past.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    now = timezone.now()
    payload = _complete(words, expires_at, now)
    consent = DisclosureConsent(inquiry=inquiry, way=way, given_at=now, expires_at=expires_at, recorded_by=by)
    consent.sealed = sealing.seal("consent", consent.pk, payload, case_keys.for_staff(inquiry, by))
    consent.save(force_insert=True)
    events.record(inquiry, Event.Kind.CONSENT_RECORDED, by=by, consent=str(consent.pk))
    return consent


@transaction.atomic
def ask_consent(inquiry: Inquiry, *, by: User, words: dict[str, str], expires_at: dt.datetime) -> ConsentRequest:
    """Ask the person to sign a consent in the mailbox, and notify them as of a reply. It permits nothing until they do.

    Raises Refused as record_consent does.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    now = timezone.now()
    payload = _complete(words, expires_at, now)
    request = ConsentRequest(inquiry=inquiry, asked_by=by, asked_at=now, expires_at=expires_at)
    request.sealed = sealing.seal("consent_request", request.pk, payload, case_keys.for_staff(inquiry, by))
    request.save(force_insert=True)
    events.record(inquiry, Event.Kind.CONSENT_ASKED, by=by, request=str(request.pk))
    outbox.enqueue(Kind.ANSWER_WAITING, inquiry=inquiry)
    return request


def _complete(words: dict[str, str], expires_at: dt.datetime, now: dt.datetime) -> dict[str, str]:
    """Return the parts of a consent, stripped. Raises Refused if one that the law requires is missing or it ends in the past."""
    if not all(words.get(name, "").strip() for name in CONSENT_WORDS):
        raise Refused(_("A consent names the person, who may tell, whom, what and why. Fill in all five."))
    if expires_at <= now:
        raise Refused(_("The consent must end in the future."))
    return {name: words[name].strip() for name in CONSENT_WORDS}


@transaction.atomic
def revoke_consent(inquiry: Inquiry, *, by: User, consent_id: uuid.UUID) -> DisclosureConsent:
    """Revoke a consent and withdraw the open offers based on it. Earlier disclosures stay in the accounting."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    consent = inquiry.disclosure_consents.select_for_update().filter(pk=consent_id).first()
    if consent is None or consent.revoked_at is not None:
        raise Refused(_("This consent is not in force any more."))
    consent.revoked_at = timezone.now()
    consent.save(update_fields=["revoked_at"])
    referrals.withdraw_offers(consent, by=by)
    events.record(inquiry, Event.Kind.CONSENT_REVOKED, by=by, consent=str(consent.pk))
    return consent


@transaction.atomic
def disclose_in_emergency(inquiry: Inquiry, *, by: User, words: dict[str, str], at: dt.datetime) -> Disclosure:
    """Record a disclosure to medical personnel in an emergency (42 CFR 2.51).

    The law requires the recipient with affiliation, the discloser (`by`), the time (`at`) and the nature of the emergency.
    Raises Refused if one is missing or `at` is in the future.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    if not all(words.get(name, "").strip() for name in EMERGENCY_WORDS):
        raise Refused(_("Write who was told, where they work, and what the emergency was."))
    if at > timezone.now():
        raise Refused(_("The time of the disclosure can't lie ahead."))
    disclosure = Disclosure(inquiry=inquiry, ground=Disclosure.Ground.EMERGENCY, disclosed_at=at, disclosed_by=by)
    payload = {name: words[name].strip() for name in EMERGENCY_WORDS}
    disclosure.sealed = sealing.seal("disclosure", disclosure.pk, payload, case_keys.for_staff(inquiry, by))
    disclosure.save(force_insert=True)
    events.record(inquiry, Event.Kind.DISCLOSED, by=by, disclosure=str(disclosure.pk), ground=disclosure.ground)
    return disclosure


@dataclass
class Referred:
    """A referral, the name of its receiver, and its steps, each with its note (empty without one, None if it can't be opened)."""

    referral: Referral
    receiver: str
    steps: list[tuple[ReferralStep, str | None]]


@dataclass
class Record:
    """The accounting of a case. A payload is None if it could not be decrypted."""

    inquiry: Inquiry
    consents: list[tuple[DisclosureConsent, dict[str, Any] | None]]
    # Those that the person hasn't answered, or said no to.
    requests: list[tuple[ConsentRequest, dict[str, Any] | None]]
    disclosures: list[tuple[Disclosure, dict[str, Any] | None]]
    # Each with whom it went to (None if that could not be decrypted) and its steps with their notes.
    referrals: list["Referred"]
    # What the person who reads it typed and did not send.
    drafts: list[OpenedDraft] = field(default_factory=list)


@transaction.atomic
def record(inquiry: Inquiry, *, by: User) -> Record:
    """Return the decrypted consents, referrals and disclosures of a case, and record that `by` opened it."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by, to_read=True)
    case_access.note_opening(inquiry, by)
    try:
        key: bytes | None = case_keys.for_staff(inquiry, by)
    except (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken):
        key = None
    consents = inquiry.disclosure_consents.select_related("recorded_by")
    disclosures = inquiry.disclosures.select_related("disclosed_by")
    return Record(
        inquiry,
        [(row, case_access.unsealed("consent", row, key)) for row in consents],
        [(row, case_access.unsealed("consent_request", row, key)) for row in inquiry.consent_requests.filter(consent=None)],
        [(row, case_access.unsealed("disclosure", row, key)) for row in disclosures],
        [
            _referred(row, key)
            for row in inquiry.referrals.select_related("to_centre", "consent").prefetch_related("steps__by", "steps__link")
        ],
        drafts.of_case(inquiry, by=by, key=key) if key else [],
    )


def _referred(referral: Referral, key: bytes | None) -> Referred:
    words = case_access.unsealed("consent", referral.consent, key) or {}
    receiver = referral.to_centre.name if referral.to_centre else words.get("recipient", "")
    return Referred(referral, receiver, [(step, _note(step, key)) for step in referral.steps.all()])


def _note(step: ReferralStep, key: bytes | None) -> str | None:
    if not step.sealed:
        return ""
    if key is None:
        return None
    try:
        if step.link is not None:
            return receiver_links.note_of(step.link, bytes(step.sealed), key)
        return str(sealing.open_sealed("referral_step", step.pk, step.sealed, key)["text"])
    except sealing.SealBroken:
        return None
