"""What the person does with consents to disclose, in the mailbox: sign one that staff ask for, narrow or revoke one.

Each is one transaction that locks the inquiry, as the verbs of staff do, so that nothing leaves after a consent has ended. Staff are
notified of each. All raise Refused, with a sentence for the person, and sessions.Withdrawn.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.cases import events
from intake.crypto import sealing
from intake.disclosure import referrals
from intake.mailbox.sessions import Mailbox, Withdrawn
from intake.models import ConsentRequest, DisclosureConsent, Event, Inquiry
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import safe_times
from recovery_site.verbs import Refused


@transaction.atomic
def sign(box: Mailbox, request_id: UUID, *, signature: str) -> DisclosureConsent:
    """Give the consent that staff asked for. `signature` is the name as typed; it is sealed with the consent (42 CFR 2.31)."""
    inquiry = _locked(box)
    request = _open_request(inquiry, request_id)
    now = timezone.now()
    if not signature.strip():
        raise Refused(_("Type your name or initials. That is your signature."))
    if request.expires_at <= now:
        raise Refused(_("This question is out of date. Nothing will be told."))
    words = sealing.open_sealed("consent_request", request.pk, request.sealed, box.case_key)
    consent = DisclosureConsent(
        inquiry=inquiry, way=DisclosureConsent.Way.MAILBOX, given_at=now, expires_at=request.expires_at, recorded_by_id=request.asked_by_id
    )
    consent.sealed = sealing.seal("consent", consent.pk, {**words, "signature": signature.strip()}, box.case_key)
    consent.save(force_insert=True)
    request.consent, request.answered_at = consent, now
    request.save(update_fields=["consent", "answered_at"])
    _changed(inquiry, Event.Kind.CONSENT_RECORDED, consent=str(consent.pk))
    return consent


@transaction.atomic
def decline(box: Mailbox, request_id: UUID) -> None:
    """Say no to a consent that staff asked for."""
    inquiry = _locked(box)
    request = _open_request(inquiry, request_id)
    request.answered_at = timezone.now()
    request.save(update_fields=["answered_at"])
    _changed(inquiry, Event.Kind.CONSENT_DECLINED, request=str(request.pk))


@transaction.atomic
def narrow(box: Mailbox, consent_id: UUID, *, leave_out: str, until: dt.date | None) -> DisclosureConsent:
    """Forbid to tell `leave_out`, or let the consent end earlier: at the end of the day `until`, in the time zone of the centre.

    What is left out ends open offers, because an offer to a centre is of the whole case.
    """
    inquiry = _locked(box)
    consent = _in_force(inquiry, consent_id)
    leave_out = leave_out.strip()
    if not leave_out and until is None:
        raise Refused(_("Write what must not be told, or choose an earlier day."))
    if until is not None:
        ends = dt.datetime.combine(until, dt.time.max, tzinfo=safe_times.zone(inquiry.centre.time_zone))
        if not timezone.now() < ends < consent.expires_at:
            raise Refused(_("Choose a day from today on, before the day on which it ends."))
        consent.expires_at = ends
    if leave_out:
        words: dict[str, Any] = sealing.open_sealed("consent", consent.pk, consent.sealed, box.case_key)
        words["leave_out"] = "\n".join(filter(None, [words.get("leave_out", ""), leave_out]))
        consent.sealed = sealing.seal("consent", consent.pk, words, box.case_key)
        consent.leaves_out = True
        referrals.withdraw_offers(consent, by="visitor")
    consent.save(update_fields=["expires_at", "sealed", "leaves_out"])
    _changed(inquiry, Event.Kind.CONSENT_NARROWED, consent=str(consent.pk))
    return consent


@transaction.atomic
def revoke(box: Mailbox, consent_id: UUID) -> None:
    """Take a consent back: it permits nothing from now on, and open offers based on it end. What was told before stays told."""
    inquiry = _locked(box)
    consent = _in_force(inquiry, consent_id)
    consent.revoked_at = timezone.now()
    consent.save(update_fields=["revoked_at"])
    referrals.withdraw_offers(consent, by="visitor")
    _changed(inquiry, Event.Kind.CONSENT_REVOKED, consent=str(consent.pk))


def _locked(box: Mailbox) -> Inquiry:
    inquiry = Inquiry.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=box.inquiry.pk, erased_at=None).first()
    if inquiry is None:
        raise Withdrawn
    return inquiry


def _open_request(inquiry: Inquiry, request_id: UUID) -> ConsentRequest:
    request = inquiry.consent_requests.select_for_update().filter(pk=request_id, answered_at=None).first()
    if request is None:
        raise Refused(_("You answered this already."))
    return request


def _in_force(inquiry: Inquiry, consent_id: UUID) -> DisclosureConsent:
    consent = inquiry.disclosure_consents.select_for_update().filter(pk=consent_id).first()
    if consent is None or not consent.is_in_force(timezone.now()):
        raise Refused(_("This is over already. Nothing more will be told."))
    return consent


def _changed(inquiry: Inquiry, kind: Event.Kind, **data: Any) -> None:
    """Record what the person did, notify staff, and make the pages that staff have open stale."""
    events.record(inquiry, kind, by="visitor", **data)
    Inquiry.objects.filter(pk=inquiry.pk).update(version=F("version") + 1)
    outbox.enqueue(Kind.CONSENT_CHANGED, inquiry=inquiry)
