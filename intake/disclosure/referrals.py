"""Referrals: a case is offered with the person's consent, and accepted, declined, taken back or timed out; then the person arrives or not.

Each step may have a note, sealed to the case.
"""

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
from intake.models import Centre, Disclosure, DisclosureConsent, Event, Inquiry, Referral, ReferralLink, ReferralStep
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import response_times
from intake.triage import base, claims, transfers
from recovery_site.verbs import Refused

ANSWER_WITHIN = dt.timedelta(hours=24)
AT_ONCE = 200  # referrals per run


@transaction.atomic
def refer(  # noqa: PLR0913 (one form, all named)
    inquiry: Inquiry, *, by: User, version: int, consent_id: uuid.UUID, to_centre: Centre | None = None, note: str = ""
) -> Referral:
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
    _note(referral, by, note)
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
    """Take back the open offers based on a consent that was revoked or narrowed. Must be called inside a transaction."""
    for referral in consent.referrals.select_for_update().filter(state=Referral.State.OFFERED):
        _return_case(referral)
        _answered(referral, Referral.State.WITHDRAWN, by)


@transaction.atomic
def take_back(inquiry: Inquiry, *, by: User, note: str = "") -> Referral:
    """Take back the open offer of this case. What was told with it stays in the accounting. Raises Refused if there is none."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    referral = inquiry.referrals.select_for_update().filter(state=Referral.State.OFFERED).first()
    if referral is None:
        raise Refused(_("No offer is open."))
    _return_case(referral)
    return _answered(referral, Referral.State.WITHDRAWN, by, note)


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
def accept(referral: Referral, *, by: User, note: str = "") -> Referral:
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
    referral.inquiry = inquiry  # as it is now: the key is with the new centre
    return _answered(referral, Referral.State.ACCEPTED, by, note)


@transaction.atomic
def decline(referral: Referral, *, by: User, note: str = "") -> Referral:
    """Decline an offered case, which returns to the centre that offered it."""
    referral = offered_to(by).select_for_update(of=("self",)).get(pk=referral.pk)
    _return_case(referral)
    return _answered(referral, Referral.State.DECLINED, by, note)


@transaction.atomic
def record_answer(inquiry: Inquiry, *, by: User, accepted: bool, note: str = "") -> Referral:
    """Record the answer of an external receiver to the open offer of this case. Raises Refused if there is none."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    referral = inquiry.referrals.select_for_update().filter(state=Referral.State.OFFERED, to_centre=None).first()
    if referral is None:
        raise Refused(_("No offer to someone outside is open."))
    _return_case(referral)
    return _answered(referral, Referral.State.ACCEPTED if accepted else Referral.State.DECLINED, by, note)


@transaction.atomic
def record_arrival(inquiry: Inquiry, *, by: User, arrived: bool, note: str = "") -> Referral:
    """Record whether the person arrived at the place that accepted them last. Raises Refused if none did, or it is recorded already."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    referral = accepted_last(inquiry)
    if referral is None:
        raise Refused(_("Nobody has accepted the person, or it is recorded already."))
    if not arrived:
        _look_again(inquiry)
    return _answered(referral, Referral.State.ARRIVED if arrived else Referral.State.ABSENT, by, note)


def accepted_last(inquiry: Inquiry) -> Referral | None:
    """Return the latest referral if it is accepted and nobody has said whether the person arrived."""
    latest = inquiry.referrals.select_related("inquiry").first()
    return latest if latest is not None and latest.state == Referral.State.ACCEPTED else None


def answered_by_receiver(referral: Referral, link: ReferralLink, *, yes: bool, sealed: bytes) -> Referral:
    """Record what a receiver outside answered by a link. Must be called inside a transaction with the inquiry's row locked."""
    if link.asks == ReferralLink.Asks.ANSWER:
        _return_case(referral)
        state = Referral.State.ACCEPTED if yes else Referral.State.DECLINED
    else:
        if not yes:
            _look_again(referral.inquiry)
        state = Referral.State.ARRIVED if yes else Referral.State.ABSENT
    ReferralStep.objects.create(referral=referral, state=state, at=timezone.now(), link=link, sealed=sealed)
    return _settle(referral, state, "receiver")


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


def _answered(referral: Referral, state: str, by: User | str | None, note: str = "") -> Referral:
    referral.state = state
    _note(referral, by, note)
    return _settle(referral, state, by)


def _note(referral: Referral, by: User | str | None, note: str) -> None:
    """Store the step that `referral` is at, with its note sealed to the case."""
    step = ReferralStep(referral=referral, state=referral.state, at=timezone.now(), by=by if isinstance(by, User) else None)
    if note.strip():
        step.sealed = sealing.seal("referral_step", step.pk, {"text": note.strip()}, case_keys.for_hand_off(referral.inquiry))
    step.save(force_insert=True)


def _settle(referral: Referral, state: str, by: User | str | None) -> Referral:
    referral.state = state
    if state not in {Referral.State.ARRIVED, Referral.State.ABSENT}:
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


def _look_again(inquiry: Inquiry) -> None:
    """Notify the owner that the person did not arrive, and bring a waiting case back into the queue."""
    outbox.enqueue(Kind.NOT_ARRIVED, inquiry=inquiry)
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
