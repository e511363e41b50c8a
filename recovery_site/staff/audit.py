"""The record of who did what, as apps below `intake` write to it; the rows are intake's."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def record(kind: str, *, by: Any = None, centre_id: int | None = None, **data: Any) -> None:
    """Add an entry about `by` (a member of staff, or a code such as "system") to the record of a centre, or of the whole site.

    `kind` is a value of intake's Event.Kind. `data` may hold codes, numbers and ids, and never an address or anything typed.
    Call it in the transaction of the change that it records.
    """
    _recorder()(kind, by=by, centre_id=centre_id, **data)


@cache
def _recorder() -> Callable[..., Any]:
    recorder: Callable[..., Any] = import_string(settings.AUDIT_TRAIL)
    return recorder
