"""The queue: whose turn it is, read from one index a centre and a part, never by counting or sorting a whole table."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.core import signing
from django.db import connection
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.models import Inquiry, QueueRank
from intake.permissions import centre_roles, visible_inquiries

PAGE = 50  # rows
COUNT_UP_TO = 100  # a count reads no more rows than this
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
    owner: str = "anyone"  # or "me" or "nobody"
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
        View("closed", _("Closed"), (QueueRank.CLOSED,), latest_first=True, counted=False),
        View("spam", _("Spam"), (QueueRank.SPAM,), latest_first=True, counted=False),
    )
}
NEXT = VIEWS["next"]


class Place(NamedTuple):
    """Where a page of the queue ended: what the next one starts behind."""

    rank: int
    due_at: datetime
    id: uuid.UUID

    def token(self) -> str:
        """Return the place as text for an address."""
        return signing.dumps([self.rank, self.due_at.isoformat(), str(self.id)], salt="intake.queue")

    @classmethod
    def from_token(cls, token: str) -> "Place | None":
        """Return the place that `token()` wrote; None for anything else."""
        try:
            rank, due_at, row = signing.loads(token, salt="intake.queue")
        except signing.BadSignature:
            return None
        return cls(rank, datetime.fromisoformat(due_at), uuid.UUID(row))


@dataclass
class QueuePage:
    """Rows in their order, and where the next page begins (None on the last)."""

    rows: list[Inquiry]
    next: Place | None


def page(
    user: User, view: View = NEXT, *, filters: Mapping[str, Any] | None = None, after: Place | None = None, size: int = PAGE
) -> QueuePage:
    """Return a page of `view` of the user's centres; `filters` are values by name in FILTERS, and "centre" (an id).

    At most three queries whatever the table holds: rows, their owners, their centres.
    """
    rows = _merged(_branches(user, view, filters or {}, after), size + 1, latest_first=view.latest_first)
    prefetch_related_objects(rows, "claimed_by", "centre")
    more = len(rows) > size
    rows = rows[:size]
    return QueuePage(rows, Place(rows[-1].queue_rank, rows[-1].due_at, rows[-1].pk) if more else None)


def counts(user: User) -> dict[str, int]:
    """Return how many cases each counted view holds, COUNT_UP_TO at most; one query."""
    counted = [view for view in VIEWS.values() if view.counted]
    selects: list[str] = []
    params: list[Any] = []
    for view in counted:
        branches = [branch.values("id") for branch in _branches(user, view, {}, None)]
        if not branches:
            return {}
        sql, values = _union(branches, COUNT_UP_TO)
        selects.append(f"(SELECT COUNT(*) FROM ({sql} LIMIT {COUNT_UP_TO:d}) AS {view.slug})")  # noqa: S608 (as in _union)
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects)}", params)
        return dict(zip([view.slug for view in counted], cursor.fetchone(), strict=True))


def _branches(user: User, view: View, filters: Mapping[str, Any], after: Place | None) -> list[QuerySet[Inquiry]]:
    """Return the parts of the view, each of which is one stretch of an index."""
    centres = sorted(centre_roles(user))
    if "centre" in filters:
        centres = [centre for centre in centres if centre == filters["centre"]]
    ranks = [rank for rank in view.ranks if after is None or rank >= after.rank]
    return [_branch(user, view, (centre, rank), filters, after) for centre in centres for rank in ranks]


def _branch(user: User, view: View, part: tuple[int, QueueRank], filters: Mapping[str, Any], after: Place | None) -> QuerySet[Inquiry]:
    centre_id, rank = part
    branch = visible_inquiries(user).filter(centre_id=centre_id, queue_rank=rank)
    if view.owner == "me":
        branch = branch.filter(claimed_by=user)
    elif view.owner == "nobody":
        branch = branch.filter(claimed_by=None)
    branch = branch.filter(**{name: filters[name] for name in FILTERS if name in filters})
    if rank in view.due_only:
        branch = branch.filter(due_at__lte=timezone.now())
    if after is not None and rank == after.rank:
        # The plain bound lets the index start at the right place; the finer one drops the rows already shown.
        if view.latest_first:
            branch = branch.filter(Q(due_at__lt=after.due_at) | Q(due_at=after.due_at, id__lt=after.id), due_at__lte=after.due_at)
        else:
            branch = branch.filter(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, id__gt=after.id), due_at__gte=after.due_at)
    return branch


def _merged(branches: list[QuerySet[Inquiry]], size: int, *, latest_first: bool) -> list[Inquiry]:
    """Return the first `size` rows of all branches together, each of which the database reads no further than that."""
    if not branches:
        return []
    order = ["queue_rank", "due_at", "id"]
    if latest_first:
        order = ["queue_rank", "due_at DESC", "id DESC"]
    fields = [name.removesuffix(" DESC") if " " not in name else "-" + name.removesuffix(" DESC") for name in order]
    sql, params = _union([branch.defer(*NOT_IN_LISTS).order_by(*fields) for branch in branches], size)
    return list(Inquiry.objects.raw(f"{sql} ORDER BY {', '.join(order)} LIMIT {size:d}", params))


def _union(branches: list[QuerySet[Any]], size: int) -> tuple[str, list[Any]]:
    """Return SQL and parameters of all branches under each other, `size` rows of each.

    Written out because Django can't put a LIMIT inside a UNION on SQLite; without it every open case would be sorted.
    """
    parts: list[str] = []
    params: list[Any] = []
    for number, branch in enumerate(branches):
        sql, values = branch[:size].query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS part{number}")  # noqa: S608 (made of Django's own SQL)
        params += values
    return " UNION ALL ".join(parts), params
