"""The queue: whose turn it is, read from one index a centre and a part, never by counting or sorting a whole table."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core import signing
from django.db import connection
from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.cases.permissions import centre_roles, visible_inquiries
from intake.models import Inquiry, QueueRank, Watch

PAGE = 50  # rows
COUNT_UP_TO = 100  # a larger count is shown as "99+"
WATCHED_AT_ONCE = 200  # cases that one person can follow in a list
# What no row of a list may hold, or needs.
NOT_IN_LISTS = ("sealed", "submission")
# Columns that a list may be narrowed by, and the parameter that does it.
FILTERS = ("priority", "for_whom", "language", "contact_way")
ALL_OPEN = (QueueRank.DANGER, QueueRank.PROMISED, QueueRank.WAITING_FOR_US, QueueRank.FOLLOW_UP, QueueRank.WAITING_FOR_THEM)


@dataclass(frozen=True)
class View:
    """A list of cases: some parts of the queue, whose, and from which end."""

    slug: str
    title: str | Promise
    ranks: tuple[QueueRank, ...]
    # Parts of which only what is due by now belongs here.
    due_only: tuple[QueueRank, ...] = ()
    owner: str = "anyone"  # or "me", "nobody", "watched" (by me)
    latest_first: bool = False
    counted: bool = True


VIEWS = {
    view.slug: view
    for view in (
        View("next", _("Who is next"), ALL_OPEN[:4], due_only=(QueueRank.FOLLOW_UP,)),
        View("mine", _("Mine"), ALL_OPEN, owner="me"),
        View("unclaimed", _("Taken by nobody"), ALL_OPEN, owner="nobody"),
        View("overdue", _("Past the promise"), ALL_OPEN[:2], due_only=ALL_OPEN[:2]),
        View("waiting", _("Waiting for the visitor"), ALL_OPEN[3:]),
        View("watched", _("I watch"), ALL_OPEN, owner="watched", counted=False),
        View("closed", _("Closed"), (QueueRank.CLOSED,), latest_first=True, counted=False),
        View("spam", _("Spam"), (QueueRank.SPAM,), latest_first=True, counted=False),
    )
}
NEXT = VIEWS["next"]


class Place(NamedTuple):
    """Where a page of the queue ended: what the next one starts behind."""

    rank: int
    due_at: dt.datetime
    id: uuid.UUID

    def token(self) -> str:
        """Return the place as text for an address."""
        return signing.dumps([self.rank, self.due_at.isoformat(), str(self.id)], salt="intake.queue.queue")

    @classmethod
    def from_token(cls, token: str) -> "Place | None":
        """Return the place that `token()` wrote; None for anything else."""
        try:
            rank, due_at, row = signing.loads(token, salt="intake.queue.queue")
        except signing.BadSignature:
            return None
        return cls(rank, dt.datetime.fromisoformat(due_at), uuid.UUID(row))


@dataclass
class QueuePage:
    """Rows in their order, and where the next page begins (None on the last)."""

    rows: list[Inquiry]
    next: Place | None


def page(
    user: User, view: View = NEXT, *, filters: Mapping[str, Any] | None = None, after: Place | None = None, size: int = PAGE
) -> QueuePage:
    """Return a page of `view` of the user's centres; `filters` are values by name in FILTERS, and "centre" (an id).

    At most four queries whatever the table holds: which rows, the rows, their owners, their centres.
    """
    rows = _first(user, view, filters or {}, after, size + 1)
    prefetch_related_objects(rows, "claimed_by", "centre")
    more = len(rows) > size
    rows = rows[:size]
    return QueuePage(rows, Place(rows[-1].queue_rank, rows[-1].due_at, rows[-1].pk) if more else None)


def counts(user: User) -> dict[str, int]:
    """Return how many cases each counted view holds; one query, over an index that holds open cases alone."""
    if not centre_roles(user):
        return {}
    now = timezone.now()
    wanted = {view.slug: Count("pk", filter=_belongs(user, view, now)) for view in VIEWS.values() if view.counted}
    found: dict[str, int] = visible_inquiries(user).filter(queue_rank__lt=QueueRank.CLOSED).aggregate(**wanted)
    return found


def _belongs(user: User, view: View, now: dt.datetime) -> Q:
    """Return what makes an open case one of `view`; the parts of a view follow upon each other."""
    wanted = Q(queue_rank__range=(view.ranks[0], view.ranks[-1]))
    if view.due_only:
        wanted &= _due(view, now)
    return wanted & _owned(user, view)


def _due(view: View, now: dt.datetime) -> Q:
    if view.due_only == view.ranks:
        return Q(due_at__lte=now)
    return Q(due_at__lte=now) | ~Q(queue_rank__in=view.due_only)


def _owned(user: User, view: View) -> Q:
    if view.owner == "me":
        return Q(claimed_by=user)
    return Q(claimed_by=None) if view.owner == "nobody" else Q()


Shape = Callable[[QuerySet[Inquiry]], QuerySet[Any]]
Sql = tuple[str, list[Any]]


def _first(user: User, view: View, filters: Mapping[str, Any], after: Place | None, size: int) -> list[Inquiry]:
    """Return the first `size` rows of all parts together, each of which the database reads no further than that."""
    down = " DESC" if view.latest_first else ""
    sign = "-" if view.latest_first else ""

    def shape(part: QuerySet[Inquiry]) -> QuerySet[Any]:
        return part.order_by("queue_rank", f"{sign}due_at", f"{sign}id").values("id", "queue_rank", "due_at")[:size]

    # The union reads the index alone; only the rows that are shown are fetched.
    keys, params = _union(_parts(user, view, filters, after, shape))
    if not keys:
        return []
    with connection.cursor() as cursor:
        order = f"queue_rank, due_at{down}, id{down}"
        cursor.execute(f"SELECT id FROM ({keys}) AS parts ORDER BY {order} LIMIT {size:d}", params)  # noqa: S608 (as in _union)
        ids = [row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(row[0]) for row in cursor.fetchall()]
    found = Inquiry.objects.defer(*NOT_IN_LISTS).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _parts(user: User, view: View, filters: Mapping[str, Any], after: Place | None, shape: Shape) -> list[Sql]:
    """Return the SQL of the stretches of an index that make up the view: one a centre, two behind a place."""
    centres = sorted(centre_roles(user))
    if "centre" in filters:
        centres = [centre for centre in centres if centre == filters["centre"]]
    if not centres:
        return []
    watched = _watched(user) if view.owner == "watched" else None
    if watched is not None and not watched:
        return []
    now = timezone.now()
    found: list[Sql] = []
    for first, last, behind in _stretches(view, after):

        def compiled(centre_ids: list[int], first: int = first, last: int = last, behind: bool = behind) -> Sql:
            # One part of the queue is one stretch of an index, and so are several in a row.
            part = visible_inquiries(user, centre_ids=centre_ids).filter(_owned(user, view))
            part = part.filter(queue_rank=first) if first == last else part.filter(queue_rank__range=(first, last))
            part = part.filter(**{name: filters[name] for name in FILTERS if name in filters})
            if watched is not None:
                part = part.filter(pk__in=watched)
            if view.due_only:
                part = part.filter(_due(view, now))
            if after is not None and behind:
                part = _behind(part, after, latest_first=view.latest_first)
            sql, params = shape(part).query.sql_with_params()
            return sql, list(params)

        # One's own cases are one stretch whatever the centre, watched ones are named; all others are one stretch a centre.
        found += [compiled(centres)] if view.owner in ("me", "watched") else _for_each(centres, compiled)
    return found


def _stretches(view: View, after: Place | None) -> list[tuple[int, int, bool]]:
    """Return the first and last part of the queue of each stretch to read, and whether it begins behind `after`."""
    first, last = int(view.ranks[0]), int(view.ranks[-1])
    if after is None or after.rank < first:
        return [(first, last, False)]
    stretches = [(after.rank, after.rank, True)] if after.rank <= last else []
    # What follows is none of the part that the page ended in.
    return [*stretches, (after.rank + 1, last, False)] if after.rank < last else stretches


def _for_each(centres: list[int], compiled: Callable[[list[int]], Sql]) -> list[Sql]:
    """Return one part's SQL for each centre, compiled twice at most: what differs between two centres is the centre."""
    sql, params = compiled(centres[:1])
    if len(centres) == 1:
        return [(sql, params)]
    _same, other = compiled(centres[1:2])
    places = [place for place, (one, two) in enumerate(zip(params, other, strict=True)) if one != two]
    return [(sql, [centre if place in places else value for place, value in enumerate(params)]) for centre in centres]


def _watched(user: User) -> list[uuid.UUID]:
    """Return the ids of the cases that `user` follows: named one by one, so that no list of open cases is read for them."""
    return list(Watch.objects.filter(user=user).values_list("inquiry", flat=True)[:WATCHED_AT_ONCE])


def _behind(part: QuerySet[Inquiry], after: Place, *, latest_first: bool) -> QuerySet[Inquiry]:
    """Return what follows `after`. The plain bound lets the index start there; the finer one drops the rows already shown."""
    if latest_first:
        return part.filter(Q(due_at__lt=after.due_at) | Q(due_at=after.due_at, id__lt=after.id), due_at__lte=after.due_at)
    return part.filter(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, id__gt=after.id), due_at__gte=after.due_at)


def _union(parts: list[Sql]) -> Sql:
    """Return SQL and parameters of all parts under each other; empty for no parts.

    Written out because Django can't put a LIMIT inside a UNION on SQLite; without it every open case would be sorted.
    """
    selects = [f"SELECT * FROM ({sql}) AS part{number}" for number, (sql, _params) in enumerate(parts)]  # noqa: S608 (Django's own SQL)
    return " UNION ALL ".join(selects), [value for _sql, params in parts for value in params]
