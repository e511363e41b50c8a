"""The record of what happened to an inquiry. Only added to."""

import datetime as dt
import re
from typing import Any

from django.utils import timezone

from accounts.models import User
from intake.models import Event, Inquiry

# Codes, numbers, ids and times: nothing that a person typed fits through here.
_CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,64}")


def record(inquiry: Inquiry, kind: str, *, by: User | str | None = None, at: dt.datetime | None = None, **data: Any) -> Event:
    """Add one event to `inquiry` and return it; call it inside the transaction of the change it tells of.

    `by` is the member of staff who did it, or a code for who else did ("visitor", "system", "policy"). `data` are short
    codes, numbers, booleans, None, and lists of these. Anything that could be prose raises ValueError, because events are
    kept in clear.
    """
    actor = by if isinstance(by, User) else None
    if isinstance(by, str):
        data = {"by": by, **data}
    for name, value in data.items():
        if not _is_code(value):
            raise ValueError(f"Event data {name!r} is not a code.")
    return Event.objects.create(inquiry=inquiry, kind=kind, actor=actor, at=at or timezone.now(), data=data)


def _is_code(value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, str):
        return _CODE.fullmatch(value) is not None
    return isinstance(value, list | tuple) and all(_is_code(item) for item in value)
