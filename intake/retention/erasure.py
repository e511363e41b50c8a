"""Erasure of inquiries. The row and its events remain as the record of the case. What a legal hold covers is only closed off."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from intake.cases import consents, events
from intake.identifiers import new_id
from intake.models import (
    ConsentRequest,
    ContactAttempt,
    Disclosure,
    DisclosureConsent,
    Event,
    Inquiry,
    InternalNote,
    KeyWrap,
    MailboxSession,
    Message,
    Notification,
    PreScreen,
    Receipt,
    ReferralLink,
    ReferralStep,
    StaffDraft,
    WaitingListEntry,
    WithheldCase,
)
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.retention import holds

# The cleartext columns that describe the person, with their values after erasure.
_BLANK = {
    "sealed": b"",
    "guide_slug": "",
    "follow_up_reason": "",
    "priority_reasons": [],
    "country": "",
    "region": "",
    "time_zone": "",
    "safe_windows": [],
    "contact_way": Inquiry.ContactWay.MAILBOX,
    "may_leave_voicemail": False,
    "may_say_who_we_are": False,
    "others_may_answer": True,
    "needs_interpreter": False,
    "tell_of_answer": False,
    "tell_by_text": False,
    "has_unread_message": False,
    "submission": None,
    "digested": True,
    "held_for": None,
}


# Those of them that say nothing about the person: a hold doesn't keep them.
_ABOUT_THE_ROW = {"sealed", "has_unread_message", "submission", "digested", "held_for"}


@transaction.atomic
def withdraw(inquiry: Inquiry, *, keep_content: bool = False) -> None:
    """Erase and close an inquiry at its sender's request, and notify staff not to contact the person.

    Under a legal hold its content stays, for those whom the hold names alone (intake.retention.holds). Nothing that the sender or
    anybody else sees tells the one from the other, and both take the same queries. `keep_content` is for a hold that a restored
    database doesn't know.
    """
    now = timezone.now()
    # Locked so that nothing is added during erasure. A second request finds nothing to do.
    locked = Inquiry.objects.select_for_update().filter(pk=inquiry.pk, erased_at=None).first()
    if locked is None:
        return
    events.record(locked, Event.Kind.WITHDRAWN, by="visitor")
    is_held = holds.held(locked) or keep_content
    _close_off(locked, now, keep_content=is_held)
    if is_held:
        _delete_content(new_id())  # matches nothing, and takes the same time
        kept = {name: getattr(locked, name) for name in _BLANK if name not in _ABOUT_THE_ROW}
        WithheldCase.objects.create(inquiry=locked, since=now, columns=kept)
    else:
        _delete_content(locked.pk)
        events.record(locked, Event.Kind.ERASED, at=now, by="visitor")
    Inquiry.objects.filter(pk=locked.pk).update(
        state=Inquiry.State.CLOSED,
        outcome=Inquiry.Outcome.WITHDRAWN,
        closed_at=now,
        next_action_at=None,
        no_longer_safe=True,
    )
    outbox.enqueue(Kind.WITHDRAWN, inquiry=locked)
    _close_mailboxes(locked)


def erase_content(inquiry: Inquiry, now: dt.datetime, *, by: str) -> None:
    """Delete every wrap of the case key and all sealed content. Must be called inside a transaction; no hold may cover the case.

    `by` is a code for the event ("policy", "system"). Without the wraps even copies of the sealed rows can't be decrypted,
    except with older backups; see docs/threat-model.md for their lifetime.
    """
    _close_off(inquiry, now, keep_content=False)
    _delete_content(inquiry.pk)
    events.record(inquiry, Event.Kind.ERASED, at=now, by=by)
    _close_mailboxes(inquiry)


def erase_withheld(now: dt.datetime) -> int:
    """Erase the cases that were withdrawn under a hold, and that no hold covers any more; return their number."""
    erased = 0
    for pk in list(WithheldCase.objects.exclude(holds.is_held("inquiry__")).values_list("pk", flat=True)):
        with transaction.atomic():
            inquiry = Inquiry.objects.select_for_update().get(pk=pk)
            # Asked again with the row locked: a new hold may cover it.
            if not holds.held(inquiry) and WithheldCase.objects.filter(pk=pk).delete()[0]:
                erase_content(inquiry, now, by="policy")
                erased += 1
    return erased


def _close_off(inquiry: Inquiry, now: dt.datetime, *, keep_content: bool) -> None:
    """End every way to the case, and mark it as erased: for staff, the sender and receivers there is nothing to read any more."""
    Receipt.objects.filter(inquiry=inquiry).delete()
    inquiry.contact_digests.all().delete()
    Notification.objects.filter(inquiry=inquiry, state=Notification.State.PENDING).delete()
    DisclosureConsent.objects.filter(inquiry=inquiry, revoked_at=None).update(revoked_at=now)
    consents.replace(inquiry, [], inquiry.language, now)
    blank = {name: value for name, value in _BLANK.items() if name != "sealed" or not keep_content}
    Inquiry.objects.filter(pk=inquiry.pk).update(erased_at=now, **blank)


def _close_mailboxes(inquiry: Inquiry) -> None:
    """Close the case's mailbox in every browser. Last: on the visitors' half it is what shows the rows (deploy/postgresql/roles.sql)."""
    MailboxSession.objects.filter(inquiry=inquiry).delete()


def _delete_content(case: UUID) -> None:
    """Delete the wraps of the key and the sealed content of the case with this id."""
    KeyWrap.objects.filter(inquiry=case).delete()
    Message.objects.filter(inquiry=case).delete()
    InternalNote.objects.filter(inquiry=case).delete()
    StaffDraft.objects.filter(inquiry=case).delete()
    PreScreen.objects.filter(inquiry=case).delete()
    ConsentRequest.objects.filter(inquiry=case).delete()
    WaitingListEntry.objects.filter(inquiry=case).delete()
    ContactAttempt.objects.filter(inquiry=case).update(sealed=b"")
    # The accounting of disclosures must be kept, but without its content.
    DisclosureConsent.objects.filter(inquiry=case).update(sealed=b"")
    Disclosure.objects.filter(inquiry=case).update(sealed=b"")
    ReferralStep.objects.filter(referral__inquiry=case).update(sealed=b"", link=None)
    ReferralLink.objects.filter(referral__inquiry=case).delete()
