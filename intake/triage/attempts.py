"""Contact attempts: showing contact details and logging the result."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import ContactAttempt, Event, Inquiry
from intake.scheduling import response_times
from intake.triage import base, claims
from recovery_site.verbs import Refused

ATTEMPT_FIELDS = (
    *response_times.RESPONSE_FIELDS,
    *response_times.CONTACT_FIELDS,
    "attempts_made",
    "next_action_at",
    "follow_up_reason",
    "no_longer_safe",
)


# After these nobody tries again the same way: a date for the next try would bring the case back to call somebody who must not be called.
NO_NEXT_TRY = frozenset({ContactAttempt.Outcome.ASKED_NOT_TO_CALL, ContactAttempt.Outcome.WRONG_NUMBER})


@transaction.atomic
def show_contact(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Record that `by` asked to see the name, phone number and e-mail address of the case."""
    inquiry = base.get_for_update(inquiry, "show_contact", by=by)
    events.record(inquiry, Event.Kind.CONTACT_SHOWN, by=by)
    return inquiry


@transaction.atomic
def log_attempt(  # noqa: PLR0913 (one form, all named)
    inquiry: Inquiry,
    *,
    by: User,
    version: int,
    way: str,
    outcome: str,
    note: str = "",
    next_action_at: dt.datetime | None = None,
) -> ContactAttempt:
    """Store a contact attempt with its sealed note. An unclaimed case is assigned to `by`.

    `way` and `outcome` are values of Inquiry.ContactWay and ContactAttempt.Outcome; `next_action_at` is when to try again
    or follow up, and is left out after an outcome of NO_NEXT_TRY: somebody plans what is right then. Raises Refused if the attempt
    ignored the person's preferences (a voicemail that was not allowed, anything but the mailbox after "no longer safe") and `note`
    gives no reason.
    """
    inquiry = base.get_for_update(inquiry, "log_attempt", by=by, version=version)
    base.refuse_closed(inquiry)
    against_wish = outcome == ContactAttempt.Outcome.VOICEMAIL and not inquiry.may_leave_voicemail
    if against_wish and not note.strip():
        raise Refused(_("This person did not allow voicemail. If one was left, write down why in the note."))
    if inquiry.no_longer_safe and way != Inquiry.ContactWay.MAILBOX:
        if not note.strip():
            raise Refused(_("This person asked not to be contacted this way. If someone tried, write down why in the note."))
        against_wish = True
    if outcome in NO_NEXT_TRY:
        next_action_at = None
    now = timezone.now()
    attempt = ContactAttempt(inquiry=inquiry, way=way, outcome=outcome, author=by, made_at=now)
    if note.strip():
        attempt.sealed = sealing.seal("attempt", attempt.pk, {"text": note.strip()}, case_keys.for_staff(inquiry, by))
    attempt.save(force_insert=True)
    if inquiry.claimed_by_id is None:
        claims.assign_to(inquiry, by)
    response_times.record_response(inquiry, now)
    inquiry.attempts_made += 1
    if outcome == ContactAttempt.Outcome.REACHED:
        response_times.record_contact(inquiry, now)
    inquiry.next_action_at, inquiry.follow_up_reason = next_action_at, ""
    if outcome == ContactAttempt.Outcome.ASKED_NOT_TO_CALL:
        inquiry.no_longer_safe = True
    # Without a date for the next step the case stays in the queue, so that it is seen until somebody plans or closes it.
    inquiry.state = Inquiry.State.OPEN if next_action_at is None else Inquiry.State.WAITING
    base.save_new_version(inquiry, *claims.OWNER_FIELDS, *ATTEMPT_FIELDS)
    codes: dict[str, Any] = {"way": way, "outcome": outcome, "attempt": str(attempt.pk)}
    if against_wish:
        codes["against_wish"] = True
    events.record(inquiry, Event.Kind.ATTEMPTED, by=by, **codes)
    return attempt
