"""Legal holds: asking for one, approving and lifting it by a second person, and reading what it keeps.

They are recorded for the centre and not in the history of a case, which its sender can see.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.cases import case_keys, events, labels, permissions
from intake.crypto import sealing
from intake.models import Centre, Event, Inquiry, LegalHold, WithheldCase
from intake.models.retention.holds import LegalHoldQuerySet
from recovery_site.database import roles
from recovery_site.verbs import NotAllowed, Refused

# For so long a hold that nobody has approved keeps what it covers.
UNAPPROVED_FOR = dt.timedelta(days=7)
LONGEST_UNTIL_REVIEW = dt.timedelta(days=366)


@dataclass(frozen=True)
class Scope:
    """What is kept: one case, or all that the centre received from `since` until `until`."""

    inquiry: Inquiry | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Piece:
    """A part of a withheld case: what it is, when it was written, its lines; a text of its own has no label."""

    what: str
    at: dt.datetime
    lines: list[labels.Line]


def held(inquiry: Inquiry) -> bool:
    """Return whether a hold covers `inquiry`. One query."""
    if roles.is_restricted():
        return roles.answer("is_held", inquiry.pk)
    return LegalHold.objects.in_force().covering(inquiry.pk, inquiry.received_at, inquiry.centre_id).exists()


def is_held(prefix: str = "") -> Q:
    """Return the condition on inquiries that says the same as `held`; `prefix` leads to them, such as "inquiry__"."""
    columns = (OuterRef(f"{prefix}{name}") for name in ("pk", "received_at", "centre"))
    return Q(Exists(LegalHold.objects.in_force().covering(*columns)))


def visible_to(user: User) -> LegalHoldQuerySet:
    """Return the holds that `user` sees: those of the centres they lead; auditors and operators see all."""
    if user.is_superuser or has_role(user, AUDITOR):
        return LegalHold.objects.all()
    return LegalHold.objects.filter(centre__in=permissions.led_centres(user))


def may_decide(user: User, centre: Centre) -> bool:
    """Return whether `user` may be the second person: a lead of the centre, an auditor or an operator."""
    return permissions.leads(user, centre) or has_role(user, AUDITOR) or bool(user.is_active and user.is_superuser)


@transaction.atomic
def ask(  # noqa: PLR0913 (one form, all named)
    centre: Centre, scope: Scope, *, by: User, reason: str, file_number: str, review_on: dt.date, readers: list[User]
) -> LegalHold:
    """Set a hold. It keeps from now on, and ends after UNAPPROVED_FOR unless another person approves it.

    Raises NotAllowed unless `by` leads the centre; Refused for a case of another centre, a scope without sense, a date of review in the
    past or too far away, and readers who don't lead the centre.
    """
    now = timezone.now()
    if not permissions.leads(by, centre):
        raise NotAllowed(_("Only a lead of the center can ask for a hold."))
    if scope.inquiry is not None and scope.inquiry.centre_id != centre.pk:
        raise Refused(_("This case is not at your center."))
    if scope.inquiry is None and not (scope.since and scope.until and scope.since < scope.until):
        raise Refused(_("Name one case, or the first and the last day."))
    if not now.date() < review_on <= (now + LONGEST_UNTIL_REVIEW).date():
        raise Refused(_("Choose a day within the next year on which you look at the hold again."))
    if not readers or not all(permissions.leads(reader, centre) for reader in readers):
        raise Refused(_("Name at least one lead of the center who may read what is withdrawn."))
    hold = LegalHold.objects.create(
        centre=centre,
        inquiry=scope.inquiry,
        since=scope.since,
        until=scope.until,
        reason=reason,
        file_number=file_number,
        review_on=review_on,
        asked_by=by,
        asked_at=now,
    )
    hold.readers.set(readers)
    _record(Event.Kind.HOLD_SET, hold, by=by, why="asked")
    return hold


@transaction.atomic
def approve(hold: LegalHold, *, by: User) -> LegalHold:
    """Approve a hold that somebody else asked for."""
    hold = _locked(hold, by)
    if hold.approved_at is not None:
        raise Refused(_("This hold is approved already."))
    if hold.asked_by_id == by.pk:
        raise Refused(_("You asked for this hold. Another person must approve it."))
    hold.approved_by, hold.approved_at = by, timezone.now()
    hold.save(update_fields=["approved_by", "approved_at"])
    _record(Event.Kind.HOLD_SET, hold, by=by, why="approved")
    return hold


@transaction.atomic
def refuse(hold: LegalHold, *, by: User) -> LegalHold:
    """End a hold that nobody has approved: whoever asked takes it back, or a second person says no."""
    hold = _locked(hold, by)
    if hold.approved_at is not None:
        raise Refused(_("This hold is approved. Two people lift it."))
    return _lift(hold, by, why="taken_back" if hold.asked_by_id == by.pk else "refused")


@transaction.atomic
def ask_to_lift(hold: LegalHold, *, by: User) -> LegalHold:
    """Say that an approved hold is no longer needed. It keeps until another person agrees."""
    hold = _locked(hold, by)
    if hold.approved_at is None:
        raise Refused(_("Nobody has approved this hold yet. Take it back instead."))
    hold.lift_asked_by, hold.lift_asked_at = by, timezone.now()
    hold.save(update_fields=["lift_asked_by", "lift_asked_at"])
    _record(Event.Kind.HOLD_LIFTED, hold, by=by, why="asked")
    return hold


@transaction.atomic
def lift(hold: LegalHold, *, by: User) -> LegalHold:
    """Lift a hold that somebody else wants lifted. What it alone kept is erased in the next round."""
    hold = _locked(hold, by)
    if hold.lift_asked_by_id is None:
        raise Refused(_("Nobody has asked to lift this hold."))
    if hold.lift_asked_by_id == by.pk:
        raise Refused(_("You asked to lift this hold. Another person must agree."))
    return _lift(hold, by, why="lifted")


@transaction.atomic
def keep(hold: LegalHold, *, by: User, review_on: dt.date) -> LegalHold:
    """Keep a hold after its review until another day, and set aside a wish to lift it."""
    hold = _locked(hold, by)
    now = timezone.now()
    if not now.date() < review_on <= (now + LONGEST_UNTIL_REVIEW).date():
        raise Refused(_("Choose a day within the next year on which you look at the hold again."))
    hold.review_on, hold.lift_asked_by, hold.lift_asked_at = review_on, None, None
    hold.save(update_fields=["review_on", "lift_asked_by", "lift_asked_at"])
    _record(Event.Kind.HOLD_SET, hold, by=by, why="reviewed")
    return hold


def end_unapproved(now: dt.datetime) -> dict[str, int]:
    """End the holds that nobody approved in time (periodic job); return their number."""
    ended = 0
    for pk in list(LegalHold.objects.in_force().filter(approved_at=None, asked_at__lte=now - UNAPPROVED_FOR).values_list("pk", flat=True)):
        with transaction.atomic():
            hold = LegalHold.objects.in_force().select_for_update().filter(pk=pk, approved_at=None).first()
            if hold is not None:
                _lift(hold, None, why="not_approved")
                ended += 1
    return {"holds_ended": ended}


def withheld(hold: LegalHold) -> QuerySet[WithheldCase]:
    """Return the withdrawn cases that `hold` covers."""
    covering = LegalHold.objects.filter(pk=hold.pk).covering(OuterRef("pk"), OuterRef("inquiry__received_at"), OuterRef("inquiry__centre"))
    return WithheldCase.objects.filter(Exists(covering)).select_related("inquiry__centre")


def may_read(user: User, hold: LegalHold) -> bool:
    """Return whether the hold names `user`, who must lead its centre, and is approved and in force."""
    if hold.lifted_at is not None or hold.approved_at is None or not permissions.leads(user, hold.centre_id):
        return False
    return hold.readers.filter(pk=user.pk).exists()


@transaction.atomic
def read(hold: LegalHold, inquiry: Inquiry, *, by: User) -> list[Piece]:
    """Return the content of a withdrawn case that `hold` keeps, in the order it was written, and record the reading.

    Raises NotAllowed; WithheldCase.DoesNotExist; case_keys.KeyLost, keyring.KeyringError or sealing.SealBroken.
    """
    hold = LegalHold.objects.select_related("centre").get(pk=hold.pk)
    if not may_read(by, hold):
        raise NotAllowed(_("Only the leads whom the hold names can read this, once it is approved."))
    row = withheld(hold).select_for_update(of=("self",)).get(pk=inquiry.pk)
    inquiry = row.inquiry
    events.record(inquiry, Event.Kind.OPENED, by=by, hold=hold.pk)
    key = case_keys.for_hold(inquiry)

    def opened(kind: str, sealed_row: Any) -> list[labels.Line]:
        return _lines(sealing.open_sealed(kind, sealed_row.pk, bytes(sealed_row.sealed), key))

    pieces = [
        Piece(_("what they wrote"), inquiry.received_at, opened("inquiry", inquiry)),
        Piece(_("as it was stored"), row.since, _columns(row.columns)),
        *(Piece(message.get_sender_display(), message.sent_at, opened("message", message)) for message in inquiry.messages.all()),
        *(Piece(_("internal note"), note.written_at, opened("note", note)) for note in inquiry.internal_notes.all()),
        *(Piece(_("contact attempt"), each.made_at, opened("attempt", each)) for each in inquiry.attempts.exclude(sealed=b"")),
    ]
    return sorted(pieces, key=lambda piece: piece.at)


def _lines(payload: dict[str, Any]) -> list[labels.Line]:
    rest = dict(payload)
    text, changed = rest.pop("text", ""), rest.pop("changed", {})
    return [*([labels.Line("", str(text))] if text else []), *labels.lines(rest), *labels.lines(changed)]


def _columns(columns: dict[str, Any]) -> list[labels.Line]:
    names = {field.name: str(field.verbose_name) for field in Inquiry._meta.fields}
    answers = {True: _("yes"), False: _("no")}
    shown = {name: answers[value] if isinstance(value, bool) else value for name, value in columns.items() if value not in ("", [], None)}
    return [
        labels.Line(names[name], ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in shown.items()
    ]


def _locked(hold: LegalHold, by: User) -> LegalHold:
    hold = LegalHold.objects.select_for_update(of=("self",)).select_related("centre").get(pk=hold.pk)
    if not may_decide(by, hold.centre):
        raise NotAllowed(_("Only a lead of the center, an auditor or the operator can do this."))
    if hold.lifted_at is not None:
        raise Refused(_("This hold is lifted already."))
    return hold


def _lift(hold: LegalHold, by: User | None, *, why: str) -> LegalHold:
    hold.lifted_by, hold.lifted_at = by, timezone.now()
    hold.save(update_fields=["lifted_by", "lifted_at"])
    _record(Event.Kind.HOLD_LIFTED, hold, by=by or "system", why=why)
    return hold


def _record(kind: Event.Kind, hold: LegalHold, *, by: User | str, why: str) -> None:
    case = hold.inquiry.reference if hold.inquiry else None
    events.record_beside_cases(kind, by=by, centre_id=hold.centre_id, hold=hold.pk, case=case, reason=hold.reason, why=why)
