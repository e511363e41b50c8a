"""What waits for leads and operators: the panel on the front page that says what to do next, the most important first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from intake.assessment import readiness
from intake.cases import permissions
from intake.memberships import deciding
from intake.models import Centre, ErasingRound, Event, Inquiry, LegalHold, Membership, Notification, OnCallShift, QueueRank
from intake.notifications import recipients, rota
from intake.oversight import notices
from intake.queue import queue
from intake.retention import holds, policy
from recovery_site.staff import time_zones
from recovery_site.staff.admin_site import Panel

ROWS = 5  # of each kind that is listed one by one
GAPS_AHEAD = dt.timedelta(days=7)
STUCK_AFTER = dt.timedelta(minutes=10)  # the worker sends within a second, and housekeeping within a minute
GIVEN_UP_FOR = dt.timedelta(days=7)  # how long a notification that was given up is shown
NOT_TOLD_FOR = dt.timedelta(days=30)
UNUSED_FOR = dt.timedelta(days=90)
# A hold ends a week after it is asked for, unless somebody approves it.
HOLD_HURRIES = holds.UNAPPROVED_FOR - dt.timedelta(days=3)
# The last of these says whether somebody has done something about a reply that the person wasn't told of.
ABOUT_TELLING = (Event.Kind.VISITOR_NOT_TOLD, Event.Kind.REPLIED, Event.Kind.ATTEMPTED, Event.Kind.MAILBOX_OPENED)


@dataclass(frozen=True)
class Task:
    """A line of the panel: what is to be done, the page to do it on, and how many there are of it (None: it is one thing)."""

    words: str
    url: str
    number: int | None = None
    late: bool = False  # somebody may be waiting because of it


def waiting_panel(request: HttpRequest) -> Panel | None:
    """Return the panel of leads and operators, or None for all others.

    For a lead thirteen queries and two or three a centre that has a rota; for an operator about as many.
    """
    user = request.user
    if not isinstance(user, User) or not permissions.can_configure(user):
        return None
    now = timezone.now()
    led = permissions.led_centres(user)
    centres = Centre.objects.all() if user.is_superuser else Centre.objects.filter(pk__in=led)
    tasks: list[Task] = list(_proposals(user))
    if led:
        tasks += [*_cases(user, led, now), *_rota(led, now)]
    tasks += [*_centres(centres), *_refused(centres), *_reading(user)]
    tasks += _keeping(centres, led, now)
    if user.is_superuser:
        tasks += [*_outbox(now), *_site()]
    tasks += _people(user, centres, now)
    tasks.sort(key=lambda task: not task.late)  # otherwise as they are
    return Panel("admin/intake/waiting_panel.html", {"first": tasks[:1], "others": tasks[1:], "leads": bool(led)})


def _proposals(user: User) -> Iterator[Task]:
    """Proposed memberships that wait for this person's word. One query, and two for each that is open anywhere."""
    if n := len(deciding.waiting_for(user)):
        words = ngettext(
            "%(n)s change of who works at a center waits for your word", "%(n)s changes of who works at a center wait for your word", n
        )
        yield Task(words % {"n": n}, reverse("admin:intake_centre_proposals"), n, late=True)


def _cases(user: User, led: list[int], now: dt.datetime) -> Iterator[Task]:
    """Cases past the promise, replies whose reader could not be told, and cases that nobody has taken. Three queries."""
    page, counts = reverse("admin:intake_inquiry_changelist"), queue.counts(user)
    if n := counts.get("overdue", 0):
        words = ngettext("%(n)s case is past the time that was promised", "%(n)s cases are past the time that was promised", n)
        yield Task(words % {"n": n}, f"{page}?view=overdue", n, late=True)
    bounced = Event.objects.filter(kind=Event.Kind.VISITOR_NOT_TOLD, at__gte=now - NOT_TOLD_FOR).values("inquiry")
    waiting = permissions.visible_inquiries(user, centre_ids=led).filter(pk__in=bounced, queue_rank=QueueRank.WAITING_FOR_US)
    last = Event.objects.filter(inquiry=OuterRef("pk"), kind__in=ABOUT_TELLING).order_by("-id").values("kind")[:1]
    not_told = waiting.annotate(last=Subquery(last)).filter(last=Event.Kind.VISITOR_NOT_TOLD).order_by("due_at")
    for reference in not_told.values_list("reference", flat=True)[:ROWS]:
        words = _("%(reference)s: the person could not be told that you answered") % {"reference": reference}
        yield Task(words, reverse("admin:intake_inquiry_case", args=[reference]), late=True)
    if n := counts.get("unclaimed", 0):
        words = ngettext("%(n)s case is taken by nobody", "%(n)s cases are taken by nobody", n)
        yield Task(words % {"n": n}, f"{page}?view=unclaimed", n)


def _rota(led: list[int], now: dt.datetime) -> Iterator[Task]:
    """The first hours of the coming week in which nobody is there, a line a centre. A centre that has no rota has no gaps in it.

    One query, and two or three a centre.
    """
    planned = Centre.objects.filter(pk__in=led).filter(Exists(OnCallShift.objects.filter(centre=OuterRef("pk"))))
    for centre in planned.prefetch_related("opening_hours", "holidays").order_by("name"):
        gap = next((gap for gap in rota.gaps(centre, now) if gap[0] < now + GAPS_AHEAD), None)
        if gap is not None:
            zone = time_zones.zone(centre.time_zone)
            start, end = (time_zones.moment_in_words(moment, zone) for moment in gap)
            words = _("%(centre)s: nobody is on call from %(start)s to %(end)s") % {"centre": centre, "start": start, "end": end}
            yield Task(words, f"{reverse('admin:intake_inquiry_rota')}?centre={centre.pk}", late=gap[0] <= now)


def _reading(user: User) -> Iterator[Task]:
    """Colleagues who read more than work explains, a line a notice. One query."""
    for notice in notices.waiting_for(user)[:ROWS]:
        facts = {"person": notice.person, "day": date_format(notice.day, "j M"), "what": notice.get_kind_display(), "n": notice.number}
        words = _("%(person)s, %(day)s: %(what)s (%(n)s). Please look at it") % facts
        yield Task(words, reverse("admin:intake_event_notices"), late=True)


def _centres(centres: QuerySet[Centre]) -> Iterator[Task]:
    """What centres lack that take inquiries, or that are being set up. Four queries."""
    had_some = Exists(Inquiry.objects.filter(centre=OuterRef("pk")))
    rows = {centre.pk: centre for centre in centres.annotate(had_some=had_some).order_by("name")}
    for key, lacks in readiness.missing_at(rows.values()).items():
        centre: Any = rows[key]
        page, facts = reverse("admin:intake_centre_change", args=[key]), {"centre": centre}
        if not lacks or not (centre.accepts_inquiries or not centre.had_some):
            continue  # that it takes none is somebody's decision
        if not centre.accepts_inquiries:
            why = " ".join(str(lack.words) for lack in lacks)
            yield Task(_("%(centre)s is not ready to take requests: %(why)s") % {**facts, "why": why}, page)
            continue
        for lack in lacks:
            words = _CENTRE_LACKS[lack] % facts
            members = reverse("admin:intake_centre_members", args=[key])
            yield Task(words, members if lack is readiness.Lack.PEOPLE else page, late=True)


_CENTRE_LACKS = {
    readiness.Lack.KEY: gettext_lazy(
        "%(centre)s: no key opens what is sealed to it. Requests go to another center where that is possible."
    ),
    readiness.Lack.PIN: gettext_lazy(
        "%(centre)s: its key is not signed by the organization. Somebody may have changed it. Nothing is sealed to it: tell the person "
        "who runs the site now."
    ),
    readiness.Lack.HOURS: gettext_lazy("%(centre)s has no opening hours, so no request goes there. Enter them, or tick “day and night”."),
    readiness.Lack.PEOPLE: gettext_lazy(
        "%(centre)s takes inquiries, and nobody who works there can be told of danger. Give a member an e-mail address, or stop taking "
        "inquiries."
    ),
}


def _refused(centres: QuerySet[Centre]) -> Iterator[Task]:
    """The colleagues to whom a mail server delivers nothing, each with a centre. One query."""
    members = Membership.objects.filter(centre__in=centres, user__email_refused_at__isnull=False, user__is_active=True)
    for member in members.select_related("centre", "user").order_by("user__username")[:ROWS]:
        words = _("%(person)s (%(centre)s): mail to %(address)s is refused, so they hear of nothing. Correct the address.")
        facts = {"person": member.user, "centre": member.centre, "address": member.user.email}
        yield Task(words % facts, reverse("admin:intake_centre_colleagues"), late=True)


def _keeping(centres: QuerySet[Centre], led: list[int], now: dt.datetime) -> Iterator[Task]:
    """Erasing that waits, holds to decide about, centres that keep all for ever, and cases that never end. Four queries."""
    page = reverse("admin:intake_legalhold_changelist")
    for waiting in ErasingRound.objects.filter(centre__in=centres, state=ErasingRound.State.WAITS).select_related("centre"):
        yield Task(_("%(centre)s: erasing waits for somebody to allow it") % {"centre": waiting.centre}, page, late=True)
    new = Q(approved_at=None) | Q(lift_asked_at__isnull=False)
    old = Q(review_on__lte=now.astimezone(dt.UTC).date())
    to_decide = LegalHold.objects.in_force().filter(new | old, centre__in=centres)
    if n := to_decide.count():
        words = ngettext("%(n)s legal hold waits for a decision", "%(n)s legal holds wait for a decision", n)
        yield Task(words % {"n": n}, f"{page}#holds", n, late=to_decide.filter(approved_at=None, asked_at__lt=now - HOLD_HURRIES).exists())
    for centre in policy.without_rules(centres).order_by("name")[:ROWS]:
        yield Task(_("%(centre)s keeps closed cases for ever. Choose times") % {"centre": centre}, f"{page}#times")
    if led and (n := policy.open_for_long(led, now).count()):
        words = ngettext(
            "%(n)s case is open for more than a year. Say how it ended: an open case is never erased",
            "%(n)s cases are open for more than a year. Say how they ended: an open case is never erased",
            n,
        )
        yield Task(words % {"n": n}, f"{reverse('admin:intake_inquiry_changelist')}?view=waiting", n)


def _outbox(now: dt.datetime) -> Iterator[Task]:
    """Mails and texts that don't go out. Two queries."""
    page = reverse("admin:intake_notification_changelist")
    pending = Notification.objects.filter(state=Notification.State.PENDING)
    if n := pending.filter(next_attempt_at__lt=now - STUCK_AFTER).count():
        words = ngettext(
            "%(n)s message waits to be sent. Is the worker running?", "%(n)s messages wait to be sent. Is the worker running?", n
        )
        yield Task(words % {"n": n}, f"{page}?state__exact=pending", n, late=True)
    if n := Notification.objects.filter(state=Notification.State.DEAD, next_attempt_at__gte=now - GIVEN_UP_FOR).count():
        words = ngettext("%(n)s message was given up in the last seven days", "%(n)s messages were given up in the last seven days", n)
        yield Task(words % {"n": n}, f"{page}?state__exact=dead", n, late=True)


def _site() -> Iterator[Task]:
    """What the whole site lacks. Three queries."""
    if not Centre.objects.filter(is_default=True).exists():
        words = _("No center is the default: a request that fits nowhere goes to none. Choose one")
        yield Task(words, reverse("admin:intake_centre_changelist"), late=True)
    if not recipients.reachable_operators():
        words = _("No operator can be told when nobody at a center answers an alarm. Give one an e-mail address")
        yield Task(words, f"{reverse('admin:accounts_user_changelist')}?is_superuser__exact=1")


def _people(user: User, centres: QuerySet[Centre], now: dt.datetime) -> Iterator[Task]:
    """Accounts whose link has ended unused and, for operators, those that nobody uses. One or two queries."""
    people = User.objects.filter(is_active=True, is_staff=True)
    if not user.is_superuser:
        people = people.filter(memberships__centre__in=centres).distinct()
    ended = now - dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if n := people.filter(last_login=None, date_joined__lt=ended).count():
        words = ngettext(
            "%(n)s colleague has never signed in, and their link has ended. Send it again, or switch the account off",
            "%(n)s colleagues have never signed in, and their links have ended. Send them again, or switch the accounts off",
            n,
        )
        yield Task(words % {"n": n}, reverse("admin:intake_centre_colleagues"), n)
    if user.is_superuser and (n := people.filter(last_login__lt=now - UNUSED_FOR).count()):
        words = ngettext(
            "%(n)s account was not used for three months. Switch off who left",
            "%(n)s accounts were not used for three months. Switch off who left",
            n,
        )
        yield Task(words % {"n": n}, f"{reverse('admin:accounts_user_changelist')}?is_active__exact=1&o=6", n)
