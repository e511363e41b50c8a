"""What staff and visitors are notified of. One entry a kind holds all that differs between kinds."""

import enum
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Audience(enum.Enum):
    """Who receives a kind. intake.notifications.recipients finds the people."""

    OWNER = "the owner of the case and those who watch it; every member while it is unclaimed"
    TEAM = "as OWNER, but the routing rule's team while it is unclaimed"
    ON_CALL = "the person on call, else the leads, else every member, else the operators"
    ALARM = "the circles of an alarm: whoever is awake or on call, then the leads, then the operators"
    LEADS = "the leads of the centre whose own address is not refused, else the operators"
    OTHER_CENTRE = "the members of the centre that a case is offered to"
    CHOSEN = "one person each, whom the sender of the notification names"
    VISITOR = "the person who wrote"


@dataclass(frozen=True)
class Spec:
    """What a kind is: its code in the database, its words, who receives it.

    `subject` and `line` (the first sentence) may hold %(reference)s and %(priority)s, nothing else. `rings` tells whether the
    person on call is notified while nobody is on duty. `event_type` is the type that webhooks are sent; without one they are
    sent nothing. `tells_deadline` adds the time by which an answer is promised. `page` is the staff page that a mail leads to instead
    of the case, for what isn't about one: its inquiry is only one of several, and its history doesn't hold that somebody was told.
    """

    code: str
    label: Promise
    audience: Audience
    subject: Promise | str = ""
    line: Promise | str = ""
    event_type: str = ""
    rings: bool = False
    tells_deadline: bool = False
    page: str = ""


class Kind(enum.StrEnum):
    """The kinds. `Kind(code)` raises ValueError for an unknown code."""

    spec: Spec

    def __new__(cls, spec: Any) -> "Kind":  # a Spec; type checkers take Kind(code) for a call of this
        kind = str.__new__(cls, spec.code)
        kind._value_ = spec.code
        kind.spec = spec
        return kind

    NEW_INQUIRY = Spec(
        "new_inquiry",
        _("new inquiry"),
        Audience.TEAM,
        subject=_("New inquiry, priority %(priority)s"),
        line=_("A new inquiry is waiting: %(reference)s, priority %(priority)s."),
        event_type="inquiry.received",
        rings=True,
        tells_deadline=True,
    )
    VISITOR_WROTE = Spec(
        "visitor_wrote",
        _("new message"),
        Audience.OWNER,
        subject=_("New message in %(reference)s"),
        line=_("A message is waiting in %(reference)s."),
        event_type="inquiry.message_received",
    )
    DANGER = Spec(
        "danger",
        _("someone may be in danger"),
        Audience.ALARM,
        subject=_("Someone may be in danger: %(reference)s"),
        line=_("Words in %(reference)s say that someone may be in danger. Please look at the case now."),
        event_type="inquiry.danger",
    )
    CONTACT_CHANGED = Spec(
        "contact_changed",
        _("contact details changed"),
        Audience.OWNER,
        subject=_("Changed: %(reference)s"),
        line=_("How %(reference)s may be contacted has changed. Look at the case before you contact anyone."),
        event_type="inquiry.contact_changed",
    )
    CONSENT_CHANGED = Spec(
        "consent_changed",
        _("consent to disclose changed"),
        Audience.OWNER,
        subject=_("Consent changed: %(reference)s"),
        line=_("In %(reference)s the person gave, narrowed or took back a consent. Look at it before you tell anybody anything."),
        event_type="inquiry.consent_changed",
    )
    WITHDRAWN = Spec(
        "withdrawn",
        _("inquiry withdrawn"),
        Audience.OWNER,
        subject=_("Withdrawn: %(reference)s"),
        line=_("%(reference)s was withdrawn. Please contact nobody about it."),
        event_type="inquiry.withdrawn",
    )
    UNCLAIMED = Spec(
        "unclaimed",
        _("not taken in time"),
        Audience.ON_CALL,
        subject=_("Nobody has taken %(reference)s, priority %(priority)s"),
        line=_("%(reference)s, priority %(priority)s, is still waiting: nobody has taken it."),
        event_type="inquiry.unclaimed",
        tells_deadline=True,
    )
    # Not even the reference is told to the other centre before it accepts the case.
    OFFERED = Spec(
        "offered",
        _("case offered"),
        Audience.OTHER_CENTRE,
        subject=_("A case is offered to your centre, priority %(priority)s"),
        line=_("Another centre offers you a case of priority %(priority)s, with the person’s consent. Accept or decline it there:"),
    )
    OFFER_ENDED = Spec(
        "offer_ended",
        _("offer ended"),
        Audience.OWNER,
        subject=_("Back with you: %(reference)s"),
        line=_("The offer of %(reference)s to somebody else has ended. The case waits for you."),
        event_type="inquiry.offer_ended",
    )
    ADDRESS_REFUSED = Spec(
        "address_refused",
        _("address refused"),
        Audience.LEADS,
        subject=_("A colleague’s e-mail address is refused"),
        line=_(
            "A mail about %(reference)s was refused for good, so somebody who should hear of the center’s cases hears of nothing. Your "
            "front page says who. Please correct the address."
        ),
    )
    # Without a word of where the person should have been.
    NOT_ARRIVED = Spec(
        "not_arrived",
        _("did not arrive"),
        Audience.OWNER,
        subject=_("Look again at %(reference)s"),
        line=_("Something that was arranged in %(reference)s did not happen. Please look at the case."),
        event_type="inquiry.not_arrived",
    )
    # Neither who read nor what: the page says it, to those who may know.
    UNUSUAL_READING = Spec(
        "unusual_reading",
        _("unusual reading"),
        Audience.CHOSEN,
        subject=_("Unusual reading: please look"),
        line=_("A colleague read more than usual, or what was not their task. Please look at who it was and what, and say that you did:"),
        page="/admin/intake/event/notices/",
    )
    ANSWER_WAITING = Spec("answer_waiting", _("answer waiting"), Audience.VISITOR)
