"""Telling colleagues of changes of people and keys: by mail within a minute, and for 30 days on a page.

It reads the record (intake.models.Event) that every part of the site writes, so nobody has to remember to tell. Nothing in it is about a
visitor.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Max, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.cases import permissions
from intake.memberships import words
from intake.models import Announcement, Event, Membership
from intake.scheduling import safe_times
from recovery_site.staff import time_zones

logger = logging.getLogger(__name__)

Kind = Event.Kind
KINDS = (
    *(Kind.MEMBER_PROPOSED, Kind.MEMBER_ADDED, Kind.MEMBER_REFUSED, Kind.MEMBER_REMOVED, Kind.ROLE_CHANGED),
    *(Kind.ACCOUNT_ADDED, Kind.ACCOUNT_CHANGED, Kind.ACCOUNT_SWITCHED_OFF, Kind.PASSWORD_LINK_SENT, Kind.FACTOR_REMOVED),
    *(Kind.KEY_CREATED, Kind.KEY_ROTATED, Kind.KEY_RETIRED, Kind.KEY_RECOVERED, Kind.EXPORT_MADE),
)
# Codes of `why` with which nobody at the centre confirmed the change: every member is told.
UNCONFIRMED = {"alone", "first_lead", "recovery", "nobody_objected"}
SHOWN_FOR = dt.timedelta(days=30)
# Ids looked at again in each round: an event with a lower id may become visible after one with a higher.
OVERLAP = 2000
MARK_EVERY = 10_000
TRIES = 20


def tell(now: dt.datetime) -> dict[str, int]:
    """Mail what happened since the last round to everybody it concerns (periodic job); return the number of mails.

    One mail a person and round. A mail that the server doesn't take is tried again in the next rounds.
    """
    _collect(now)
    return {"changes_told": _send(now)}


def _collect(now: dt.datetime) -> None:
    """Store whom each new event is told to."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    start = _start()
    for event in _new(start, now):
        people = recipients(event)
        rows = [Announcement(event=event, recipient=person, made_at=now) for person in people]
        # Without anybody to tell: a row that says so, and isn't sent.
        Announcement.objects.bulk_create(rows or [Announcement(event=event, made_at=now, sent_at=now)], ignore_conflicts=True)
    if newest - start > MARK_EVERY + OVERLAP and not Announcement.objects.filter(event=newest).exists():
        Announcement.objects.create(event_id=newest, made_at=now, sent_at=now)  # the next round begins here


def _start() -> int:
    """Return the id of the event after which the next round looks."""
    return (Announcement.objects.aggregate(last=Max("event"))["last"] or 0) - OVERLAP


def _new(start: int, now: dt.datetime) -> QuerySet[Event]:
    """Return the events of KINDS after `start` that aren't announced yet. Older ones were, and `forget_old` removed their rows."""
    events = Event.objects.filter(pk__gt=start, at__gt=now - SHOWN_FOR, kind__in=KINDS, inquiry=None, announcements=None)
    return events.select_related("centre", "actor").order_by("pk")


def recipients(event: Event) -> list[User]:
    """Return who is told of `event` by mail. At most five queries.

    The leads of the centre (of the person's centres) and the person it is about, but not who did it. Without such a lead: the operators
    and auditors. When nobody at the centre confirmed it: every member too. What concerns the whole site: auditors and operators.
    """
    about = event.data.get("user")
    if not _concerns_others(event):
        return []
    centres = [event.centre_id] if event.centre_id else list(Membership.objects.filter(user=about).values_list("centre", flat=True))
    leads = Q(memberships__centre__in=centres, memberships__role=Membership.Role.LEAD)
    anywhere = Q(is_superuser=True) | Q(groups__name=AUDITOR)
    wanted = leads | Q(pk=about)
    has_lead = User.objects.filter(leads, is_active=True, is_staff=True).exclude(pk__in=[event.actor_id, about]).exists()
    why = event.data.get("why")
    if why in UNCONFIRMED or not has_lead:
        wanted |= Q(memberships__centre__in=centres)
    if not has_lead or event.centre_id is None or why in UNCONFIRMED - {"alone"}:
        wanted |= anywhere
    people = User.objects.filter(wanted, is_active=True, is_staff=True, email_refused_at=None).exclude(email="")
    return [person for person in people.distinct().order_by("pk") if person.pk != event.actor_id]


def _concerns_others(event: Event) -> bool:
    """Return whether others are told: not of what somebody did to their own account, nor of an export without names."""
    if event.kind == Kind.EXPORT_MADE:
        return bool(event.data.get("names"))
    if event.kind in (Kind.PASSWORD_LINK_SENT, Kind.FACTOR_REMOVED, Kind.ACCOUNT_CHANGED):
        return event.actor_id not in (None, event.data.get("user"))
    return True


def _send(now: dt.datetime) -> int:
    waiting = Announcement.objects.filter(sent_at=None, recipient__isnull=False, attempts__lt=TRIES)
    rows = waiting.select_related("recipient", "event__centre", "event__actor").order_by("recipient", "event")
    sent = 0
    for person, theirs in groupby(list(rows), key=lambda row: row.recipient):
        mine = list(theirs)
        taken = Announcement.objects.filter(pk__in=[row.pk for row in mine], sent_at=None).update(sent_at=now)
        if person is None or taken != len(mine):
            continue  # another housekeeper has them
        try:
            _mail(person, [row.event for row in mine])
        except OSError:  # SMTPException is one
            logger.warning("A mail about changes of people could not be sent; the next run tries again.")
            for row in mine:
                Announcement.objects.filter(pk=row.pk).update(sent_at=None, attempts=row.attempts + 1)
        else:
            sent += 1
    return sent


def _mail(person: User, events: list[Event]) -> None:
    zone = safe_times.zone(person.time_zone)
    with translation.override(person.language or settings.LANGUAGE_CODE), timezone.override(zone):
        body = [
            _("This changed among the people and keys of your site:"),
            "\n".join(f"- {line}" for line in words.lines(events)),
            _("Times are in %(zone)s.") % {"zone": time_zones.in_words(zone)},
            _unexpected(person),
            # Written out: housekeeping may run on a server that has no staff addresses.
            _("If something waits for your word, it stands here:") + f"\n{settings.STAFF_URL}/admin/intake/centre/proposals/",
            _("Please do not answer this e-mail. Nobody reads the answers."),
        ]
        headers = {"Auto-Submitted": "auto-generated"}
        subject = _("Changes of people and keys")
        EmailMessage(subject, "\n\n".join(body) + "\n", settings.DEFAULT_FROM_EMAIL, [person.email], headers=headers).send()


def _unexpected(person: User) -> str:
    """Return what to do about a change that was not expected. Only leads, operators and auditors are led to the page of changes."""
    if not may_read(person):
        return _("Did you not expect one of these? Call your lead or another colleague today.")
    return (
        _("Did you not expect one of these? Call a colleague today, and look here:")
        + f"\n{settings.STAFF_URL}/admin/intake/centre/changes/"
    )


def shown_to(user: User, centres: Iterable[int] | None, now: dt.datetime) -> list[Event]:
    """Return the events of the last 30 days, the latest first: those of `centres` and of the people who work there; None: all."""
    announced = Announcement.objects.filter(made_at__gte=now - SHOWN_FOR).values("event")
    events = Event.objects.filter(Q(pk__in=announced) | Q(pk__gt=_start()), kind__in=KINDS, inquiry=None, at__gte=now - SHOWN_FOR)
    rows = list(events.select_related("centre", "actor").order_by("-pk"))
    if centres is not None:
        here = set(centres)
        people = set(Membership.objects.filter(centre__in=here).values_list("user", flat=True)) | {user.pk}
        rows = [event for event in rows if event.centre_id in here or event.data.get("user") in people]
    return [event for event in rows if _concerns_others(event)]


def forget_old(now: dt.datetime) -> dict[str, int]:
    """Remove what was told long ago (periodic job), but the newest row, which says how far the record was read; return the number."""
    newest = Announcement.objects.aggregate(newest=Max("event"))["newest"]
    old = Announcement.objects.filter(made_at__lt=now - 2 * SHOWN_FOR).exclude(event=newest)
    return {"announcements_forgotten": old.delete()[0]}


def sees_all(user: User) -> bool:
    """Return whether `user` sees the changes of the whole site: operators and auditors do."""
    return (user.is_active and user.is_staff and user.is_superuser) or has_role(user, AUDITOR)


def may_read(user: User) -> bool:
    """Return whether the page of changes is open to `user`."""
    return sees_all(user) or bool(permissions.led_centres(user))
