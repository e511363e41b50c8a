"""The rows of the queue. They contain no sealed content."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake.assessment import spam
from intake.cases import labels, ticked
from intake.models import Inquiry, QueueRank
from intake.scheduling import safe_times

ON_FRONT_PAGE = 15  # rows
# The heading of each section of the queue.
PARTS = {
    QueueRank.DANGER: gettext_lazy("Danger now"),
    QueueRank.PROMISED: gettext_lazy("Waiting for a first answer"),
    QueueRank.WAITING_FOR_US: gettext_lazy("Waiting for us"),
    QueueRank.FOLLOW_UP: gettext_lazy("Follow-ups"),
    QueueRank.WAITING_FOR_THEM: gettext_lazy("Waiting for the visitor"),
    QueueRank.CLOSED: gettext_lazy("Closed"),
    QueueRank.SPAM: gettext_lazy("Spam"),
}


CLOSED = (QueueRank.CLOSED, QueueRank.SPAM)
SAID_BY_PART = (QueueRank.WAITING_FOR_US, QueueRank.WAITING_FOR_THEM, *CLOSED)


@dataclass(frozen=True)
class Row:
    """The content of one row of the queue."""

    inquiry: Inquiry
    reasons: list[str]
    waiting: str
    due: str
    late: bool
    way: str
    warnings: list[str]
    language: str
    part: str
    # Why the site holds it because it looks automatic; empty for all others.
    held: list[str]
    # Whether the row above it says the same about what is due.
    due_again: bool = False
    # What the case is about: filled by with_topics().
    about: list[str] = field(default_factory=list)


def rows(inquiries: list[Inquiry], now: dt.datetime | None = None) -> list[Row]:
    """Return the rows for `inquiries`. Select `centre` and `claimed_by`."""
    now = now or timezone.now()
    made: list[Row] = []
    for inquiry in inquiries:
        new = row(inquiry, now)
        again = bool(made) and (made[-1].part, made[-1].due, made[-1].late) == (new.part, new.due, new.late)
        made.append(replace(new, due_again=again))
    return made


def with_topics(shown: Iterable[Row], user: User) -> list[Row]:
    """Return the rows with what each case is about (intake.cases.ticked). One query."""
    shown = list(shown)
    about = ticked.about([row.inquiry for row in shown], user)
    return [replace(row, about=about.get(row.inquiry.pk, [])) for row in shown]


def row(inquiry: Inquiry, now: dt.datetime) -> Row:
    """Return the row of one inquiry as of `now`."""
    due, late = due_in_words(inquiry, now)
    if inquiry.queue_rank in SAID_BY_PART:
        # The part of the queue, or the state, says it already.
        due = date_format(timezone.localtime(inquiry.due_at), "j M Y") if inquiry.queue_rank in CLOSED and not inquiry.is_held else ""
    return Row(
        inquiry=inquiry,
        reasons=[labels.reason(code) for code in inquiry.priority_reasons],
        waiting=timesince(inquiry.received_at, now, depth=1),
        due=due,
        late=late,
        way=str(inquiry.get_contact_way_display()),
        warnings=contact_warnings(inquiry, now),
        language=labels.language_name(inquiry.language),
        part=_("Looks automatic") if inquiry.is_held else str(PARTS[inquiry.queue_rank]),
        held=held_in_words(inquiry),
    )


def due_in_words(inquiry: Inquiry, now: dt.datetime) -> tuple[str, bool]:
    """Return a text on what is due when, and whether it is overdue."""
    rank = inquiry.queue_rank
    if inquiry.is_held:
        return _("no promise: it looks automatic"), False
    if rank in (QueueRank.CLOSED, QueueRank.SPAM):
        return _("closed"), False
    if rank == QueueRank.WAITING_FOR_THEM:
        return _("waiting for the visitor"), False
    if rank == QueueRank.FOLLOW_UP:
        late = inquiry.due_at <= now
        due = _("follow-up due") if late else _("follow-up in %(time)s") % {"time": timeuntil(inquiry.due_at, now, depth=1)}
        return f"{due}: {inquiry.get_follow_up_reason_display()}" if inquiry.follow_up_reason else due, late
    if rank == QueueRank.DANGER and inquiry.first_response_at is None:
        return _("needs a person now"), inquiry.answer_by is None or inquiry.answer_by <= now
    if rank == QueueRank.DANGER and inquiry.state == Inquiry.State.WAITING and inquiry.next_action_at and not inquiry.has_unread_message:
        late = inquiry.next_action_at <= now
        return _("next step now") if late else _("next step in %(time)s") % {"time": timeuntil(inquiry.next_action_at, now, depth=1)}, late
    if inquiry.first_response_at is not None:
        return _("waiting for us"), False
    if inquiry.answer_by is None:
        return _("no opening hours, no promise"), False
    if inquiry.answer_by <= now:
        return _("%(time)s past the promise") % {"time": timesince(inquiry.answer_by, now, depth=1)}, True
    return _("%(time)s left") % {"time": timeuntil(inquiry.answer_by, now, depth=1)}, False


def held_in_words(inquiry: Inquiry) -> list[str]:
    """Return why the site holds the inquiry because it looks automatic; empty if it doesn't."""
    return [spam.in_words(code) for code in inquiry.held_for] if inquiry.is_held and inquiry.held_for else []


def contact_warnings(inquiry: Inquiry, now: dt.datetime) -> list[str]:
    """Return short warnings that staff must know before they contact the person."""
    if inquiry.no_longer_safe:
        return [_("do not contact")]
    warnings = []
    if inquiry.contact_way in (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT):
        if not safe_times.is_safe_time(inquiry, now):
            warnings.append(_("not a safe time now"))
        if inquiry.contact_way == Inquiry.ContactWay.PHONE and not inquiry.may_leave_voicemail:
            warnings.append(_("no voicemail"))
    return warnings
