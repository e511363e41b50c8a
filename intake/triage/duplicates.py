"""Inquiries of one person: found by blind index, merged, and taken apart again."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.cases.permissions import visible_inquiries
from intake.mailbox import contact_preferences
from intake.models import Event, Inquiry, WaitingListEntry
from intake.triage import base
from recovery_site.verbs import Refused


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
def merge(inquiry: Inquiry, *, by: User, version: int, into: Inquiry) -> Inquiry:
    """Close the case as a duplicate of the case `into`, so that one of the two is worked on.

    Each keeps its own messages, keys and receipt: the person may hold either receipt. What is owed to the person, and the
    more careful of how they may be reached, pass over to the other case. Raises Refused when the two don't share a phone or
    e-mail, when the other case is closed, and when this one has unread words or a place on the waiting list.
    """
    inquiry = base.get_for_update(inquiry, "merge", by=by, version=version)
    into = base.get_for_update(into, "merge", by=by)
    base.refuse_closed(inquiry)
    if inquiry.pk == into.pk or not related(inquiry, by).filter(pk=into.pk).exists():
        raise Refused(_("These two cases share no phone number or e-mail address."))
    if into.state == Inquiry.State.CLOSED:
        raise Refused(_("The other case is closed. Reopen it first, or merge the other way round."))
    if inquiry.has_unread_message:
        raise Refused(_("The visitor wrote and nobody has read it yet. Read it before you close the case."))
    if WaitingListEntry.objects.filter(inquiry=inquiry).exists():
        raise Refused(_("This case is on the waiting list. Take it off first, or merge the other way round."))
    before = inquiry.state
    _pass_over(inquiry, into)
    be_as_careful(into, inquiry)
    inquiry.merged_into = into
    inquiry.state = Inquiry.State.CLOSED
    inquiry.outcome = Inquiry.Outcome.DUPLICATE
    inquiry.closed_at = timezone.now()
    base.save_new_version(inquiry, "merged_into", "state", "outcome", "closed_at")
    base.save_new_version(into, "priority", "priority_reasons", "state", "answer_by", "next_action_at", *contact_preferences.WITH_CONSENTS)
    events.record(inquiry, Event.Kind.MERGED, by=by, into=into.reference, state=before)
    events.record(into, Event.Kind.MERGED, by=by, duplicate=inquiry.reference)
    return into


def _pass_over(inquiry: Inquiry, into: Inquiry) -> None:
    """Let `into` owe the person what `inquiry` owed."""
    # The graver of the two is how grave it is.
    into.priority = min(into.priority, inquiry.priority)
    into.priority_reasons = list(dict.fromkeys([*into.priority_reasons, *inquiry.priority_reasons]))
    if into.state == Inquiry.State.WAITING and not (inquiry.state == Inquiry.State.WAITING and inquiry.first_response_at):
        into.state = Inquiry.State.OPEN
    if into.first_response_at is None:
        into.answer_by = min((moment for moment in (into.answer_by, inquiry.answer_by) if moment), default=None)
    into.next_action_at = min((moment for moment in (into.next_action_at, inquiry.next_action_at) if moment), default=None)


@transaction.atomic
def unmerge(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Undo the merging of this case: it is what it was before. The other one stays as urgent and as careful as it became."""
    inquiry = base.get_for_update(inquiry, "merge", by=by)
    if inquiry.merged_into is None:
        raise Refused(_("This case is not merged with another."))
    into = inquiry.merged_into
    merged = inquiry.events.filter(kind=Event.Kind.MERGED).order_by("-id").first()
    inquiry.state = merged.data.get("state", Inquiry.State.OPEN) if merged is not None else Inquiry.State.OPEN
    inquiry.outcome = ""
    inquiry.closed_at = None
    inquiry.merged_into = None
    base.save_new_version(inquiry, "merged_into", "state", "outcome", "closed_at")
    events.record(inquiry, Event.Kind.UNMERGED, by=by, into=into.reference)
    events.record(into, Event.Kind.UNMERGED, by=by, duplicate=inquiry.reference)
    return inquiry


def be_as_careful(inquiry: Inquiry, other: Inquiry) -> None:
    """Let the more careful of what one person said in two cases hold for `inquiry`; the caller stores WITH_CONSENTS.

    Of the times that are safe, those said last hold; "mailbox only", said last, does too.
    """
    inquiry.no_longer_safe |= other.no_longer_safe
    inquiry.may_leave_voicemail &= other.may_leave_voicemail
    inquiry.may_say_who_we_are &= other.may_say_who_we_are
    inquiry.others_may_answer |= other.others_may_answer
    is_later = other.received_at > inquiry.received_at
    if other.safe_windows and (is_later or not inquiry.safe_windows):
        inquiry.safe_windows = other.safe_windows
        inquiry.time_zone = other.time_zone or other.centre.time_zone
    if inquiry.no_longer_safe or (is_later and other.contact_way == Inquiry.ContactWay.MAILBOX):
        inquiry.contact_way = Inquiry.ContactWay.MAILBOX
    if inquiry.no_longer_safe:
        inquiry.tell_of_answer = inquiry.tell_by_text = False
