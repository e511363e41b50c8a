"""Following a case that somebody else has."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Event, Watch
from intake.triage import base


@transaction.atomic
def watch(inquiry_id: uuid.UUID, *, by: User) -> None:
    """Follow a case, whoever has it."""
    inquiry = base.locked(inquiry_id, "watch", by=by)
    _watch, made = Watch.objects.get_or_create(inquiry=inquiry, user=by, defaults={"since": timezone.now()})
    if made:
        events.record(inquiry, Event.Kind.WATCHED, actor=by)


@transaction.atomic
def unwatch(inquiry_id: uuid.UUID, *, by: User) -> None:
    """Follow a case no longer."""
    inquiry = base.locked(inquiry_id, "watch", by=by)
    deleted, _per_model = Watch.objects.filter(inquiry=inquiry, user=by).delete()
    if deleted:
        events.record(inquiry, Event.Kind.UNWATCHED, actor=by)
