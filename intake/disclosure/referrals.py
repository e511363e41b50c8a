"""Referral as a warm hand-off: offered with consent, answered by the receiver, and back with us when nobody answers."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.cases.permissions import centre_roles, recused_from
from intake.crypto import keyring, sealing
from intake.models import Centre, Disclosure, DisclosureConsent, Event, Inquiry, Referral
from intake.notifications import outbox, recipients
from intake.triage import base, claims, transfers
from recovery_site.verbs import Refused

ANSWER_WITHIN = dt.timedelta(hours=24)
AT_ONCE = 200  # referrals a round of housekeeping


@transaction.atomic
def refer(inquiry: Inquiry, *, by: User, version: int, consent_id: uuid.UUID, to_centre: Centre | None = None) -> Referral:
    """Offer the case to a receiver: one of our centres, or the one outside whom the consent names.

    Raises Refused without a consent that is in force, or while another offer is open.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by, version=version)
    base.refuse_closed(inquiry)
    now = timezone.now()
    consent = inquiry.disclosure_consents.filter(pk=consent_id).first()
    if consent is None or not consent.is_in_force(now):
        raise Refused(_("A referral needs the person's consent, and this one is not in force. Record it first."))
    if inquiry.referrals.filter(state=Referral.State.OFFERED).exists():
        raise Refused(_("The case is offered to someone already. Wait for the answer or record it."))
    if to_centre is not None and (to_centre.pk == inquiry.centre_id or keyring.active_key(to_centre) is None):
        raise Refused(_("This centre can't receive the case."))
    referral = Referral.objects.create(
        inquiry=inquiry, consent=consent, to_centre=to_centre, offered_by=by, offered_at=now, answer_by=now + ANSWER_WITHIN
    )
    if to_centre is None:
        _account(inquiry, consent, by, now)
    if inquiry.priority == Inquiry.Priority.NORMAL:
        # What is urgent rests nowhere: it stays in the queue until somebody has accepted it.
        inquiry.state = Inquiry.State.WAITING
    inquiry.first_response_at = inquiry.first_response_at or now
    inquiry.next_action_at = referral.answer_by
    base.save_new_version(inquiry, "state", "first_response_at", "next_action_at")
    events.record(inquiry, Event.Kind.REFERRED, by=by, referral=str(referral.pk), to_centre=to_centre and to_centre.pk)
    if to_centre is not None:
        for person, not_before in recipients.to_offer(inquiry, to_centre, now):
            outbox.enqueue("offered", inquiry=inquiry, channel="person", to=person, not_before=not_before)
    return referral


def take_back(consent: DisclosureConsent, *, by: User) -> None:
    """End the open offers that rest on a consent which was taken back; call it inside a transaction."""
    for referral in consent.referrals.select_for_update().filter(state=Referral.State.OFFERED):
        _bring_back(referral)
        _answered(referral, Referral.State.DECLINED, by)


def offered_to(user: User) -> QuerySet[Referral]:
    """Return the open offers to the user's centres, the most pressing first. Nothing in them is unsealed.

    Cases that were closed or withdrawn meanwhile, and those the user stepped back from, aren't among them.
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
    """Take an offered case into one's centre: its key is wrapped anew, the disclosure accounted for.

    Raises Referral.DoesNotExist for an offer that isn't to a centre of `by`, Refused when the consent ended meanwhile.
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
    """Refuse an offered case: it comes back to the ones who offered it, at once."""
    referral = offered_to(by).select_for_update(of=("self",)).get(pk=referral.pk)
    _bring_back(referral)
    return _answered(referral, Referral.State.DECLINED, by)


@transaction.atomic
def record_answer(inquiry: Inquiry, *, by: User, accepted: bool) -> Referral:
    """Record what a receiver outside answered to the open offer of this case."""
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    referral = inquiry.referrals.select_for_update().filter(state=Referral.State.OFFERED, to_centre=None).first()
    if referral is None:
        raise Refused(_("No offer to someone outside is open."))
    _bring_back(referral)
    return _answered(referral, Referral.State.ACCEPTED if accepted else Referral.State.DECLINED, by)


def time_out(now: dt.datetime) -> dict[str, int]:
    """Bring back the cases whose receivers did not answer in time (housekeeping); return the count."""
    late = list(Referral.objects.filter(state=Referral.State.OFFERED, answer_by__lte=now).values_list("pk", flat=True)[:AT_ONCE])
    for pk in late:
        with transaction.atomic():
            referral = Referral.objects.select_for_update().filter(pk=pk, state=Referral.State.OFFERED).first()
            if referral is not None:
                _bring_back(referral)
                _answered(referral, Referral.State.TIMED_OUT, None)
    return {"referrals_timed_out": len(late)}


def _answered(referral: Referral, state: str, by: User | None) -> Referral:
    referral.state = state
    referral.answered_at = timezone.now()
    referral.save(update_fields=["state", "answered_at"])
    events.record(referral.inquiry, Event.Kind.REFERRAL_ANSWERED, by=by, referral=str(referral.pk), state=state)
    return referral


def _bring_back(referral: Referral) -> None:
    """Make the case one that waits for us, and say so to those who offered it."""
    inquiry = Inquiry.objects.select_for_update().get(pk=referral.inquiry_id)
    if inquiry.state == Inquiry.State.CLOSED:
        return
    outbox.enqueue("offer_ended", inquiry=inquiry)
    if inquiry.state == Inquiry.State.WAITING:
        inquiry.state = Inquiry.State.OPEN
        inquiry.next_action_at = None
        base.save_new_version(inquiry, "state", "next_action_at")


def _account(inquiry: Inquiry, consent: DisclosureConsent, by: User, at: dt.datetime) -> None:
    """Write into the accounting that the consent's content was told to its recipient."""
    key = case_keys.for_hand_off(inquiry)
    agreed = sealing.open_sealed("consent", consent.pk, bytes(consent.sealed), key)
    disclosure = Disclosure(inquiry=inquiry, ground=Disclosure.Ground.CONSENT, consent=consent, disclosed_at=at, disclosed_by=by)
    payload = {"recipient": agreed["recipient"], "what": agreed["what"], "purpose": agreed["purpose"]}
    disclosure.sealed = sealing.seal("disclosure", disclosure.pk, payload, key)
    disclosure.save(force_insert=True)
    events.record(inquiry, Event.Kind.DISCLOSED, by=by, disclosure=str(disclosure.pk), ground=disclosure.ground)
