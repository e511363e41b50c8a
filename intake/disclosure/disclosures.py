"""Telling others about a person: consent first, an accounting always, and the four facts of an emergency."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import keyring, sealing
from intake.disclosure import referrals
from intake.models import Disclosure, DisclosureConsent, Event, Inquiry, Referral
from intake.triage import base, case_access
from recovery_site.verbs import Refused

CONSENT_WORDS = ("person", "discloser", "recipient", "what", "purpose")
EMERGENCY_WORDS = ("recipient", "affiliation", "nature")


@transaction.atomic
def record_consent(inquiry: Inquiry, *, by: User, words: dict[str, str], way: str, expires_at: dt.datetime) -> DisclosureConsent:
    """Store what the person allowed; `words` holds all of CONSENT_WORDS and is sealed, `expires_at` lies ahead.

    Raises Refused when a part that the law asks for is missing: a consent with a hole is none.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    now = timezone.now()
    if not all(words.get(name, "").strip() for name in CONSENT_WORDS):
        raise Refused(_("A consent names the person, who may tell, whom, what and why. Fill in all five."))
    if expires_at <= now:
        raise Refused(_("The consent must end in the future."))
    consent = DisclosureConsent(inquiry=inquiry, way=way, given_at=now, expires_at=expires_at, recorded_by=by)
    payload = {name: words[name].strip() for name in CONSENT_WORDS}
    consent.sealed = sealing.seal("consent", consent.pk, payload, case_keys.for_staff(inquiry, by))
    consent.save(force_insert=True)
    events.record(inquiry, Event.Kind.CONSENT_RECORDED, by=by, consent=str(consent.pk))
    return consent


@transaction.atomic
def revoke_consent(inquiry: Inquiry, *, by: User, consent_id: uuid.UUID) -> DisclosureConsent:
    """End a consent at once. What was told before stays in the accounting."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    consent = inquiry.disclosure_consents.select_for_update().filter(pk=consent_id).first()
    if consent is None or consent.revoked_at is not None:
        raise Refused(_("This consent is not in force any more."))
    consent.revoked_at = timezone.now()
    consent.save(update_fields=["revoked_at"])
    referrals.take_back(consent, by=by)
    events.record(inquiry, Event.Kind.CONSENT_REVOKED, by=by, consent=str(consent.pk))
    return consent


@transaction.atomic
def disclose_in_emergency(inquiry: Inquiry, *, by: User, words: dict[str, str], at: dt.datetime) -> Disclosure:
    """Account for a disclosure to medical personnel in an emergency (42 CFR 2.51).

    The four facts: who was told (recipient and affiliation), who told (`by`), when (`at`, not ahead), and the nature of
    the emergency. Raises Refused when one is missing.
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
class Record:
    """The accounting of a case. Words are None where they could not be unsealed."""

    inquiry: Inquiry
    consents: list[tuple[DisclosureConsent, dict[str, Any] | None]]
    disclosures: list[tuple[Disclosure, dict[str, Any] | None]]
    referrals: list[Referral]


@transaction.atomic
def record(inquiry: Inquiry, *, by: User) -> Record:
    """Return the consents, referrals and disclosures of a case, unsealed; that `by` looked is recorded as an opening."""
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
        [(row, case_access.unsealed("disclosure", row, key)) for row in disclosures],
        list(inquiry.referrals.select_related("to_centre", "offered_by")),
    )
