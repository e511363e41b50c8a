"""Who is notified of a case, and when: members, quiet hours, and the people on call."""

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import User
from intake.models import Centre, Event, Inquiry, Membership, OnCallShift, RoutingRule, Team
from intake.scheduling import response_times, safe_times

# Of these only the person who has the case is told, when somebody has it, and those who watch it.
FOR_THE_OWNER = {"visitor_wrote", "contact_changed", "withdrawn", "new_inquiry", "offer_ended"}
# Of these the person on call is told when nobody is on duty; "danger" goes to everybody, whoever has the case.
CAN_NOT_WAIT = {"new_inquiry", "danger"}
# Of these the team is told that the rule named; all others reach everybody, so that nothing depends on a few.
FOR_THE_TEAM = {"new_inquiry"}


def to_tell(inquiry: Inquiry, kind: str, now: dt.datetime) -> list[tuple[User, dt.datetime]]:
    """Return who is told of `kind`, and from when on: at once, or after their quiet hours.

    When nobody is on duty now and it can't wait, the person on call is told at once too. Who stepped back from the case
    is told nothing of it.
    """
    members = members_to_notify(inquiry)
    if kind in FOR_THE_OWNER and inquiry.claimed_by_id is not None:
        theirs = members.filter(Q(user=inquiry.claimed_by_id) | Q(user__in=inquiry.watches.values("user")))
        # Whoever has it may have left, stepped back or switched their mails off: then all others must hear of it.
        members = theirs if theirs.exists() else members
    if kind in FOR_THE_TEAM and (team := _team(inquiry)):
        members = members.filter(user__in=team)
    told = {member.user: quiet_until(member, now) or now for member in members}
    somebody_now = response_times.is_open(inquiry.centre, now) and any(when <= now for when in told.values())
    # A centre where nobody is told at all has nobody who could come to it later, however ordinary the case.
    if kind in CAN_NOT_WAIT and not somebody_now and (inquiry.priority != Inquiry.Priority.NORMAL or not told):
        told |= dict.fromkeys(on_call(inquiry.centre, now).exclude(recusals__inquiry=inquiry), now)
    # Whoever is on call has no quiet hours.
    for person in on_call(inquiry.centre, now):
        if person in told:
            told[person] = now
    return sorted(told.items(), key=lambda item: item[0].pk)


def to_offer(inquiry: Inquiry, to: Centre, now: dt.datetime) -> list[tuple[User, dt.datetime]]:
    """Return who at the centre `to` is told that the case of another centre is offered to it, and from when on."""
    members = members_to_notify(inquiry, at=to)
    told = {member.user: quiet_until(member, now) or now for member in members}
    if inquiry.priority != Inquiry.Priority.NORMAL and not any(when <= now for when in told.values()):
        told |= dict.fromkeys(on_call(to, now).exclude(recusals__inquiry=inquiry), now)
    return sorted(told.items(), key=lambda item: item[0].pk)


def _team(inquiry: Inquiry) -> list[int]:
    """Return the people of the team that the rule of this inquiry names, of those who can be told; nobody when it names none."""
    received = inquiry.events.filter(kind=Event.Kind.RECEIVED).first()
    rule = received.data.get("rule") if received else None
    if rule is None:
        return []
    people = Team.objects.filter(centre=inquiry.centre_id, pk__in=RoutingRule.objects.filter(pk=rule).values("team")).values("members")
    return list(members_to_notify(inquiry).filter(user__in=people).values_list("user", flat=True))


def members_to_notify(inquiry: Inquiry, *, at: Centre | None = None) -> QuerySet[Membership]:
    """Return the members who want notifications and may get them of this case, at its centre or at the centre `at`."""
    return (
        Membership.objects.filter(centre=at.pk if at else inquiry.centre_id, notify=True, user__is_active=True, user__is_staff=True)
        .exclude(user__email="")
        .exclude(user__recusals__inquiry=inquiry)
        .select_related("user", "centre")
    )


def quiet_until(member: Membership, now: dt.datetime) -> dt.datetime | None:
    """Return when the quiet hours end that `member` is in at `now`; None outside them."""
    start, end = member.quiet_from, member.quiet_until
    if start is None or end is None or start == end:
        return None
    there = now.astimezone(safe_times.zone(member.user.time_zone, member.centre.time_zone))
    if not _between(there.time(), start, end):
        return None
    ends = dt.datetime.combine(there.date(), end, there.tzinfo)
    return ends if ends > there else dt.datetime.combine(there.date() + dt.timedelta(days=1), end, there.tzinfo)


def _between(clock: dt.time, start: dt.time, end: dt.time) -> bool:
    return start <= clock < end if start < end else clock >= start or clock < end


def on_call(centre: Centre, now: dt.datetime) -> QuerySet[User]:
    """Return the people on call for `centre` at `now` who have an address."""
    shifts = OnCallShift.objects.filter(Q(centre=None) | Q(centre=centre), starts_at__lte=now, ends_at__gt=now)
    return User.objects.filter(pk__in=shifts.values("user"), is_active=True).exclude(email="")
