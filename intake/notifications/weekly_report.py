"""Last week's numbers by e-mail to the leads who want them: counts only, no case, no visitor, no colleague."""

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from intake.models import Centre, Membership
from intake.reporting import reports

logger = logging.getLogger(__name__)

FROM_HOUR = dt.time(7)  # on Mondays, by the centre's clock
WEEK = dt.timedelta(days=7)
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
        there = now.astimezone(ZoneInfo(member.centre.time_zone))
        monday = there.date() - dt.timedelta(days=there.weekday())
        if there.weekday() == 0 and there.time() < FROM_HOUR:
            continue
        mine = Membership.objects.filter(pk=member.pk)
        if not mine.filter(Q(report_sent_on=None) | Q(report_sent_on__lt=monday)).update(report_sent_on=monday):
            continue
        end = dt.datetime.combine(monday, dt.time(), there.tzinfo)
        try:
            _send(member.user.email, member.centre, end)
        except OSError:  # SMTPException is one
            logger.warning("A weekly report could not be mailed; the next run tries again.")
            mine.update(report_sent_on=member.report_sent_on)
        else:
            sent += 1
    return {"weekly_reports_sent": sent}


def _send(address: str, centre: Centre, end: dt.datetime) -> None:
    report = reports.report([centre.pk], end - WEEK, end)
    totals = {"total": report.total, "open_now": report.open_now, "unclaimed_now": report.unclaimed_now}
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "centre": centre,
            "first_day": (end - WEEK).date(),
            "last_day": (end - dt.timedelta(days=1)).date(),
            **{name: _total(number) for name, number in totals.items()},
            "kept": None if report.kept is None else round(report.kept * 100),
            "report": report,
            # Written out: housekeeping may run on a server that has no staff addresses.
            "link": f"{settings.STAFF_URL}/admin/intake/inquiry/dashboard/",
        }
        text = render_to_string("intake/mail/weekly_report.txt", context)
        subject = _("Numbers of last week")
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [address], headers=headers).send()


def _total(number: int) -> str:
    """Return a number as a mail may tell it: it leaves the house, and a small one could be about somebody."""
    return _("fewer than %(smallest)s") % {"smallest": reports.SMALLEST_CELL} if 0 < number < reports.SMALLEST_CELL else str(number)
