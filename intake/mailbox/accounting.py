"""Who read a request, and what was told to whom, in words for the person who wrote it (42 CFR Part 2; 45 CFR 164.528)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake import audit
from intake.crypto import sealing
from intake.mailbox.sessions import Mailbox
from intake.models import Centre, ConsentRequest, Disclosure, DisclosureConsent, Event, ExportRecord, Referral
from recovery_site.database import roles

Kind = Event.Kind
# Steps that need no facts from elsewhere.
SIMPLE = {
    Kind.OPENED: gettext_lazy("read your request"),
    Kind.CONTACT_SHOWN: gettext_lazy("looked at how to reach you"),
    Kind.SUMMARISED: gettext_lazy("showed a summary to print, without your name, phone and e-mail"),
    Kind.EMERGENCY_CALLED: gettext_lazy("called an emergency number"),
    Kind.REFERRAL_PRINTED: gettext_lazy("made pages for the place that was asked, with what you agreed to"),
    Kind.RECEIPT_REPLACED: gettext_lazy("gave you new receipt words; the ones before them no longer open this mailbox"),
    Kind.FOUND: gettext_lazy("searched for a phone number or an e-mail address, and saw your request among what was found"),
}
STEPS = (
    *SIMPLE,
    Kind.EXPORTED,
    Kind.HANDED_OVER,
    Kind.REFERRED,
    Kind.REFERRAL_ANSWERED,
    Kind.DISCLOSED,
    Kind.CONSENT_ASKED,
    Kind.CONSENT_RECORDED,
    Kind.CONSENT_DECLINED,
    Kind.CONSENT_NARROWED,
    Kind.CONSENT_REVOKED,
)
# Of a legal hold nobody outside hears, and that erasing waits would tell of it. They are left out of the copy of all that happened.
TOLD_TO_NOBODY = (Kind.HOLD_SET, Kind.HOLD_LIFTED, Kind.ERASING_WAITS, Kind.ERASING_ALLOWED)


@dataclass(frozen=True)
class Step:
    """One reading, export, print, hand-over or disclosure, or what was agreed about one. `what` is a sentence without its subject."""

    at: dt.datetime
    who: str
    what: str


@dataclass(frozen=True)
class Agreement:
    """A consent to disclose, or staff's question for one (then `is_question`), with its words decrypted.

    `words` has the keys person, discloser, recipient, what and purpose, and leave_out if something must not be told.
    """

    pk: UUID
    words: dict[str, str]
    since: dt.datetime
    until: dt.datetime
    revoked_at: dt.datetime | None
    in_force: bool
    is_question: bool = False


def agreements(box: Mailbox) -> list[Agreement]:
    """Return the questions that wait for an answer, then the consents, the latest first. Two queries."""
    now = timezone.now()
    questions = [
        Agreement(row.pk, _words("consent_request", row, box), row.asked_at, row.expires_at, None, in_force=False, is_question=True)
        for row in open_questions(box)
    ]
    consents = [
        Agreement(row.pk, _words("consent", row, box), row.given_at, row.expires_at, row.revoked_at, in_force=row.is_in_force(now))
        for row in box.inquiry.disclosure_consents.all()
    ]
    return questions + consents


def open_questions(box: Mailbox) -> QuerySet[ConsentRequest]:
    """Return the consents that staff ask the person to sign and that could still be signed."""
    return box.inquiry.consent_requests.filter(answered_at=None, expires_at__gt=timezone.now())


def steps(box: Mailbox) -> list[Step]:
    """Return all steps, the latest first. At most six queries, whatever happened."""
    events = list(box.inquiry.events.filter(kind__in=STEPS).order_by("-id"))
    facts, names = _Facts(box, events), _names(events)
    return [Step(event.at, _who(event, names), facts.in_words(event)) for event in events]


def happened(box: Mailbox) -> list[Event]:
    """Return all that happened to the request, the earliest first, without what is told to nobody. One query."""
    return list(box.inquiry.events.exclude(kind__in=TOLD_TO_NOBODY))


def _names(events: list[Event]) -> dict[int | None, str]:
    """Return {id: name} of those who did something. At most one query."""
    people = {event.actor_id for event in events if event.actor_id is not None}
    if not people:
        return {}
    return dict(roles.ask("names") if roles.is_restricted() else User.objects.filter(pk__in=people).values_list("pk", "display_name"))


def proof(centre: Centre) -> str:
    """Return the newest link of the centre's chain as it stands on the note that a person keeps, such as "1234-ab12cd34ef56ab78".

    Who kept it can ask later whether all that was recorded until then is still there. Empty while nothing was linked, and when the
    database can't say: no page may fail because of it. One query.
    """
    try:
        link = audit.newest_link(centre)
    except (DatabaseError, InterfaceError):
        return ""
    return str(link) if link else ""


def _who(event: Event, names: dict[int | None, str]) -> str:
    if event.data.get("by") == "visitor":
        return _("You")
    if event.data.get("by") == "receiver":
        return _("The place that was asked")
    if event.actor_id is None and event.data.get("by") == "system":
        return _("The site")
    return names.get(event.actor_id) or _("A member of staff")


def _words(kind: str, row: ConsentRequest | DisclosureConsent | Disclosure, box: Mailbox) -> dict[str, Any]:
    try:
        return sealing.open_sealed(kind, row.pk, row.sealed, box.case_key)
    except sealing.SealBroken:  # that it happened is still shown
        return {}


class _Facts:
    """What the events refer to: read once for all of them."""

    def __init__(self, box: Mailbox, events: list[Event]) -> None:
        kinds = {event.kind for event in events}
        inquiry = box.inquiry
        moved = kinds & {Kind.HANDED_OVER, Kind.REFERRED}
        self.centres = dict(Centre.objects.values_list("pk", "name")) if moved else {}
        self.referrals = {str(row.pk): row for row in inquiry.referrals.select_related("to_centre")} if Kind.REFERRED in kinds else {}
        consents = inquiry.disclosure_consents.all() if any("consent" in kind for kind in kinds) or self.referrals else ()
        self.consents = {str(row.pk): _words("consent", row, box) for row in consents}
        requests = inquiry.consent_requests.all() if kinds & {Kind.CONSENT_ASKED, Kind.CONSENT_DECLINED} else ()
        self.requests = {str(row.pk): _words("consent_request", row, box) for row in requests}
        told = inquiry.disclosures.all() if Kind.DISCLOSED in kinds else ()
        self.told = {str(row.pk): _words("disclosure", row, box) for row in told}

    def in_words(self, event: Event) -> str:
        """Return what `event` says, as a sentence without its subject."""
        kind, data = Kind(event.kind), event.data
        if kind in SIMPLE:
            return str(SIMPLE[kind])
        if kind == Kind.EXPORTED:
            reason = dict(ExportRecord.Reason.choices).get(data.get("reason", ""), "")
            return _("put your name, phone and e-mail into a file, for: %(reason)s") % {"reason": reason}
        if kind == Kind.HANDED_OVER:
            names = {name: self.centres.get(data.get(name), "") for name in ("from_centre", "to_centre")}
            return _("handed your request over from %(from_centre)s to %(to_centre)s, which alone can open it now") % names
        if kind == Kind.REFERRED:
            return _("asked %(recipient)s to take you") % {"recipient": self._receiver(data)}
        if kind == Kind.REFERRAL_ANSWERED:
            state = dict(Referral.State.choices).get(data.get("state", ""), "")
            return _("wrote down the answer to this: %(answer)s") % {"answer": state}
        if kind == Kind.DISCLOSED:
            return _told(self.told.get(str(data.get("disclosure")), {}))
        return self._agreed(event, kind)

    def _receiver(self, data: dict[str, Any]) -> str:
        referral = self.referrals.get(str(data.get("referral")))
        if referral is None:
            return ""
        return referral.to_centre.name if referral.to_centre else self.consents.get(str(referral.consent_id), {}).get("recipient", "")

    def _agreed(self, event: Event, kind: Event.Kind) -> str:
        data = event.data
        words = self.consents.get(str(data.get("consent"))) or self.requests.get(str(data.get("request"))) or {}
        receiver = {"recipient": words.get("recipient", ""), "what": words.get("what", "")}
        by_the_person = data.get("by") == "visitor"
        if kind == Kind.CONSENT_ASKED:
            sentence = _("asked you to agree that %(recipient)s is told: %(what)s")
        elif kind == Kind.CONSENT_DECLINED:
            sentence = _("did not agree that %(recipient)s is told: %(what)s")
        elif kind == Kind.CONSENT_NARROWED:
            sentence = _("narrowed what %(recipient)s may be told")
        elif kind == Kind.CONSENT_REVOKED:
            sentence = _("took back that %(recipient)s may be told")
            if not by_the_person:
                sentence = _("wrote down that you took back that %(recipient)s may be told")
        else:
            sentence = _("agreed that %(recipient)s is told: %(what)s")
            if not by_the_person:
                sentence = _("wrote down that you agreed that %(recipient)s is told: %(what)s")
        return sentence % receiver


def _told(words: dict[str, str]) -> str:
    if "nature" in words:
        return _("told %(recipient)s, %(affiliation)s, in an emergency: %(nature)s") % words
    if not words:
        return _("told somebody outside")
    sentence = _("told %(recipient)s: %(what)s. What for: %(purpose)s") % words
    if leave_out := words.get("leave_out"):
        sentence += " " + _("Not: %(what)s") % {"what": leave_out}
    return sentence
