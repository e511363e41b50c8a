"""Referrals: a case is offered with the person's consent, and accepted, declined or timed out."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.assessment import readiness
from intake.cases import case_keys, events
from intake.cases.permissions import centre_roles, recused_from
from intake.crypto import sealing
from intake.models import Centre, Disclosure, DisclosureConsent, Event, Inquiry, Referral
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import response_times
from intake.triage import base, claims, transfers
from recovery_site.verbs import Refused

ANSWER_WITHIN = dt.timedelta(hours=24)
AT_ONCE = 200  # referrals per run


@transaction.atomic
def refer(inquiry: Inquiry, *, by: User, version: int, consent_id: uuid.UUID, to_centre: Centre | None = None) -> Referral:
    """Offer the case to `to_centre`, or to the external receiver named in the consent if `to_centre` is None.

    Raises Refused if the consent is not valid, another offer is open, or the centre can't receive the case.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by, version=version)
    base.refuse_closed(inquiry)
    now = timezone.now()
    consent = inquiry.disclosure_consents.filter(pk=consent_id).first()
    if consent is None or not consent.is_in_force(now):
        raise Refused(_("A referral needs the person's consent, and this one is not in force. Record it first."))
    if to_centre is not None and consent.leaves_out:
        raise Refused(_("The person said what must not be told, and a referral to a centre hands over the whole case."))
    if inquiry.referrals.filter(state=Referral.State.OFFERED).exists():
        raise Refused(_("The case is offered to someone already. Wait for the answer or record it."))
    if to_centre is not None and (to_centre.pk == inquiry.centre_id or readiness.missing(to_centre)):
        raise Refused(_("This centre can't receive the case."))
    referral = Referral.objects.create(
        inquiry=inquiry, consent=consent, to_centre=to_centre, offered_by=by, offered_at=now, answer_by=now + ANSWER_WITHIN
    )
    if to_centre is None:
        _account(inquiry, consent, by, now)
    if inquiry.priority == Inquiry.Priority.NORMAL:
        # Urgent cases stay in the queue until somebody has accepted them.
        inquiry.state = Inquiry.State.WAITING
    response_times.record_response(inquiry, now)
    inquiry.next_action_at = referral.answer_by
    base.save_new_version(inquiry, "state", *response_times.RESPONSE_FIELDS, "next_action_at")
    events.record(inquiry, Event.Kind.REFERRED, by=by, referral=str(referral.pk), to_centre=to_centre and to_centre.pk)
    if to_centre is not None:
        outbox.enqueue(Kind.OFFERED, inquiry=inquiry)
    return referral


def withdraw_offers(consent: DisclosureConsent, *, by: User | str) -> None:
    """Decline the open offers based on a consent that was revoked or narrowed. Must be called inside a transaction."""
    for referral in consent.referrals.select_for_update().filter(state=Referral.State.OFFERED):
        _return_case(referral)
        _answered(referral, Referral.State.DECLINED, by)


def offered_to(user: User) -> QuerySet[Referral]:
    """Return the open offers to the user's centres, earliest deadline first, without sealed content.

    Cases that were closed or withdrawn meanwhile and those that the user is recused from are left out.
    """
    return (
        Referral.objects.filter(to_centre_id__in=centre_roles(user).keys(), state=Referral.State.OFFERED)
        .exclude(inquiry__state=Inquiry.State.CLOSED)
        .exclude(inquiry_id__in=recused_from(user))
        .select_related("inquiry__centre", "to_centre")
        .defer("inquiry__sealed")
        .order_by("answer_by")
    )


@transaction.atomic
def accept(referral: Referral, *, by: User) -> Referral:
    """Accept an offered case for `by`, wrap its key to the new centre, and record the disclosure.

    Raises Referral.DoesNotExist if the offer isn't to a centre of `by`, Refused if the consent is no longer valid.
    """
    referral = offered_to(by).select_for_update(of=("self",)).get(pk=referral.pk)
    now = timezone.now()
    if not referral.consent.is_in_force(now):
        raise Refused(_("The person's consent is not in force any more. The case stays where it is."))
    inquiry = Inquiry.objects.select_for_update().get(pk=referral.inquiry_id)
    assert referral.to_centre is not None  # noqa: S101 (offered_to finds no others)
    _account(inquiry, referral.consent, by, now)
    transfers.move(inquiry, referral.to_centre, case_keys.for_hand_off(inquiry), by=by)
    claims.assign_to(inquiry, by)
    base.save_new_version(inquiry, *claims.OWNER_FIELDS)
    return _answered(referral, Referral.State.ACCEPTED, by)


@transaction.atomic
def decline(referral: Referral, *, by: User) -> Referral:
    """Decline an offered case, which returns to the centre that offered it."""
    referral = offered_to(by).select_for_update(of=("self",)).get(pk=referral.pk)
    _return_case(referral)
    return _answered(referral, Referral.State.DECLINED, by)


@transaction.atomic
def record_answer(inquiry: Inquiry, *, by: User, accepted: bool) -> Referral:
    """Record the answer of an external receiver to the open offer of this case. Raises Refused if there is none."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    referral = inquiry.referrals.select_for_update().filter(state=Referral.State.OFFERED, to_centre=None).first()
    if referral is None:
        raise Refused(_("No offer to someone outside is open."))
    _return_case(referral)
    return _answered(referral, Referral.State.ACCEPTED if accepted else Referral.State.DECLINED, by)


def time_out(now: dt.datetime) -> dict[str, int]:
    """End the offers that were not answered in time (periodic job); return their number."""
    late = list(Referral.objects.filter(state=Referral.State.OFFERED, answer_by__lte=now).values_list("pk", flat=True)[:AT_ONCE])
    for pk in late:
        with transaction.atomic():
            referral = Referral.objects.select_for_update().filter(pk=pk, state=Referral.State.OFFERED).first()
            if referral is not None:
                _return_case(referral)
                _answered(referral, Referral.State.TIMED_OUT, None)
    return {"referrals_timed_out": len(late)}


def _answered(referral: Referral, state: str, by: User | str | None) -> Referral:
    referral.state = state
    referral.answered_at = timezone.now()
    referral.save(update_fields=["state", "answered_at"])
    events.record(referral.inquiry, Event.Kind.REFERRAL_ANSWERED, by=by, referral=str(referral.pk), state=state)
    return referral


def _return_case(referral: Referral) -> None:
    """Set the waiting case to OPEN again and notify the staff who offered it."""
    inquiry = Inquiry.objects.select_for_update().get(pk=referral.inquiry_id)
    if inquiry.state == Inquiry.State.CLOSED:
        return
    outbox.enqueue(Kind.OFFER_ENDED, inquiry=inquiry)
    if inquiry.state == Inquiry.State.WAITING:
        inquiry.state = Inquiry.State.OPEN
        inquiry.next_action_at = None
        base.save_new_version(inquiry, "state", "next_action_at")


def _account(inquiry: Inquiry, consent: DisclosureConsent, by: User, at: dt.datetime) -> None:
    """Record in the accounting that the information named in the consent was disclosed to its recipient."""
    key = case_keys.for_hand_off(inquiry)
    agreed = sealing.open_sealed("consent", consent.pk, bytes(consent.sealed), key)
    disclosure = Disclosure(inquiry=inquiry, ground=Disclosure.Ground.CONSENT, consent=consent, disclosed_at=at, disclosed_by=by)
    payload: dict[str, Any] = {name: agreed[name] for name in ("recipient", "what", "leave_out", "purpose") if name in agreed}
    disclosure.sealed = sealing.seal("disclosure", disclosure.pk, payload, key)
    disclosure.save(force_insert=True)
    events.record(inquiry, Event.Kind.DISCLOSED, by=by, disclosure=str(disclosure.pk), ground=disclosure.ground)
