"""The periodic jobs of the intake side."""

import datetime as dt

from intake.assessment import rate_limits
from intake.cases import blind_index
from intake.disclosure import referrals
from intake.mailbox import sessions
from intake.models import Presence
from intake.notifications import escalation, outbox, weekly_report
from intake.reporting import figures
from intake.retention import policy
from intake.triage import stalled
from recovery_site.periodic import periodic
from recovery_site.staff import presence

periodic("escalate cases that nobody took")(escalation.escalate)
periodic("send notifications that no worker sent")(outbox.sweep)
periodic("remove finished tasks")(outbox.forget_tasks)
periodic("close mailboxes that were left open")(sessions.forget_expired)
periodic("remove old counts of tries")(rate_limits.forget_expired)
periodic("index phone numbers and e-mail addresses")(blind_index.run)
periodic("store the figures of the reports")(figures.refresh)
periodic("give back cases whose owner did not answer")(stalled.give_back)
periodic("end referrals that nobody answered")(referrals.time_out)
periodic("mail the weekly report")(weekly_report.send_due)
periodic("erase closed cases")(policy.run)


@periodic("forget who had a case open")
def forget_presences(now: dt.datetime) -> dict[str, int]:
    """Remove the presences that are no longer shown; return their number."""
    return presence.forget_old(Presence.objects, now)
