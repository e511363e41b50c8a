"""The verbs of disclosure: consents, referrals and emergencies (42 CFR Part 2)."""

from intake.disclosure.disclosures import ask_consent, disclose_in_emergency, record_consent, revoke_consent
from intake.disclosure.referrals import accept, decline, record_answer, record_arrival, refer, take_back

__all__ = [
    "accept",
    "ask_consent",
    "decline",
    "disclose_in_emergency",
    "record_answer",
    "record_arrival",
    "record_consent",
    "refer",
    "revoke_consent",
    "take_back",
]
