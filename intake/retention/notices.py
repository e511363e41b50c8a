"""The mail that tells leads and operators that erasing waits for them. Numbers only: no case, nobody's name."""

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from intake.models import Centre, ErasingRound, Membership, RetentionRule
from intake.notifications import recipients

logger = logging.getLogger(__name__)


def tell_leads(now: dt.datetime) -> int:
    """Mail the leads of each centre where erasing waits, and the operators, once a round; return the number of mails.

    A round is claimed before its mails leave, so that two housekeepers don't both send them, and given back when none could be sent.
    """
    sent = 0
    for waiting in ErasingRound.objects.filter(state=ErasingRound.State.WAITS, told_at=None).select_related("centre"):
        mine = ErasingRound.objects.filter(pk=waiting.pk)
        if not mine.filter(told_at=None).update(told_at=now):
            continue
        told = sum(_send(waiting, person) for person in _people(waiting.centre))
        if not told:
            mine.update(told_at=None)
        sent += told
    return sent


def _people(centre: Centre) -> list[User]:
    leads = Q(memberships__centre=centre, memberships__role=Membership.Role.LEAD)
    people = User.objects.filter(leads, is_active=True, is_staff=True, email_refused_at=None).exclude(email="")
    return list(dict.fromkeys([*people.order_by("pk"), *(user for user in recipients.reachable_operators() if user.email)]))


def _send(waiting: ErasingRound, person: User) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        labels = dict(RetentionRule.Outcome.choices)
        context = {
            "round": waiting,
            "rows": [(labels.get(outcome, outcome), number) for outcome, number in waiting.counts.items()],
            # Written out: housekeeping may run on a server that has no staff addresses.
            "link": f"{settings.STAFF_URL}/admin/intake/legalhold/",
        }
        subject = _("Erasing waits for you: %(centre)s") % {"centre": waiting.centre}
        body = render_to_string("intake/mail/erasing_waits.txt", context)
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email], headers={"Auto-Submitted": "auto-generated"})
    try:
        return bool(message.send())
    except OSError:  # SMTPException is one
        logger.warning("A mail that erasing waits could not be sent; the next run tries again.")
        return False
