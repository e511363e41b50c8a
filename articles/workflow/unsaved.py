"""What editors typed and did not save: kept for some days, and offered again."""

import datetime as dt
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from articles import permissions
from articles.models import Guide, UnsavedText

KEPT_FOR = dt.timedelta(days=7)
OFFERED = 5
ID_NAME = "draft_id"  # of the hidden input with the id of the page
_NOT_KEPT = ("csrfmiddlewaretoken", ID_NAME, "_step", "_typed", "_save", "_continue", "_addanother")


def page_id(data: QueryDict) -> UUID | None:
    """Return the id of the page that a form was sent from, or None."""
    try:
        return UUID(data.get(ID_NAME, ""))
    except ValueError:
        return None


def keep(guide: Guide | None, data: QueryDict, *, by: User) -> bool:
    """Keep what stands in the editor. Return False without an id of the page. Raises NotAllowed if `by` may not write guides."""
    permissions.require(permissions.may_edit(by))
    pk = page_id(data)
    if pk is None or UnsavedText.objects.filter(pk=pk).exclude(user=by, guide=guide).exists():
        return False
    fields = {name: values for name, values in data.lists() if name not in _NOT_KEPT}
    UnsavedText.objects.update_or_create(pk=pk, defaults={"user": by, "guide": guide, "fields": fields, "saved_at": timezone.now()})
    return True


def offered(guide: Guide | None, *, to: User) -> list[UnsavedText]:
    """Return what `to` typed into this guide and did not save, the latest first, without its fields. One query."""
    since = timezone.now() - KEPT_FOR
    return list(UnsavedText.objects.filter(user=to, guide=guide, saved_at__gt=since).defer("fields")[:OFFERED])


def form_data(text: UnsavedText) -> QueryDict:
    """Return the fields as a browser would send them."""
    data = QueryDict(mutable=True)
    for name, values in text.fields.items():
        data.setlist(name, values)
    return data


def forget(pk: UUID | None, *, by: User) -> None:
    """Delete a text that was saved, or isn't wanted any more."""
    if pk is not None:
        UnsavedText.objects.filter(pk=pk, user=by).delete()


def forget_old(now: dt.datetime) -> dict[str, int]:
    """Delete what is older than KEPT_FOR (periodic job); return their number."""
    deleted, _by_model = UnsavedText.objects.filter(saved_at__lte=now - KEPT_FOR).delete()
    return {"unsaved_texts_forgotten": deleted}
