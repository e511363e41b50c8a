"""A row of the queue in words: what sorts it, how long it has waited, and how safe contact is. Nothing unsealed."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.cases import labels
from intake.models import Inquiry, QueueRank
from intake.scheduling import safe_times

ON_FRONT_PAGE = 15  # rows
# What stands above each part of the queue: why these are here.
PARTS = {
    QueueRank.DANGER: gettext_lazy("Danger now"),
    QueueRank.PROMISED: gettext_lazy("Waiting for a first answer"),
    QueueRank.WAITING_FOR_US: gettext_lazy("Waiting for us"),
    QueueRank.FOLLOW_UP: gettext_lazy("Follow-ups"),
    QueueRank.WAITING_FOR_THEM: gettext_lazy("Waiting for the visitor"),
    QueueRank.CLOSED: gettext_lazy("Closed"),
    QueueRank.SPAM: gettext_lazy("Spam"),
}


@dataclass(frozen=True)
class Row:
    """What one line of the queue shows."""

    inquiry: Inquiry
    reasons: list[str]
    waiting: str
    due: str
    late: bool
    way: str
    warnings: list[str]
    language: str
    part: str


def rows(inquiries: list[Inquiry], now: dt.datetime | None = None) -> list[Row]:
    """Return the lines for `inquiries`, whose centre and owner are loaded."""
    now = now or timezone.now()
    return [row(inquiry, now) for inquiry in inquiries]


def row(inquiry: Inquiry, now: dt.datetime) -> Row:
    """Return one line as of `now`."""
    due, late = due_in_words(inquiry, now)
    return Row(
        inquiry=inquiry,
        reasons=[labels.reason(code) for code in inquiry.priority_reasons],
        waiting=timesince(inquiry.received_at, now, depth=1),
        due=due,
        late=late,
        way=str(inquiry.get_contact_way_display()),
        warnings=contact_warnings(inquiry, now),
        language=labels.language_name(inquiry.language),
        part=str(PARTS[inquiry.queue_rank]),
    )


def due_in_words(inquiry: Inquiry, now: dt.datetime) -> tuple[str, bool]:
    """Return what is due when, and whether that moment has passed."""
    rank = inquiry.queue_rank
    if rank == QueueRank.CLOSED:
        return _("closed"), False
    if rank == QueueRank.WAITING_FOR_THEM:
        return _("waiting for the visitor"), False
    if rank == QueueRank.FOLLOW_UP:
        late = inquiry.due_at <= now
        return _("follow-up due") if late else _("follow-up in %(time)s") % {"time": timeuntil(inquiry.due_at, now, depth=1)}, late
    if inquiry.first_response_at is not None:
        return _("waiting for us"), False
    if inquiry.answer_by is None:
        return _("no opening hours, no promise"), False
    if inquiry.answer_by <= now:
        return _("%(time)s past the promise") % {"time": timesince(inquiry.answer_by, now, depth=1)}, True
    return _("%(time)s left") % {"time": timeuntil(inquiry.answer_by, now, depth=1)}, False


def contact_warnings(inquiry: Inquiry, now: dt.datetime) -> list[str]:
    """Return the few words that must be known before a hand goes to the phone."""
    if inquiry.no_longer_safe:
        return [_("do not contact")]
    found = []
    if inquiry.contact_way in (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT):
        if not safe_times.is_safe_time(inquiry, now):
            found.append(_("not a safe time now"))
        if inquiry.contact_way == Inquiry.ContactWay.PHONE and not inquiry.may_leave_voicemail:
            found.append(_("no voicemail"))
    return found
