"""The verbs of triage: one function a step, each one transaction that checks, changes and records."""

from intake.triage.absence import hand_over_cases
from intake.triage.attempts import log_attempt, show_contact
from intake.triage.closing import close, reopen
from intake.triage.disclosing import disclose_in_emergency, record_consent, revoke_consent
from intake.triage.duplicates import block, merge, related, unmerge
from intake.triage.errors import AlreadyTaken, NotAllowed, Refused, Stale
from intake.triage.handing import hand_over, recuse, unwatch, watch
from intake.triage.opening import Case, open_case
from intake.triage.owning import assign, claim, release
from intake.triage.prescreening import follow_up, put_on_waiting_list, save_prescreen, take_off_waiting_list
from intake.triage.referring import accept, decline, record_answer, refer
from intake.triage.writing import add_note, reply

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
