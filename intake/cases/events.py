"""The record of what happened to an inquiry. Only added to."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from intake.models import Event, Inquiry

# Codes, numbers, ids and times: nothing that a person typed fits through here.
_CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,64}")


def record(inquiry: Inquiry, kind: str, *, actor: User | None = None, at: datetime | None = None, **codes: Any) -> Event:
    """Add one event to `inquiry` and return it; call it inside the transaction of the change it tells of.

    `codes` become the event's data: short codes, numbers, booleans, None, and lists of these. Anything that could be prose
    raises ValueError, because events are kept in clear.
    """
    for name, value in codes.items():
        if not _is_code(value):
            raise ValueError(f"Event data {name!r} is not a code.")
    return Event.objects.create(inquiry=inquiry, kind=kind, actor=actor, at=at or timezone.now(), data=codes)


def _is_code(value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, str):
        return _CODE.fullmatch(value) is not None
    return isinstance(value, list | tuple) and all(_is_code(item) for item in value)
