"""Who is notified of a case, and from when on: members, quiet hours, the person on call, the circles of an alarm."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Q, QuerySet

from accounts.models import User
from intake.models import Alarm, Centre, Event, Inquiry, Membership, OnCallShift, Referral, RoutingRule, Team, WebhookEndpoint
from intake.notifications import sms_gateway
from intake.notifications.kinds import Audience, Kind
from intake.scheduling import safe_times
from intake.scheduling.opening_hours import CentreHours
from recovery_site.database import roles


def recipients_for(inquiry: Inquiry, kind: Kind, now: dt.datetime) -> list[tuple[User, dt.datetime]]:
    """Return which staff are notified of `kind`, and from when on: `now`, or the end of their quiet hours.

    If nobody is on duty now and the kind rings, the person on call is notified now as well. A person who stepped back from
    the case is notified of nothing. Kinds for the visitor have no recipients here. Two to seven queries, most often three.
    """
    audience = kind.spec.audience
    if audience in {Audience.VISITOR, Audience.CHOSEN}:
        return []
    if audience is Audience.OTHER_CENTRE:
        receiver = offered_to(inquiry)
        return _of_offer(inquiry, receiver, now) if receiver else []
    if audience is Audience.ALARM:
        return [(user, now) for user in alarm_recipients(inquiry, now)]
    if audience is Audience.LEADS:
        return [(user, now) for user in _leads_who_get_mail(inquiry.centre)]
    if audience is Audience.ON_CALL:
        return [(user, now) for user in _on_call_or_leads(inquiry, now)]
    members = _of_audience(list(members_to_notify(inquiry)), inquiry, audience)
    moments = {member.user: quiet_until(member, now) or now for member in members}
    on_call_now = list(on_call(inquiry.centre, now).exclude(recusals__inquiry=inquiry))
    on_duty = CentreHours(inquiry.centre).is_open(now) and any(moment <= now for moment in moments.values())
    # A centre where nobody is notified at all has nobody who could come to it later, however ordinary the case.
    if kind.spec.rings and not on_duty and (inquiry.priority != Inquiry.Priority.NORMAL or not moments):
        moments |= dict.fromkeys(on_call_now, now)
    # People on call have no quiet hours.
    moments |= {user: now for user in on_call_now if user in moments}
    return sorted(moments.items(), key=lambda item: item[0].pk)


def told_by_alarm(inquiry: Inquiry, kind: Kind) -> bool:
    """Return whether an open alarm tells what a notification of `kind` would say: that a case in danger came in."""
    if kind is not Kind.NEW_INQUIRY or inquiry.priority != Inquiry.Priority.DANGER:
        return False
    return Alarm.objects.filter(inquiry=inquiry, acknowledged_at=None).exists()


def offered_to(inquiry: Inquiry) -> Centre | None:
    """Return the centre that the case of another centre is offered to now, or None."""
    referral = inquiry.referrals.filter(state=Referral.State.OFFERED).select_related("to_centre").first()
    return referral.to_centre if referral else None


def _of_offer(inquiry: Inquiry, to: Centre, now: dt.datetime) -> list[tuple[User, dt.datetime]]:
    """Return who at the centre `to` is notified of the offer, and from when on: without such members, its leads."""
    moments = {member.user: quiet_until(member, now) or now for member in members_to_notify(inquiry, at=to)}
    if not moments:
        leads = Membership.objects.filter(centre=to, role=Membership.Role.LEAD, user__is_active=True, user__is_staff=True)
        leads = leads.exclude(user__email="").exclude(user__recusals__inquiry=inquiry)
        moments = {member.user: now for member in leads.select_related("user")}
    if inquiry.priority != Inquiry.Priority.NORMAL and not any(moment <= now for moment in moments.values()):
        moments |= dict.fromkeys(on_call(to, now).exclude(recusals__inquiry=inquiry), now)
    return sorted(moments.items(), key=lambda item: item[0].pk)


def members_to_notify(inquiry: Inquiry, *, at: Centre | None = None) -> QuerySet[Membership]:
    """Return the members of the inquiry's centre (or of `at`) who can be notified of it and want to be."""
    return (
        Membership.objects.filter(centre=at.pk if at else inquiry.centre_id, notify=True, user__is_active=True, user__is_staff=True)
        .exclude(user__email="")
        .exclude(user__recusals__inquiry=inquiry)
        .select_related("user", "centre")
    )


def _of_audience(members: list[Membership], inquiry: Inquiry, audience: Audience) -> list[Membership]:
    """Return those of `members` that the audience takes; all of them when it would take nobody, so that somebody hears of it."""
    if inquiry.claimed_by_id is not None:
        watchers = set(inquiry.watches.values_list("user", flat=True))
        owners = [member for member in members if member.user_id == inquiry.claimed_by_id or member.user_id in watchers]
        # The owner may have left, stepped back or switched their e-mails off: then all others must hear of it.
        if owners:
            return owners
    if audience is Audience.TEAM and (team := _team(inquiry)):
        return [member for member in members if member.user_id in team] or members
    return members


def _team(inquiry: Inquiry) -> set[int]:
    """Return the members (ids) of the team that the routing rule of this inquiry names; nobody when it names none."""
    received = inquiry.events.filter(kind=Event.Kind.RECEIVED).first()
    rule = received.data.get("rule") if received else None
    if rule is None:
        return set()
    team = Team.objects.filter(centre=inquiry.centre_id, pk__in=RoutingRule.objects.filter(pk=rule).values("team"))
    return set(team.values_list("members", flat=True))


def _leads_who_get_mail(centre: Centre) -> list[User]:
    leads = User.objects.filter(memberships__centre=centre, memberships__role=Membership.Role.LEAD, is_active=True, is_staff=True)
    leads = leads.filter(email_refused_at=None).exclude(email="").order_by("pk")
    return list(leads) or [user for user in reachable_operators() if user.email_refused_at is None]


def _on_call_or_leads(inquiry: Inquiry, now: dt.datetime) -> list[User]:
    users = list(on_call(inquiry.centre, now).exclude(recusals__inquiry=inquiry))
    if users:
        return users
    members = list(members_to_notify(inquiry))
    leading = [member.user for member in members if member.role == Membership.Role.LEAD]
    return leading or [member.user for member in members] or next(circles(inquiry.centre, now, inquiry), [])


def alarm_recipients(inquiry: Inquiry, now: dt.datetime) -> list[User]:
    """Return whom the case's open alarm rings now: the first circle at first, one more at each ring (without an alarm: the first)."""
    rings = Alarm.objects.filter(inquiry=inquiry, acknowledged_at=None).values_list("rings", flat=True).first() or 1
    people: dict[User, None] = {}
    for _ring, circle in zip(range(rings), circles(inquiry.centre, now, inquiry), strict=False):
        people |= dict.fromkeys(circle)
    return sorted(people, key=lambda user: user.pk)


def circles(centre: Centre, now: dt.datetime, inquiry: Inquiry | None = None) -> Iterator[list[User]]:
    """Yield those who hear of danger at `centre`, the nearest first; a circle without anybody is left out. One to four queries.

    First whoever is awake: the members who want to be told and have no quiet hours now, and the people on call. Then the leads, then
    the operators, whatever they set: nobody to tell must not happen. Who stepped back from `inquiry` is in none.
    """
    recused = set(inquiry.recusals.values_list("user", flat=True)) if inquiry else set()
    working = Membership.objects.filter(centre=centre, user__is_active=True, user__is_staff=True).select_related("user", "centre")
    awake = [member.user for member in working.filter(notify=True) if not quiet_until(member, now)]
    awake += on_call(centre, now)
    if awake := [user for user in dict.fromkeys(awake) if user.pk not in recused and can_be_told(user)]:
        yield awake
    leads = [member.user for member in working.filter(role=Membership.Role.LEAD)]
    if leads := [user for user in leads if user.pk not in recused and can_be_told(user)]:
        yield leads
    if operators := [user for user in reachable_operators() if user.pk not in recused]:
        yield operators


def reachable_operators() -> list[User]:
    """Return the superusers who can be told."""
    return [user for user in User.objects.filter(is_superuser=True, is_active=True, is_staff=True).order_by("pk") if can_be_told(user)]


def can_be_told(user: User) -> bool:
    """Return whether there is a way to tell `user` now: an e-mail address, or a phone number where texts can be sent."""
    return bool(user.email or (user.phone and sms_gateway.is_set_up()))


def reachable() -> Q:
    """Return the condition on users that says the same as can_be_told."""
    return ~Q(email="") | ~Q(phone="") if sms_gateway.is_set_up() else ~Q(email="")


def counts_as_told(membership: Membership) -> bool:
    """Return whether this member could open a case and hears of danger at the centre: by themself, or by the centre's shared address."""
    user = membership.user
    wants = membership.notify or membership.role == Membership.Role.LEAD
    by_themself = wants and can_be_told(user)
    return user.is_active and user.is_staff and (by_themself or bool(membership.centre.notify_address))


def staffed_centres(centre_ids: Collection[int]) -> set[int]:
    """Return the ids of those centres at which somebody who could open a case can be told of danger. One query."""
    if roles.is_restricted():
        return {centre for (centre,) in roles.ask("staffed_centres", sms_gateway.is_set_up())} & set(centre_ids)
    members = Membership.objects.filter(centre__in=centre_ids).select_related("user", "centre")
    return {member.centre_id for member in members if counts_as_told(member)}


def shared_ways(centre: Centre) -> bool:
    """Return whether danger at `centre` is told by a way that belongs to no person: a shared address, or a webhook."""
    return bool(centre.notify_address) or webhooks(centre).exists()


def webhooks(centre: Centre) -> QuerySet[WebhookEndpoint]:
    """Return the webhooks that are told of the inquiries of `centre`."""
    return WebhookEndpoint.objects.filter(Q(centre=None) | Q(centre=centre), is_active=True).exclude(sealed_secret=b"")


def reaches_somebody(centre: Centre, now: dt.datetime) -> bool:
    """Return whether anybody at all would hear of danger at `centre` now. Most often two queries."""
    if roles.is_restricted():
        return roles.answer("reaches_somebody", centre.pk, now, sms_gateway.is_set_up())
    return next(circles(centre, now), None) is not None or shared_ways(centre)


def quiet_until(member: Membership, now: dt.datetime) -> dt.datetime | None:
    """Return when the quiet hours end that `member` is in at `now`; None outside of them."""
    start, end = member.quiet_from, member.quiet_until
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(safe_times.zone(member.user.time_zone, member.centre.time_zone))
    if not _between(local.time(), start, end):
        return None
    ends = dt.datetime.combine(local.date(), end, local.tzinfo)
    return ends if ends > local else dt.datetime.combine(local.date() + dt.timedelta(days=1), end, local.tzinfo)


def _between(clock: dt.time, start: dt.time, end: dt.time) -> bool:
    return start <= clock < end if start < end else clock >= start or clock < end


def on_call(centre: Centre, now: dt.datetime) -> QuerySet[User]:
    """Return the people on call for `centre` at `now` who can be told."""
    shifts = OnCallShift.objects.filter(Q(centre=None) | Q(centre=centre), starts_at__lte=now, ends_at__gt=now)
    return User.objects.filter(reachable(), pk__in=shifts.values("user"), is_active=True)
