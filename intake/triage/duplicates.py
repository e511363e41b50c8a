"""Finding, merging and unmerging inquiries of the same person."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import danger, events
from intake.cases.permissions import visible_inquiries
from intake.mailbox import contact_preferences
from intake.models import Event, Inquiry, WaitingListEntry
from intake.triage import base
from recovery_site.verbs import Refused


def related(inquiry: Inquiry, user: User) -> QuerySet[Inquiry]:
    """Return the other inquiries with the same phone number or e-mail address that `user` can see, latest first."""
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
    """Close the case as a duplicate of `into` and return `into`.

    Each case keeps its own messages, keys and receipt, because the person may hold either receipt. Priority, danger,
    deadlines and the more restrictive contact preferences are carried over to `into`. Raises Refused if the cases share no phone number
    or e-mail address, if `into` is closed, or if this case has an unread message or is on the waiting list.
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
    _carry_over(inquiry, into)
    apply_stricter_preferences(into, inquiry)
    inquiry.merged_into = into
    inquiry.state = Inquiry.State.CLOSED
    inquiry.outcome = Inquiry.Outcome.DUPLICATE
    inquiry.closed_at = timezone.now()
    base.save_new_version(inquiry, "merged_into", "state", "outcome", "closed_at")
    carried = ("priority", "priority_reasons", "state", "answer_by", "next_action_at", *danger.DANGER_FIELDS)
    base.save_new_version(into, *carried, *contact_preferences.WITH_CONSENTS)
    events.record(inquiry, Event.Kind.MERGED, by=by, into=into.reference, state=before)
    events.record(into, Event.Kind.MERGED, by=by, duplicate=inquiry.reference)
    return into


def _carry_over(inquiry: Inquiry, into: Inquiry) -> None:
    """Give `into` the more urgent priority, state and deadlines of the two cases; the caller saves it."""
    _carry_danger_over(inquiry, into)
    # Smaller is more urgent.
    into.priority = min(into.priority, inquiry.priority)
    into.priority_reasons = list(dict.fromkeys([*into.priority_reasons, *inquiry.priority_reasons]))
    if into.state == Inquiry.State.WAITING and not (inquiry.state == Inquiry.State.WAITING and inquiry.first_response_at):
        into.state = Inquiry.State.OPEN
    if into.first_response_at is None:
        into.answer_by = min((moment for moment in (into.answer_by, inquiry.answer_by) if moment), default=None)
    into.next_action_at = min((moment for moment in (into.next_action_at, inquiry.next_action_at) if moment), default=None)


def _carry_danger_over(inquiry: Inquiry, into: Inquiry) -> None:
    """Keep `into` in "Danger now", or put it there, if either case is; the caller saves DANGER_FIELDS."""
    if inquiry.is_in_danger:
        danger.reopen(into, by="system")
    elif inquiry.priority == Inquiry.Priority.DANGER and into.priority != Inquiry.Priority.DANGER:
        into.danger_resolved_at, into.danger_outcome = inquiry.danger_resolved_at, inquiry.danger_outcome


@transaction.atomic
def unmerge(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Undo the merge and restore the state of this case. Priority and preferences of the other case stay as merged."""
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


def apply_stricter_preferences(inquiry: Inquiry, other: Inquiry) -> None:
    """Give `inquiry` the more restrictive contact preferences of the two cases; the caller saves WITH_CONSENTS.

    For safe times, and for "mailbox only", the later inquiry decides.
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
