"""Whom unusual reading is told to, and "I looked at it"."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.cases import events, permissions
from intake.models import Centre, Event, Inquiry, Membership, ReadingNotice
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from recovery_site.verbs import NotAllowed, Refused


@transaction.atomic
def tell(  # noqa: PLR0913 (all named)
    person: User, kind: str, *, centre: Centre | None, day: dt.date, number: int, now: dt.datetime, case: Inquiry | None = None
) -> bool:
    """Store and record that `person` read unusually much, and have it mailed; return False if that day's notice of this kind is there.

    `case` is one of the cases; the outbox keeps the mails of a case together. The mail says neither whose case it is nor who read.
    """
    try:
        with transaction.atomic():
            ReadingNotice.objects.create(person=person, centre=centre, day=day, kind=kind, number=number, noticed_at=now)
    except IntegrityError:
        return False
    centre_id = centre.pk if centre else None
    events.record_beside_cases(Event.Kind.UNUSUAL_READING, by="system", centre_id=centre_id, user=person.pk, what=kind, number=number)
    if case is None:
        cases = Inquiry.objects.filter(centre=centre) if centre else Inquiry.objects.all()
        case = cases.defer("sealed", "submission").order_by("-received_at").first()
    for user in readers(person, centre):
        if user.email and case is not None:
            outbox.enqueue(Kind.UNUSUAL_READING, inquiry=case, channel="staff_email", to=user)
    return True


def readers(person: User, centre: Centre | None) -> list[User]:
    """Return who is told that `person` read unusually much at `centre`: its other leads.

    Auditors and operators are told as well when the person leads the centre, when nobody else does, and when no lead can be mailed.
    """
    staff = User.objects.filter(is_active=True, is_staff=True).exclude(pk=person.pk)
    leading = Membership.objects.filter(centre=centre, role=Membership.Role.LEAD)
    leads = list(staff.filter(memberships__in=leading).distinct()) if centre else []
    if any(lead.email and lead.email_refused_at is None for lead in leads) and not leading.filter(user=person).exists():
        return leads
    others = staff.filter(Q(is_superuser=True) | Q(groups__name=AUDITOR)).exclude(pk__in=[lead.pk for lead in leads]).distinct()
    return leads + list(others)


def waiting_for(user: User) -> QuerySet[ReadingNotice]:
    """Return the notices that `user` may look at and that nobody has looked at, the latest first. None is about themself.

    Leads have those of their centres, auditors all; operators have those of centres that nobody but that person leads.
    """
    waiting = ReadingNotice.objects.filter(checked_at=None).exclude(person=user)
    if not has_role(user, AUDITOR):
        theirs = Q(centre__in=permissions.led_centres(user))
        if user.is_superuser and user.is_active:
            other_leads = Membership.objects.filter(
                centre=OuterRef("centre"), role=Membership.Role.LEAD, user__is_active=True, user__is_staff=True
            ).exclude(user=OuterRef("person"))
            theirs |= Q(~Exists(other_leads))
        waiting = waiting.filter(theirs)
    return waiting.select_related("person", "centre").order_by("-noticed_at", "-pk")


@transaction.atomic
def check(notice: ReadingNotice, *, by: User, why: str) -> None:
    """Store and record that `by` looked at it, and the reason (ReadingNotice.Why). What somebody else has looked at stays as it is.

    Raises NotAllowed for whom the notice isn't for, Refused without a reason.
    """
    row = ReadingNotice.objects.select_for_update().get(pk=notice.pk)
    if row.checked_at is not None:
        return
    if not waiting_for(by).filter(pk=row.pk).exists():
        raise NotAllowed(_("Somebody else must look at this: it is about you, or about a center that is not yours."))
    if why not in ReadingNotice.Why.values:
        raise Refused(_("Choose what you found."))
    row.checked_by, row.checked_at, row.why = by, timezone.now(), why
    row.save(update_fields=["checked_by", "checked_at", "why"])
    events.record_beside_cases(
        Event.Kind.READING_CHECKED, by=by, centre_id=row.centre_id, user=row.person_id, notice=row.pk, what=row.kind, why=why
    )


def checked(user: User) -> QuerySet[ReadingNotice]:
    """Return the notices of the centres that `user` leads (of all for an auditor) that somebody looked at, the latest first."""
    seen = ReadingNotice.objects.exclude(checked_at=None).exclude(person=user)
    if not has_role(user, AUDITOR):
        seen = seen.filter(centre__in=permissions.led_centres(user))
    return seen.select_related("person", "centre", "checked_by").order_by("-checked_at")
