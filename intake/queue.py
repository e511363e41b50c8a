"""The queue: whose turn it is, read from one index a centre and a part, never by counting or sorting a whole table."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.core import signing
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from intake.models import Inquiry, QueueRank
from intake.permissions import centre_roles

PAGE = 50  # rows
# What no row of a list may hold, or needs.
NOT_IN_LISTS = ("sealed", "submission")
OUR_TURN = (QueueRank.DANGER, QueueRank.PROMISED, QueueRank.WAITING_FOR_US, QueueRank.FOLLOW_UP)


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


def whose_turn(user: User, *, after: Place | None = None, size: int = PAGE) -> QueuePage:
    """Return the cases of the user's centres that wait for staff: danger now, promised answers, ours, follow-ups due.

    Three queries whatever the table holds: rows, their owners, their centres.
    """
    ranks = [rank for rank in OUR_TURN if after is None or rank >= after.rank]
    rows = _merged([_branch(centre, rank, after) for centre in sorted(centre_roles(user)) for rank in ranks], size + 1)
    prefetch_related_objects(rows, "claimed_by", "centre")
    more = len(rows) > size
    rows = rows[:size]
    return QueuePage(rows, Place(rows[-1].queue_rank, rows[-1].due_at, rows[-1].pk) if more else None)


def _branch(centre_id: int, rank: QueueRank, after: Place | None) -> QuerySet[Inquiry]:
    """Return one part of one centre's queue, from behind `after`: one stretch of the index."""
    branch = Inquiry.objects.filter(centre_id=centre_id, queue_rank=rank)
    if rank == QueueRank.FOLLOW_UP:
        branch = branch.filter(due_at__lte=timezone.now())
    if after is not None and rank == after.rank:
        # The plain bound lets the index start at the right place; the finer one drops the rows already shown.
        branch = branch.filter(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, id__gt=after.id), due_at__gte=after.due_at)
    return branch


def _merged(branches: list[QuerySet[Inquiry]], size: int) -> list[Inquiry]:
    """Return the first `size` rows of all branches together, each of which the database reads no further than that.

    Written out because Django can't put a LIMIT inside a UNION on SQLite; without it every open case would be sorted.
    """
    if not branches:
        return []
    order = ("queue_rank", "due_at", "id")
    parts: list[str] = []
    params: list[object] = []
    for number, branch in enumerate(branches):
        sql, values = branch.defer(*NOT_IN_LISTS).order_by(*order)[:size].query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS part{number}")  # noqa: S608 (made of Django's own SQL)
        params += values
    return list(Inquiry.objects.raw(f"{' UNION ALL '.join(parts)} ORDER BY {', '.join(order)} LIMIT {size:d}", params))
