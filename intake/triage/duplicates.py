"""Inquiries of one person: found by blind index, merged, and taken apart again; and contacts that are blocked."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake import events
from intake.models import BlockedContact, Event, Inquiry
from intake.permissions import visible_inquiries
from intake.triage import cases
from intake.triage.errors import Refused


def related(inquiry: Inquiry, user: User) -> QuerySet[Inquiry]:
    """Return the other inquiries from the same phone or e-mail that `user` may know of, latest first."""
    digests = list(inquiry.contact_digests.values_list("digest", flat=True))
    return (
        visible_inquiries(user)
        .filter(contact_digests__digest__in=digests)
        .exclude(pk=inquiry.pk)
        .select_related("centre", "claimed_by")
        .defer("sealed", "submission")
        .distinct()
        .order_by("-received_at")
    )


@transaction.atomic
def merge(inquiry_id: uuid.UUID, into_id: uuid.UUID, *, by: User, version: int) -> Inquiry:
    """Close the case as a duplicate of the case `into_id`, so that one of the two is worked on.

    Each keeps its own messages, keys and receipt: the person may hold either receipt. Raises Refused when the two don't
    share a phone or e-mail, or when the other case was itself merged or closed.
    """
    inquiry = cases.locked(inquiry_id, "merge", by=by, version=version)
    into = cases.locked(into_id, "merge", by=by)
    cases.refuse_closed(inquiry)
    if inquiry.pk == into.pk or not related(inquiry, by).filter(pk=into.pk).exists():
        raise Refused(_("These two cases share no phone number or e-mail address."))
    if into.state == Inquiry.State.CLOSED:
        raise Refused(_("The other case is closed. Reopen it first, or merge the other way round."))
    before = inquiry.state
    inquiry.merged_into = into
    inquiry.state = Inquiry.State.CLOSED
    inquiry.outcome = Inquiry.Outcome.DUPLICATE
    inquiry.closed_at = timezone.now()
    # The graver of the two is how grave it is.
    into.priority = min(into.priority, inquiry.priority)
    cases.store(inquiry, "merged_into", "state", "outcome", "closed_at")
    cases.store(into, "priority")
    events.record(inquiry, Event.Kind.MERGED, actor=by, into=into.reference, state=before)
    events.record(into, Event.Kind.MERGED, actor=by, duplicate=inquiry.reference)
    return into


@transaction.atomic
def unmerge(inquiry_id: uuid.UUID, *, by: User) -> Inquiry:
    """Undo the merging of this case: it is what it was before."""
    inquiry = cases.locked(inquiry_id, "merge", by=by)
    if inquiry.merged_into is None:
        raise Refused(_("This case is not merged with another."))
    into = inquiry.merged_into
    merged = inquiry.events.filter(kind=Event.Kind.MERGED).order_by("-id").first()
    inquiry.state = merged.data.get("state", Inquiry.State.OPEN) if merged is not None else Inquiry.State.OPEN
    inquiry.outcome = ""
    inquiry.closed_at = None
    inquiry.merged_into = None
    cases.store(inquiry, "merged_into", "state", "outcome", "closed_at")
    events.record(inquiry, Event.Kind.UNMERGED, actor=by, into=into.reference)
    events.record(into, Event.Kind.UNMERGED, actor=by, duplicate=inquiry.reference)
    return inquiry


@transaction.atomic
def block(inquiry_id: uuid.UUID, *, by: User, version: int, until: datetime | None = None) -> Inquiry:
    """Block the phone and e-mail of an abusive case (a lead's step) and close it as spam.

    What comes from them later is closed as spam, unless it says that somebody is in danger.
    """
    inquiry = cases.locked(inquiry_id, "block", by=by, version=version)
    digests = list(inquiry.contact_digests.all())
    if not digests:
        raise Refused(_("This case left no phone number or e-mail address to block."))
    now = timezone.now()
    for row in digests:
        BlockedContact.objects.update_or_create(
            digest=bytes(row.digest),
            defaults={"kind": row.kind, "inquiry": inquiry, "blocked_by": by, "blocked_at": now, "until": until},
        )
    inquiry.state, inquiry.outcome = Inquiry.State.CLOSED, Inquiry.Outcome.SPAM
    inquiry.closed_at = inquiry.closed_at or now
    cases.store(inquiry, "state", "outcome", "closed_at")
    events.record(inquiry, Event.Kind.BLOCKED, actor=by)
    return inquiry
