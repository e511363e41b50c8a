"""The verbs of triage. Each is one transaction that checks, changes and records (see recovery_site.verbs)."""

from intake.triage.absences import hand_over_cases
from intake.triage.attempts import log_attempt, show_contact
from intake.triage.blocking import block
from intake.triage.case_access import SAFE_WAYS, Case, first_words, give_new_words, open_case
from intake.triage.claims import AlreadyTaken, assign, claim, release
from intake.triage.closing import asks_first, close, put_in_queue, reopen
from intake.triage.danger import (
    EMERGENCY_NUMBERS,
    LOWERING,
    RAISING,
    acknowledge,
    change_priority,
    end_drill,
    record_emergency_call,
    resolve_danger,
)
from intake.triage.danger import OUTCOMES as DANGER_OUTCOMES
from intake.triage.duplicates import merge, related, unmerge
from intake.triage.follow_ups import follow_up
from intake.triage.messages import add_note, reply, take_back
from intake.triage.recusals import recuse
from intake.triage.transfers import hand_over
from intake.triage.watching import unwatch, watch

__all__ = [
    "DANGER_OUTCOMES",
    "EMERGENCY_NUMBERS",
    "LOWERING",
    "RAISING",
    "SAFE_WAYS",
    "AlreadyTaken",
    "Case",
    "acknowledge",
    "add_note",
    "asks_first",
    "assign",
    "block",
    "change_priority",
    "claim",
    "close",
    "end_drill",
    "first_words",
    "follow_up",
    "give_new_words",
    "hand_over",
    "hand_over_cases",
    "log_attempt",
    "merge",
    "open_case",
    "put_in_queue",
    "record_emergency_call",
    "recuse",
    "related",
    "release",
    "reopen",
    "reply",
    "resolve_danger",
    "show_contact",
    "take_back",
    "unmerge",
    "unwatch",
    "watch",
]
