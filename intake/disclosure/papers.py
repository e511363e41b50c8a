"""What goes to a receiver outside with a referral: the notice against passing it on and a copy of the consent (42 CFR 2.32)."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.disclosure import receiver_links
from intake.models import DisclosureConsent, Event, Inquiry, Referral, ReferralLink
from intake.triage import base
from recovery_site.verbs import Refused

# 42 CFR 2.32(a)(2), the shorter of the two statements that the law offers. It is not translated: its words are the law's.
STATEMENT = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


@dataclass(frozen=True)
class Papers:
    """The pages for a receiver. The addresses of the links are known only here: of each, the hash of its token is stored."""

    inquiry: Inquiry
    referral: Referral
    consent: DisclosureConsent
    words: dict[str, Any]
    answer_link: str
    arrival_link: str


@transaction.atomic
def make(inquiry: Inquiry, *, by: User, referral_id: uuid.UUID) -> Papers:
    """Make the pages for the receiver outside of an open or accepted referral, with new links, and record it.

    Raises Refused if there is no such referral or its consent is not in force any more: there is no way around that.
    """
    inquiry = base.get_for_update(inquiry, "disclose", by=by)
    referral = inquiry.referrals.select_related("consent").filter(pk=referral_id, to_centre=None).first()
    if referral is None or referral.state not in {Referral.State.OFFERED, Referral.State.ACCEPTED}:
        raise Refused(_("This referral is over. There is nothing to hand over."))
    now = timezone.now()
    if not referral.consent.is_in_force(now):
        raise Refused(_("The person’s consent is not in force any more. Nothing may be handed over."))
    key = case_keys.for_staff(inquiry, by)
    words = sealing.open_sealed("consent", referral.consent.pk, referral.consent.sealed, key)
    is_open = referral.state == Referral.State.OFFERED
    answer_link = receiver_links.issue(referral, ReferralLink.Asks.ANSWER, key, now) if is_open else ""
    arrival_link = receiver_links.issue(referral, ReferralLink.Asks.ARRIVAL, key, now)
    events.record(inquiry, Event.Kind.REFERRAL_PRINTED, by=by, referral=str(referral.pk))
    return Papers(inquiry, referral, referral.consent, words, answer_link, arrival_link)
