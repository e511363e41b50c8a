"""The verbs of triage: one function a step, each one transaction that checks, changes and records (recovery_site.verbs)."""

from intake.triage.absences import hand_over_cases
from intake.triage.attempts import log_attempt, show_contact
from intake.triage.blocking import block
from intake.triage.case_access import Case, open_case
from intake.triage.claims import AlreadyTaken, assign, claim, release
from intake.triage.closing import close, reopen
from intake.triage.duplicates import merge, related, unmerge
from intake.triage.follow_ups import follow_up
from intake.triage.messages import add_note, reply
from intake.triage.recusals import recuse
from intake.triage.transfers import hand_over
from intake.triage.watching import unwatch, watch

__all__ = [
    "AlreadyTaken",
    "Case",
    "add_note",
    "assign",
    "block",
    "claim",
    "close",
    "follow_up",
    "hand_over",
    "hand_over_cases",
    "log_attempt",
    "merge",
    "open_case",
    "recuse",
    "related",
    "release",
    "reopen",
    "reply",
    "show_contact",
    "unmerge",
    "unwatch",
    "watch",
]
