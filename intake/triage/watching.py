"""Watching cases."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, Watch
from intake.triage import base


@transaction.atomic
def watch(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Notify `by` of changes to the case from now on."""
    inquiry = base.get_for_update(inquiry, "watch", by=by)
    _watch, created = Watch.objects.get_or_create(inquiry=inquiry, user=by, defaults={"since": timezone.now()})
    if created:
        events.record(inquiry, Event.Kind.WATCHED, by=by)
    return inquiry


@transaction.atomic
def unwatch(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Stop notifying `by` of changes to the case."""
    inquiry = base.get_for_update(inquiry, "watch", by=by)
    deleted, _per_model = Watch.objects.filter(inquiry=inquiry, user=by).delete()
    if deleted:
        events.record(inquiry, Event.Kind.UNWATCHED, by=by)
    return inquiry
