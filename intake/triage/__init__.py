"""The verbs of triage: one function a step, each one transaction that checks, changes and records."""

from intake.admission.prescreens import save_prescreen
from intake.admission.waiting_list import put_on_waiting_list, take_off_waiting_list
from intake.disclosure.disclosures import disclose_in_emergency, record_consent, revoke_consent
from intake.disclosure.referrals import accept, decline, record_answer, refer
from intake.triage.absences import hand_over_cases
from intake.triage.attempts import log_attempt, show_contact
from intake.triage.blocking import block
from intake.triage.case_access import Case, open_case
from intake.triage.claims import assign, claim, release
from intake.triage.closing import close, reopen
from intake.triage.duplicates import merge, related, unmerge
from intake.triage.errors import AlreadyTaken, NotAllowed, Refused, Stale
from intake.triage.follow_ups import follow_up
from intake.triage.messages import add_note, reply
from intake.triage.recusals import recuse
from intake.triage.transfers import hand_over
from intake.triage.watching import unwatch, watch

__all__ = [
    "AlreadyTaken",
    "Case",
    "NotAllowed",
    "Refused",
    "Stale",
    "accept",
    "add_note",
    "assign",
    "block",
    "claim",
    "close",
    "decline",
    "disclose_in_emergency",
    "follow_up",
    "hand_over",
    "hand_over_cases",
    "log_attempt",
    "merge",
    "open_case",
    "put_on_waiting_list",
    "record_answer",
    "record_consent",
    "recuse",
    "refer",
    "related",
    "release",
    "reopen",
    "reply",
    "revoke_consent",
    "save_prescreen",
    "show_contact",
    "take_off_waiting_list",
    "unmerge",
    "unwatch",
    "watch",
]
