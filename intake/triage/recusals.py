"""Conflicts of interest: staff who know the person step back from the case."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.cases.permissions import forget_recusals
from intake.models import Event, Inquiry, Recusal, Watch
from intake.triage import base, claims


@transaction.atomic
def recuse(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Take the case out of everything `by` sees, for good: they know the person. It is given back if it was theirs."""
    inquiry = base.get_for_update(inquiry, "recuse", by=by)
    Recusal.objects.create(inquiry=inquiry, user=by, made_at=timezone.now())
    Watch.objects.filter(inquiry=inquiry, user=by).delete()
    if inquiry.claimed_by_id == by.pk:
        claims.unassign(inquiry)
        base.save_new_version(inquiry, *claims.OWNER_FIELDS)
    events.record(inquiry, Event.Kind.RECUSED, by=by)
    forget_recusals(by)
    return inquiry
