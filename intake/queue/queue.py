"""The queue: whose turn it is. A page is read in the order of an index, from where the last one ended (keyset paging)."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Case, Count, Q, QuerySet, When, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.cases.permissions import centre_roles, visible_inquiries
from intake.models import Inquiry, QueueRank, Watch

PAGE = 50  # rows
COUNT_UP_TO = 100  # a larger count is shown as "99+"
# What no row of a list may hold, or needs.
NOT_IN_LISTS = ("sealed", "submission")
# Columns that a list may be narrowed by, and the parameter that does it.
FILTERS = ("priority", "for_whom", "language", "contact_way")
ALL_OPEN = (QueueRank.DANGER, QueueRank.PROMISED, QueueRank.WAITING_FOR_US, QueueRank.FOLLOW_UP, QueueRank.WAITING_FOR_THEM)


@dataclass(frozen=True)
class QueueFilter:
    """A list of cases: some parts of the queue, whose, and from which end."""

    slug: str
    title: str | Promise
    ranks: tuple[QueueRank, ...]
    # Parts of which only what is due by now belongs here.
    due_only: tuple[QueueRank, ...] = ()
    owner: str = "anyone"  # or "me", "nobody", "watched" (by me)
    latest_first: bool = False
    counted: bool = True
    # Of what is closed as spam: what the site holds because it looks automatic, or what staff closed.
    held: bool = False


VIEWS = {
    view.slug: view
    for view in (
        QueueFilter("next", _("Who is next"), ALL_OPEN[:4], due_only=(QueueRank.FOLLOW_UP,)),
        QueueFilter("mine", _("Mine"), ALL_OPEN, owner="me"),
        QueueFilter("unclaimed", _("Taken by nobody"), ALL_OPEN, owner="nobody"),
        QueueFilter("overdue", _("Past the promise"), ALL_OPEN[:2], due_only=ALL_OPEN[:2]),
        QueueFilter("waiting", _("Waiting for the visitor"), ALL_OPEN[3:]),
        QueueFilter("watched", _("I watch"), ALL_OPEN, owner="watched", counted=False),
        QueueFilter("closed", _("Closed"), (QueueRank.CLOSED,), latest_first=True, counted=False),
        QueueFilter("automatic", _("Looks automatic"), (QueueRank.SPAM,), latest_first=True, counted=False, held=True),
        QueueFilter("spam", _("Spam"), (QueueRank.SPAM,), latest_first=True, counted=False),
    )
}
NEXT = VIEWS["next"]


# Nobody looks after it yet, or not after what was written last. In "Danger now" these come before all others, whatever they are due:
# at night a new case is due in the morning, an older one that somebody tried in half an hour.
UNATTENDED = Q(has_unread_message=True) | Q(claimed_by=None, first_response_at=None)


class Place(NamedTuple):
    """Where a page of the queue ended: what the next one starts behind. `attended` counts in "Danger now" only: 0 or 1."""

    rank: int
    due_at: dt.datetime
    id: uuid.UUID
    attended: int = 0

    def token(self) -> str:
        """Return the place as text for an address."""
        return signing.dumps([self.rank, self.due_at.isoformat(), str(self.id), self.attended], salt="intake.queue.queue")

    @classmethod
    def from_token(cls, token: str) -> "Place | None":
        """Return the place that `token()` wrote; None for anything else."""
        try:
            rank, due_at, row, *attended = signing.loads(token, salt="intake.queue.queue")
        except signing.BadSignature:
            return None
        return cls(rank, dt.datetime.fromisoformat(due_at), uuid.UUID(row), *attended)


@dataclass
class QueuePage:
    """Rows in their order, and where the next page begins (None on the last)."""

    rows: list[Inquiry]
    next: Place | None


def page(
    user: User, view: QueueFilter = NEXT, *, filters: Mapping[str, Any] | None = None, after: Place | None = None, size: int = PAGE
) -> QueuePage:
    """Return a page of `view` of the user's centres; `filters` are values by name in FILTERS, and "centre" (an id).

    At most five queries whatever the table holds: which rows (those in danger first), the rows, their owners, their centres.
    """
    keys = _keys(user, view, filters or {}, after, size + 1)
    found = Inquiry.objects.defer(*NOT_IN_LISTS).in_bulk(keys)
    rows = [found[pk] for pk in keys if pk in found]
    prefetch_related_objects(rows, "claimed_by", "centre")
    more = len(rows) > size
    rows = rows[:size]
    return QueuePage(rows, _place(rows[-1]) if more else None)


def _place(row: Inquiry) -> Place:
    unattended = row.has_unread_message or (row.claimed_by_id is None and row.first_response_at is None)
    return Place(row.queue_rank, row.due_at, row.pk, int(not unattended))


def counts(user: User) -> dict[str, int]:
    """Return how many cases each counted view holds: two queries, over indexes that hold open cases alone, and held ones."""
    if not centre_roles(user):
        return {}
    now = timezone.now()
    wanted = {view.slug: Count("pk", filter=_belongs(user, view, now)) for view in VIEWS.values() if view.counted}
    found: dict[str, int] = visible_inquiries(user).filter(queue_rank__lt=QueueRank.CLOSED).aggregate(**wanted)
    return found | {"automatic": visible_inquiries(user).filter(held_for__isnull=False).count()}


def _belongs(user: User, view: QueueFilter, now: dt.datetime) -> Q:
    """Return what makes an open case one of `view`; the parts of a view follow upon each other."""
    wanted = Q(queue_rank__range=(view.ranks[0], view.ranks[-1]))
    if view.due_only:
        wanted &= _due(view, now)
    return wanted & _owned(user, view)


def _due(view: QueueFilter, now: dt.datetime) -> Q:
    if view.due_only == view.ranks:
        return Q(due_at__lte=now)
    return Q(due_at__lte=now) | ~Q(queue_rank__in=view.due_only)


def _owned(user: User, view: QueueFilter) -> Q:
    if view.owner == "me":
        return Q(claimed_by=user)
    if view.owner == "watched":
        return Q(pk__in=Watch.objects.filter(user=user).values("inquiry"))
    return Q(claimed_by=None) if view.owner == "nobody" else Q()


def _keys(user: User, view: QueueFilter, filters: Mapping[str, Any], after: Place | None, size: int) -> list[uuid.UUID]:
    """Return the first `size` cases of `view` behind `after` (ids): whose turn it is, or for closed ones the latest first."""
    now = timezone.now()
    centres = [filters["centre"]] if "centre" in filters else list(centre_roles(user))
    cases = visible_inquiries(user, centre_ids=[centre for centre in centres if centre in centre_roles(user)])
    cases = cases.filter(_owned(user, view))
    if view.ranks == (QueueRank.SPAM,):
        cases = cases.filter(held_for__isnull=not view.held)
    cases = cases.filter(**{name: filters[name] for name in FILTERS if name in filters})
    if view.due_only:
        cases = cases.filter(_due(view, now))
    keys = list(_in_danger(cases, after)[:size]) if QueueRank.DANGER in view.ranks else []
    if (left := size - len(keys)) <= 0:
        return keys
    cases = cases.filter(queue_rank__in=[rank for rank in view.ranks if rank != QueueRank.DANGER])
    if after is not None and after.rank != QueueRank.DANGER:
        cases = cases.filter(_behind(after, latest_first=view.latest_first))
    down = "-" if view.latest_first else ""
    return [*keys, *cases.order_by("queue_rank", f"{down}due_at", f"{down}id").values_list("id", flat=True)[:left]]


def _in_danger(cases: QuerySet[Inquiry], after: Place | None) -> QuerySet[Inquiry, uuid.UUID]:
    """Return those of `cases` in "Danger now" behind `after` (ids): first those that nobody looks after yet.

    They are few, so sorting them costs nothing; the other parts come in the order of the index.
    """
    cases = cases.filter(queue_rank=QueueRank.DANGER).annotate(attended=Case(When(UNATTENDED, then=0), default=1))
    if after is not None:
        if after.rank != QueueRank.DANGER:
            cases = cases.none()
        later = Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, id__gt=after.id)
        cases = cases.filter(Q(attended__gt=after.attended) | Q(attended=after.attended) & later)
    return cases.order_by("attended", "due_at", "id").values_list("id", flat=True)


def _behind(after: Place, *, latest_first: bool) -> Q:
    """Return what follows `after`. The bound on the rank alone lets the database start its index there."""
    step = "lt" if latest_first else "gt"
    later = Q(**{f"due_at__{step}": after.due_at}) | Q(due_at=after.due_at, **{f"id__{step}": after.id})
    return Q(queue_rank__gte=after.rank) & (Q(queue_rank__gt=after.rank) | later)
