"""Last week's numbers by e-mail to the leads who want them: counts only, no case, no visitor, no colleague."""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from intake.models import Membership
from intake.reporting import counting, reports
from intake.reporting.suppression import total_in_mail
from intake.scheduling import safe_times

logger = logging.getLogger(__name__)

FROM_HOUR = dt.time(7)  # on Mondays
AT_ONCE = 200  # mails a round of housekeeping


def send_due(now: dt.datetime) -> dict[str, int]:
    """Mail each lead who wants it the numbers of the week that ended last Sunday (housekeeping); return how many mails.

    A mail is claimed before it leaves, so that two housekeepers don't both send it, and given back when it reached nobody.
    """
    sent = 0
    wanted = Membership.objects.filter(weekly_report=True, role=Membership.Role.LEAD, user__is_active=True, user__is_staff=True).exclude(
        user__email=""
    )
    for member in wanted.select_related("user", "centre").order_by("pk")[:AT_ONCE]:
        week = counting.last_week(counting.today([member.centre], now))
        monday = week.last + dt.timedelta(days=1)
        if now < _due(monday, member):
            continue
        mine = Membership.objects.filter(pk=member.pk)
        if not mine.filter(Q(report_sent_on=None) | Q(report_sent_on__lt=monday)).update(report_sent_on=monday):
            continue
        try:
            _send(member, week, now)
        except OSError:  # SMTPException is one
            logger.warning("A weekly report could not be mailed; the next run tries again.")
            mine.update(report_sent_on=member.report_sent_on)
        else:
            sent += 1
    return {"weekly_reports_sent": sent}


def _due(monday: dt.date, member: Membership) -> dt.datetime:
    """Return when the mail leaves: when it is FROM_HOUR of this Monday both at the centre, whose week has ended, and for the lead."""
    zones = ZoneInfo(member.centre.time_zone), safe_times.zone(member.user.time_zone)
    return max(dt.datetime.combine(monday, FROM_HOUR, zone) for zone in zones)


def _send(member: Membership, week: counting.Period, now: dt.datetime) -> None:
    language = member.report_language if member.report_language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    zone = safe_times.zone(member.user.time_zone)
    with translation.override(language), timezone.override(zone):
        report = reports.report([member.centre], week, now)
        totals = {
            "total": report.total,
            "left_out": report.left_out_total,
            "open_now": report.open_now,
            "unclaimed_now": report.unclaimed_now,
        }
        context = {
            "centre": member.centre,
            **{name: total_in_mail(number) for name, number in totals.items()},
            "report": report,
            "zone": str(zone),
            # Written out: housekeeping may run on a server that has no staff addresses.
            "link": f"{settings.STAFF_URL}/admin/intake/inquiry/dashboard/?period=last-week&centre={member.centre_id}",
        }
        text = render_to_string("intake/mail/weekly_report.txt", context)
        subject = _("Numbers of last week")
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [member.user.email], headers=headers).send()
