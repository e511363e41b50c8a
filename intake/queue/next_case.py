"""The next case of a person who works through the queue."""

import datetime as dt

from accounts.models import User
from intake.models import Event, Inquiry
from intake.queue import queue

# A case that somebody opened this recently is not brought to them again: they went past it.
PASSED = dt.timedelta(minutes=10)
PAGES = 20  # of the queue that are looked through


def after(inquiry: Inquiry, user: User, now: dt.datetime) -> Inquiry | None:
    """Return whose turn it is in "Who is next" for `user`, who comes from `inquiry`; None when nobody waits.

    Left out are the cases that a colleague has, unless a message about danger was not read there, and those that `user` opened in the
    last PASSED. Six queries for each page of the queue that holds none for them, mostly one.
    """
    place: queue.Place | None = None
    for _page in range(PAGES):
        page = queue.page(user, queue.NEXT, after=place)
        rows = [row for row in page.rows if row.pk != inquiry.pk and _is_for(user, row)]
        opened = Event.objects.filter(inquiry__in=[row.pk for row in rows], kind=Event.Kind.OPENED, actor=user, at__gt=now - PASSED)
        passed = set(opened.values_list("inquiry_id", flat=True)) if rows else set()
        following = next((row for row in rows if row.pk not in passed), None)
        if following is not None or page.next is None:
            return following
        place = page.next
    return None


def _is_for(user: User, row: Inquiry) -> bool:
    return row.claimed_by_id in (None, user.pk) or (row.is_in_danger and row.has_unread_message)
