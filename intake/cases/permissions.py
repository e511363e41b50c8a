"""Permissions on inquiries, used by lists and verbs alike.

Staff can see the inquiries of the centres they are members of; superusers get no additional access. The allowed verbs
depend on the user's role at the inquiry's centre.
"""

import uuid
from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.models import Centre, Event, Inquiry, Membership, Recusal
from recovery_site.verbs import NotAllowed

TRIAGE = Membership.Role.TRIAGE.value
LEAD = Membership.Role.LEAD.value
STAFF_OF_CENTRE = frozenset({TRIAGE, LEAD})

VERBS: Mapping[str, frozenset[str]] = {
    "open_case": STAFF_OF_CENTRE,
    "show_contact": STAFF_OF_CENTRE,
    "acknowledge": STAFF_OF_CENTRE,
    "claim": STAFF_OF_CENTRE,
    "release": STAFF_OF_CENTRE,
    "assign": STAFF_OF_CENTRE,
    "log_attempt": STAFF_OF_CENTRE,
    "reply": STAFF_OF_CENTRE,
    "add_note": STAFF_OF_CENTRE,
    "close": STAFF_OF_CENTRE,
    "reopen": STAFF_OF_CENTRE,
    "give_new_words": STAFF_OF_CENTRE,
    "hand_over": STAFF_OF_CENTRE,
    "recuse": STAFF_OF_CENTRE,
    "watch": STAFF_OF_CENTRE,
    "merge": STAFF_OF_CENTRE,
    "disclose": STAFF_OF_CENTRE,
    "prescreen": STAFF_OF_CENTRE,
    "wait_list": STAFF_OF_CENTRE,
    "follow_up": STAFF_OF_CENTRE,
    "resolve_danger": STAFF_OF_CENTRE,
    "change_priority": STAFF_OF_CENTRE,
    "record_emergency_call": STAFF_OF_CENTRE,
    "end_drill": STAFF_OF_CENTRE,
    "block": frozenset({LEAD}),
}


def centre_roles(user: User | AnonymousUser) -> Mapping[int, str]:
    """Return `{centre id: role}` of an active staff member. One query, then cached on the user object."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return {}
    roles: dict[int, str] | None = getattr(user, "_centre_roles", None)
    if roles is None:
        roles = dict(Membership.objects.filter(user=user).values_list("centre_id", "role"))
        user._centre_roles = roles  # type: ignore[attr-defined]
    return roles


def recused_from(user: User | AnonymousUser) -> frozenset[uuid.UUID]:
    """Return the ids of the cases that `user` is recused from. One query, then cached on the user object."""
    if not isinstance(user, User) or not centre_roles(user):
        return frozenset()
    cases: frozenset[uuid.UUID] | None = getattr(user, "_recused_from", None)
    if cases is None:
        cases = frozenset(Recusal.objects.filter(user=user).values_list("inquiry_id", flat=True))
        user._recused_from = cases  # type: ignore[attr-defined]
    return cases


def forget_recusals(user: User) -> None:
    """Clear the cache of recused_from() after a recusal was added."""
    user.__dict__.pop("_recused_from", None)


def visible_inquiries(user: User | AnonymousUser, *, centre_ids: Collection[int] | None = None) -> QuerySet[Inquiry]:
    """Return the inquiries of the centres that `user` is a member of, except those they are recused from.

    `centre_ids` limits them to some of these centres; raises ValueError if `user` is not a member of one.
    """
    own_centre_ids = centre_roles(user).keys()
    if centre_ids is not None and not set(centre_ids) <= set(own_centre_ids):
        raise ValueError("Not a centre of this person.")
    return Inquiry.objects.filter(centre_id__in=own_centre_ids if centre_ids is None else centre_ids).exclude(pk__in=recused_from(user))


def may(user: User | AnonymousUser, verb: str, inquiry: Inquiry) -> bool:
    """Return whether `user` may do `verb` to `inquiry`. Raises KeyError if `verb` is not a key of VERBS."""
    allowed = VERBS[verb]
    return centre_roles(user).get(inquiry.centre_id) in allowed and inquiry.pk not in recused_from(user)


def require(user: User | AnonymousUser, verb: str, inquiry: Inquiry) -> None:
    """Raise NotAllowed unless `user` may do `verb` to `inquiry`."""
    if not may(user, verb, inquiry):
        raise NotAllowed(_("Your role at this centre does not include this step. Ask a lead."))


def leads(user: User | AnonymousUser, centre: Centre | int) -> bool:
    """Return whether `user` is a lead of `centre`."""
    return centre_roles(user).get(centre if isinstance(centre, int) else centre.pk) == LEAD


def led_centres(user: User | AnonymousUser) -> list[int]:
    """Return the ids of the centres that `user` leads."""
    return [centre for centre, role in centre_roles(user).items() if role == LEAD]


def leads_person(user: User, colleague: User) -> bool:
    """Return whether `user` leads a centre at which `colleague` works."""
    return Membership.objects.filter(user=colleague, centre__in=led_centres(user)).exists()


def can_configure(user: User | AnonymousUser, centre: Centre | None = None) -> bool:
    """Return whether `user` may change the settings of `centre`: its leads and superusers may.

    Without a centre, return whether `user` may configure any centre.
    """
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    if user.is_superuser:
        return True
    return LEAD in centre_roles(user).values() if centre is None else leads(user, centre)


def may_read_record(user: User | AnonymousUser) -> bool:
    """Return whether `user` may read who did what: auditors, operators and leads may."""
    return reads_whole_record(user) or bool(led_centres(user))


def reads_whole_record(user: User | AnonymousUser) -> bool:
    """Return whether `user` may read who did what at all centres: auditors and operators may."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    return user.is_superuser or has_role(user, AUDITOR)


def visible_events(user: User | AnonymousUser) -> QuerySet[Event]:
    """Return the entries of the audit trail that `user` may read, none of cases that they are recused from.

    Auditors and operators read all of them; leads read those of their centres, and what the members of these did that belongs to no
    centre, such as signing in. Which cases the entries are about is for `audited_cases` to say.
    """
    if not may_read_record(user):
        return Event.objects.none()
    events = Event.objects.all()
    if not reads_whole_record(user):
        led = led_centres(user)
        members = Membership.objects.filter(centre__in=led).values("user")
        # Rows of releases before 0.2 have no centre of their own.
        older = Q(centre=None, inquiry__centre__in=led)
        events = events.filter(Q(centre__in=led) | Q(centre=None, inquiry=None, actor__in=members) | older)
    hidden = recused_from(user)
    return events.exclude(inquiry__in=hidden) if hidden else events


def audited_cases(user: User | AnonymousUser) -> QuerySet[Inquiry]:
    """Return the cases whose references `user` may see in the audit trail: all for an auditor, those of their centres for a lead.

    Operators read that a case was opened, by whom and when, and not which.
    """
    if has_role(user, AUDITOR):
        return Inquiry.objects.exclude(pk__in=recused_from(user))
    return visible_inquiries(user, centre_ids=led_centres(user))
