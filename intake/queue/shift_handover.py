"""The board for the hand-over between shifts: what is open with whom, and what falls due before the next one."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.models import User
from intake.cases.permissions import visible_inquiries
from intake.models import Inquiry, QueueRank
from intake.queue import queue

SHIFT = dt.timedelta(hours=8)
SHOWN = 20  # rows of each list


@dataclass
class Load:
    """What one person has; `person` is None for the cases that nobody has."""

    person: User | None
    cases: int
    danger: int
    ours: int
    due: int


@dataclass
class Board:
    """The whole board."""

    loads: list[Load] = field(default_factory=list)
    danger: list[Inquiry] = field(default_factory=list)
    overdue: list[Inquiry] = field(default_factory=list)


def board(user: User, now: dt.datetime) -> Board:
    """Return the board of the centres of `user`."""
    still_open = visible_inquiries(user).filter(queue_rank__lt=QueueRank.CLOSED)
    counted = (
        still_open.order_by()
        .values("claimed_by")
        .annotate(
            cases=Count("pk"),
            danger=Count("pk", filter=Q(queue_rank=QueueRank.DANGER)),
            ours=Count("pk", filter=Q(queue_rank__lte=QueueRank.WAITING_FOR_US)),
            due=Count("pk", filter=Q(queue_rank=QueueRank.FOLLOW_UP, due_at__lte=now + SHIFT)),
        )
    )
    people = User.objects.in_bulk([row["claimed_by"] for row in counted if row["claimed_by"] is not None])
    loads = [Load(people.get(row["claimed_by"]), row["cases"], row["danger"], row["ours"], row["due"]) for row in counted]
    # Nobody's cases first, then by name: the board shows work, it ranks no one.
    loads.sort(key=lambda load: load.person.shown_name if load.person else "")
    first = queue.page(user, queue.NEXT, size=SHOWN).rows
    return Board(
        loads,
        [row for row in first if row.queue_rank == QueueRank.DANGER],
        queue.page(user, queue.VIEWS["overdue"], size=SHOWN).rows,
    )
