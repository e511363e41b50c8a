"""Recording events in the audit trail."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils import timezone

from accounts.models import User
from intake.models import Event, Inquiry

# Codes, numbers, ids and times, but no text that a person typed.
_CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,64}")
_earlier: ContextVar[dt.timedelta] = ContextVar("earlier", default=dt.timedelta())


def record(inquiry: Inquiry, kind: str, *, by: User | str | None = None, at: dt.datetime | None = None, **data: Any) -> Event:
    """Create and return an event of `inquiry`. Call it in the same transaction as the change that it records.

    `by` is the staff member who acted, or a code for another actor ("visitor", "system", "policy"). `data` may hold short
    codes, numbers, booleans, None, and lists of these. Raises ValueError for anything that could be prose, because events
    are stored in clear.
    """
    columns = _checked(by, data)
    moment = (at or timezone.now()) - _earlier.get()
    return Event.objects.create(inquiry=inquiry, centre_id=inquiry.centre_id, kind=kind, at=moment, **columns)


@contextmanager
def earlier(back: dt.timedelta) -> Iterator[None]:
    """Record what happens to cases in the block as of so long ago: for the demo, whose cases have lived. Events can't be moved later."""
    before = _earlier.set(back)
    try:
        yield
    finally:
        _earlier.reset(before)


def record_in_each(inquiries: Sequence[Inquiry], kind: str, *, by: User, **data: Any) -> list[Event]:
    """Create and return the same event for each of `inquiries`, as `record` would. One query."""
    columns = {"kind": kind, "at": timezone.now() - _earlier.get(), **_checked(by, data)}
    return Event.objects.bulk_create(Event(inquiry=inquiry, centre_id=inquiry.centre_id, **columns) for inquiry in inquiries)


def record_beside_cases(kind: str, *, by: User | str | None = None, centre_id: int | None = None, **data: Any) -> Event:
    """Create and return an event that isn't about one case, of a centre or (None) of the whole site.

    Other apps call recovery_site.staff.audit.record. `by` and `data` are as for `record`.
    """
    return Event.objects.create(centre_id=centre_id, kind=kind, at=timezone.now(), **_checked(by, data))


def _checked(by: User | str | None, data: dict[str, Any]) -> dict[str, Any]:
    """Return the columns `actor` and `data` of an event. Raises ValueError for data that could be prose."""
    if isinstance(by, str):
        data = {"by": by, **data}
    for name, value in data.items():
        if not _is_code(value):
            raise ValueError(f"Event data {name!r} is not a code.")
    return {"actor": by if isinstance(by, User) else None, "data": data}


def _is_code(value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, str):
        return _CODE.fullmatch(value) is not None
    return isinstance(value, list | tuple) and all(_is_code(item) for item in value)
