"""Erasure of inquiries. The row and its events remain as the record of the case."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from intake.cases import consents, events
from intake.models import (
    Disclosure,
    DisclosureConsent,
    Event,
    Inquiry,
    KeyWrap,
    MailboxSession,
    Notification,
    PreScreen,
    Receipt,
    ReferralLink,
    ReferralStep,
    WaitingListEntry,
)
from intake.notifications import outbox
from intake.notifications.kinds import Kind

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


@transaction.atomic
def withdraw(inquiry: Inquiry) -> None:
    """Erase and close an inquiry at its sender's request, and notify staff not to contact the person."""
    now = timezone.now()
    # Locked so that nothing is added during erasure. A second request finds nothing to do.
    if Inquiry.objects.select_for_update().only("pk").filter(pk=inquiry.pk, erased_at=None).first() is None:
        return
    events.record(inquiry, Event.Kind.WITHDRAWN, by="visitor")
    Inquiry.objects.filter(pk=inquiry.pk).update(
        state=Inquiry.State.CLOSED,
        outcome=Inquiry.Outcome.WITHDRAWN,
        closed_at=now,
        next_action_at=None,
        no_longer_safe=True,
    )
    erase_content(inquiry, now, by="visitor", then=Kind.WITHDRAWN)


def erase_content(inquiry: Inquiry, now: dt.datetime, *, by: str, then: Kind | None = None) -> None:
    """Delete every wrap of the case key and all sealed content, and notify staff of `then`. Must be called inside a transaction.

    `by` is a code for the event ("visitor", "policy"). Without the wraps even copies of the sealed rows can't be decrypted,
    except with older backups; see docs/threat-model.md for their lifetime.
    """
    KeyWrap.objects.filter(inquiry=inquiry).delete()
    Receipt.objects.filter(inquiry=inquiry).delete()
    inquiry.messages.all().delete()
    inquiry.internal_notes.all().delete()
    inquiry.drafts.all().delete()
    PreScreen.objects.filter(inquiry=inquiry).delete()
    inquiry.consent_requests.all().delete()
    WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    inquiry.attempts.update(sealed=b"")
    # The accounting of disclosures must be kept, but without its content.
    disclosure_consents = DisclosureConsent.objects.filter(inquiry=inquiry)
    disclosure_consents.update(sealed=b"")
    disclosure_consents.filter(revoked_at=None).update(revoked_at=now)
    Disclosure.objects.filter(inquiry=inquiry).update(sealed=b"")
    ReferralStep.objects.filter(referral__inquiry=inquiry).update(sealed=b"", link=None)
    ReferralLink.objects.filter(referral__inquiry=inquiry).delete()
    inquiry.contact_digests.all().delete()
    Notification.objects.filter(inquiry=inquiry, state=Notification.State.PENDING).delete()
    consents.replace(inquiry, [], inquiry.language, now)
    Inquiry.objects.filter(pk=inquiry.pk).update(erased_at=now, **_BLANK)
    events.record(inquiry, Event.Kind.ERASED, at=now, by=by)
    if then is not None:
        outbox.enqueue(then, inquiry=inquiry)
    # Last: on the visitors' half the open mailbox is what shows the inquiry's rows (deploy/postgresql/roles.sql).
    MailboxSession.objects.filter(inquiry=inquiry).delete()
