"""Following a case that somebody else has."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, Watch
from intake.triage import base


@transaction.atomic
def watch(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Follow a case, whoever has it."""
    inquiry = base.get_for_update(inquiry, "watch", by=by)
    _watch, made = Watch.objects.get_or_create(inquiry=inquiry, user=by, defaults={"since": timezone.now()})
    if made:
        events.record(inquiry, Event.Kind.WATCHED, by=by)
    return inquiry


@transaction.atomic
def unwatch(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Follow a case no longer."""
    inquiry = base.get_for_update(inquiry, "watch", by=by)
    deleted, _per_model = Watch.objects.filter(inquiry=inquiry, user=by).delete()
    if deleted:
        events.record(inquiry, Event.Kind.UNWATCHED, by=by)
    return inquiry
