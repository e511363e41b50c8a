"""The periodic jobs of the intake app."""

import datetime as dt

from intake.assessment import rate_limits
from intake.audit import chain, daily
from intake.cases import blind_index
from intake.cases import drafts as staff_drafts
from intake.crypto import keyring
from intake.disclosure import referrals
from intake.mailbox import danger_escalation, sessions
from intake.memberships import announcements, deciding
from intake.models import Presence
from intake.notifications import alarm_links, alarms, escalation, outbox, weekly_report
from intake.oversight import unusual
from intake.queue import shift_notes
from intake.retention import erased_list, holds, rounds, storage
from intake.submission import drafts, drills
from intake.triage import absences, stalled
from recovery_site.periodic import periodic
from recovery_site.staff import presence

periodic("give reopened duplicates to those who have the other case")(danger_escalation.follow_reopened)
periodic("ring for alarms that nobody has taken")(alarms.ring_due)
periodic('ring again for cases that nobody opened after "I have it"')(alarms.ring_again)
periodic("verify the centres' keys", on_each_machine=True)(keyring.verify_keys)
periodic("escalate cases that nobody took")(escalation.escalate)
periodic("send notifications that no worker sent")(outbox.sweep)
periodic("close mailboxes that were left open")(sessions.forget_expired)
periodic("erase requests that were never sent", needs_clock=True)(drafts.forget_expired)
periodic("remove expired links of alarms", needs_clock=True)(alarm_links.forget_expired)
periodic("remove old counts of tries")(rate_limits.forget_expired)
periodic("index phone numbers and e-mail addresses")(blind_index.run)
periodic("forget drafts of staff", needs_clock=True)(staff_drafts.forget_old)
periodic("give back cases whose owner did not answer")(stalled.give_back)
periodic("give back cases of people who left")(absences.give_back)
periodic("bring back urgent cases whose reply was not read")(stalled.return_unread)
periodic("start danger drills")(drills.start_due)
periodic("end referrals that nobody answered", needs_clock=True)(referrals.time_out)
periodic("notice unusual reading")(unusual.notice)
periodic("mail the weekly report")(weekly_report.send_due)
periodic("forget old notes between shifts", needs_clock=True)(shift_notes.forget_old)
periodic("end or begin proposed memberships", needs_clock=True)(deciding.end_due)
periodic("tell of changes of people and keys")(announcements.tell)
periodic("forget what was told long ago", needs_clock=True)(announcements.forget_old)
periodic("link the audit trail")(chain.link_all)
periodic("verify the newest part of the audit trail")(daily.verify_newest)
periodic("end legal holds that nobody approved", needs_clock=True)(holds.end_unapproved)
periodic("erase closed cases")(rounds.run)
# After all that erases.
periodic("list outside the database what was erased")(erased_list.append_new)
periodic("remove what was erased from the files of the database")(storage.overwrite)


@periodic("forget who had a case open")
def forget_presences(now: dt.datetime) -> dict[str, int]:
    """Delete expired presences; return their number."""
    return presence.forget_old(Presence.objects, now)
