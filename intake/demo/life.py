"""The invented inquiries of the demo, in every state, at two centres. They are made by the same verbs as real ones, and sealed like them.

What lies in the past is made now and then moved: after each step of a case, all its moments are moved back by the time until the next
step. Events can't be moved and are recorded as of then. So the dates of the demo move with the day on which it is set up.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from intake import admission, demo, disclosure, triage
from intake.assessment.spam import FormSigns
from intake.cases import case_keys, events
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring
from intake.demo import words
from intake.mailbox.messages import add_visitor_message
from intake.models import (
    Availability,
    Centre,
    Event,
    Inquiry,
    Membership,
    Notification,
    OnCallShift,
    OpeningHours,
    Referral,
    ReferralLink,
    ReferralStep,
    ReplyTemplate,
    Team,
    WaitingListEntry,
)
from intake.retention import erasure, policy
from intake.scheduling import response_times
from intake.submission import receive

DAY = dt.timedelta(days=1)
SECOND_CENTRE = "lakeside-demo"
LAKESIDE = demo.DemoPerson("demo-lakeside", "Nadia Brandt (demo)", "leads the second centre", centre_role=Membership.Role.LEAD)

# The form of a program: it is held under "Looks automatic".
AUTOMATIC = FormSigns(trap_filled=True, seconds_open=1, proven=False)

Step = Callable[[Inquiry, User], Any]


def fill(password: str = "") -> list[tuple[demo.DemoPerson, str]]:
    """Create the second centre with its lead, and about sixty inquiries, in one transaction; return the lead with their password.

    Must follow demo.set_up(). Nothing is sent to anybody: what the verbs would send is marked as sent.
    """
    with transaction.atomic():
        account = _second_centre(password)
        staff, lead = User.objects.get(username="demo-triage"), User.objects.get(username="demo-lead")
        for number, (facts, hours_ago, steps) in enumerate(_cases()):
            _live(facts, hours_ago, steps, staff if number % 3 else lead)
        _around(staff, lead)
        Notification.objects.filter(state=Notification.State.PENDING).update(
            state=Notification.State.SENT, sent_at=F("next_attempt_at"), attempts=1
        )
    return [account]


def _second_centre(password: str) -> tuple[demo.DemoPerson, str]:
    centre = Centre.objects.create(
        name="Lakeside (demo)",
        slug=SECOND_CENTRE,
        legal_name="Lakeside (demo)",
        address="2 Example Street, Springfield",
        phone="(202) 555-0120",
        languages=["en"],
        payments=["medicaid", "private"],
        levels=["outpatient"],
        time_zone="America/Chicago",
        **demo.TEXTS,
    )
    hours = [OpeningHours(centre=centre, weekday=day, opens=dt.time(9), closes=dt.time(17)) for day in demo.WEEKDAYS]
    OpeningHours.objects.bulk_create(hours)
    policy.use_recommended(centre, by="system")
    keyring.create_centre_key(centre)
    password = password or demo.new_password()
    demo.create_person(LAKESIDE, centre, password)
    return LAKESIDE, password


# --- The steps. Each takes the case and the member of staff, and is a verb with invented words.


def _now(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_related("centre").get(pk=inquiry.pk)


def _claim(inquiry: Inquiry, by: User) -> None:
    triage.acknowledge(inquiry, by=by)
    triage.claim(inquiry, by=by)


def _attempt(outcome: str, *, again_in: dt.timedelta | None = None) -> Step:
    def step(inquiry: Inquiry, by: User) -> None:
        at = timezone.now() + again_in if again_in else None
        triage.log_attempt(inquiry, by=by, version=inquiry.version, way="phone", outcome=outcome, next_action_at=at)

    return step


def _reply(inquiry: Inquiry, by: User) -> None:
    text = words.SPANISH_REPLY if inquiry.language == "es" else words.REPLY
    triage.reply(inquiry, by=by, version=inquiry.version, text=text)


def _visitor_writes(inquiry: Inquiry, by: User) -> None:
    add_visitor_message(inquiry, {"text": words.ANSWER}, case_keys.for_staff(inquiry, by))


def _read(inquiry: Inquiry, by: User) -> None:
    triage.open_case(inquiry, by=by, with_contact=False)


def _note(inquiry: Inquiry, by: User) -> None:
    triage.add_note(inquiry, by=by, text=words.NOTE)


def _prescreen(inquiry: Inquiry, by: User) -> None:
    answers = {"payer": "Medicaid", "availability": "from next week on", "notes": "Invented for the demo."}
    admission.save_prescreen(inquiry, by=by, version=inquiry.version, answers=answers)


def _wait(inquiry: Inquiry, by: User) -> None:
    reason = WaitingListEntry.Reason.NO_PLACE
    admission.put_on_waiting_list(inquiry, by=by, version=inquiry.version, reason=reason, check_in_at=timezone.now() + 5 * DAY)


def _follow_up(inquiry: Inquiry, by: User) -> None:
    triage.follow_up(inquiry, by=by, version=inquiry.version, at=timezone.now() + 2 * DAY)


def _close(outcome: str) -> Step:
    def step(inquiry: Inquiry, by: User) -> None:
        triage.close(inquiry, by=by, version=inquiry.version, outcome=outcome)

    return step


def _refer(*, inside: bool = False) -> Step:
    def step(inquiry: Inquiry, by: User) -> None:
        expires_at = timezone.now() + 90 * DAY
        consent = disclosure.record_consent(inquiry, by=by, words=words.CONSENT, way="spoken", expires_at=expires_at)
        to_centre = Centre.objects.get(slug=SECOND_CENTRE) if inside else None
        disclosure.refer(inquiry, by=by, version=inquiry.version, consent_id=consent.pk, to_centre=to_centre, note="Called them together.")

    return step


def _answer(*, accepted: bool) -> Step:
    return lambda inquiry, by: disclosure.record_answer(inquiry, by=by, accepted=accepted, note="By phone.")


def _arrival(*, arrived: bool) -> Step:
    return lambda inquiry, by: disclosure.record_arrival(inquiry, by=by, arrived=arrived)


def _hand_over(inquiry: Inquiry, by: User) -> None:
    triage.hand_over(inquiry, by=by, version=inquiry.version, to=Centre.objects.get(slug=SECOND_CENTRE))


def _resolve(inquiry: Inquiry, by: User) -> None:
    triage.resolve_danger(inquiry, by=by, version=inquiry.version, outcome=Inquiry.DangerOutcome.REACHED_SAFE)


def _withdraw(inquiry: Inquiry, by: User) -> None:
    erasure.withdraw(inquiry)


# Each life: what happened, in order, with the hours between a step and the one before it.
Life = tuple[tuple[float, Step], ...]
NEW: Life = ()
ANSWERED: Life = ((1.5, _claim), (0.5, _reply))
LIVES: tuple[Life, ...] = (
    ((1, _claim),),
    ((2, _attempt("no_answer", again_in=DAY)),),
    ANSWERED,
    (*ANSWERED, (5, _visitor_writes)),
    (*ANSWERED, (20, _visitor_writes), (1, _read), (0.5, _follow_up)),
    ((1, _attempt("reached")), (0.5, _note), (0.5, _prescreen)),
    ((3, _attempt("reached")), (1, _prescreen), (2, _wait)),
    ((2, _attempt("reached")), (24, _refer())),
    ((2, _attempt("reached")), (24, _refer()), (4, _answer(accepted=True))),
    ((1, _attempt("reached")), (20, _refer()), (3, _answer(accepted=True)), (48, _arrival(arrived=True)), (1, _close("referred"))),
    ((1, _attempt("reached")), (20, _refer()), (3, _answer(accepted=True)), (48, _arrival(arrived=False))),
    ((2, _attempt("reached")), (24, _refer()), (4, _answer(accepted=False))),
    ((2, _attempt("reached")), (6, _refer(inside=True))),
    ((1, _claim), (3, _hand_over)),
    ((0.5, _attempt("reached")), (2, _prescreen), (72, _close("admitted"))),
    ((1, _attempt("reached")), (26, _close("admitted"))),
    (*ANSWERED, (30, _close("informed"))),
    ((4, _attempt("no_answer")), (24, _attempt("voicemail")), (48, _attempt("no_answer")), (24, _close("no_contact"))),
    ((2, _attempt("reached")), (1, _close("declined"))),
    ((6, _close("duplicate")),),
    ((1, _close("spam")),),
    (*ANSWERED, (10, _withdraw)),
)


def _cases() -> Iterator[tuple[InquiryData, float, Life]]:
    """Yield what somebody wrote, how many hours ago, and what happened since."""
    for number, (for_whom, substances, text, more) in enumerate(words.URGENT):
        yield _facts(number, for_whom, substances, text, **more), 3 + 5 * number, NEW if number == 0 else ANSWERED
    for_whom, substances, text, in_danger = words.DANGER
    yield _facts(3, for_whom, substances, text, **in_danger), 0.5, ((0.1, _claim),)
    yield _facts(4, for_whom, substances, text, **in_danger), 90, ((0.1, _claim), (0.2, _attempt("reached")), (0.2, _resolve))
    for number in range(8):
        yield _ordinary(number), 0.4 + 2.5 * number, NEW
    for round_ in range(2):
        # What was only taken would be given back to the team after such a long time.
        for number, life in enumerate(LIVES[round_:]):
            lived = sum(hours for hours, _step in life)
            yield _ordinary(8 + number + round_ * len(LIVES)), lived + 2 + number * 9 + round_ * 400, life
    for number, (for_whom, substances, text) in enumerate(words.SPANISH):
        facts = _facts(number, for_whom, substances, text, name=words.SPANISH_NAMES[number], language="es")
        yield facts, 8 + 30 * number, NEW if number < 2 else ANSWERED
    for_whom, substances, text = words.ADVERTISEMENT
    yield _facts(5, for_whom, substances, text, contact_way="mailbox"), 12, NEW


def _ordinary(number: int) -> InquiryData:
    return _facts(number, *words.ORDINARY[number % len(words.ORDINARY)])


def _facts(number: int, for_whom: str, substances: list[str], text: str, **more: Any) -> InquiryData:
    name = more.pop("name", words.NAMES[number % len(words.NAMES)])
    facts = {
        "contact_way": ("phone", "text", "mailbox", "email")[number % 4],
        "may_leave_voicemail": True,
        "age_band": "26_64",
        "region": "US-IL",
        "country": "US",
    }
    # Numbers and addresses that are kept for stories.
    return InquiryData(
        name=f"{name} Example (demo)",
        phone=f"+1202555{100 + number % 100:04d}",
        email=f"demo-{number}@example.org",
        message=text,
        for_whom=for_whom,
        substances=substances,
        **{**facts, **more},
    )


def _live(facts: InquiryData, hours_ago: float, life: Life, by: User) -> None:
    signs = AUTOMATIC if facts.message == words.ADVERTISEMENT[2] else receive.UNSUSPICIOUS
    # Events can't be moved, so each is recorded as of the time to which the rest of the case is moved at the end.
    left = max(hours_ago, sum(hours for hours, _step in life))
    with events.earlier(dt.timedelta(hours=left)):
        inquiry = receive.receive(facts, form_token=secrets.token_bytes(16), signs=signs).inquiry
    for hours, step in life:
        _move_back(inquiry, hours)
        left -= hours
        with events.earlier(dt.timedelta(hours=left)):
            step(_now(inquiry), by)
    _move_back(inquiry, left)
    _count_again(_now(inquiry))


def _move_back(inquiry: Inquiry, hours: float) -> None:
    """Move every moment of the case `hours` into the past: those of its own row, and of all rows that belong to it."""
    if hours <= 0:
        return
    back = dt.timedelta(hours=hours)
    rows: list[tuple[type[models.Model], str]] = [(Inquiry, "pk"), (ReferralStep, "referral__inquiry"), (ReferralLink, "referral__inquiry")]
    rows += [(kind, name) for kind, name in _belonging() if kind not in (Inquiry, Event)]
    for model, name in rows:
        moments = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.DateTimeField) and not isinstance(field, models.GeneratedField)
        ]
        if moments:
            model._default_manager.filter(**{name: inquiry.pk}).update(**{moment: F(moment) - back for moment in moments})


def _belonging() -> Iterator[tuple[type[models.Model], str]]:
    for relation in Inquiry._meta.related_objects:
        if isinstance(relation.related_model, type):
            yield relation.related_model, relation.field.name


def _count_again(inquiry: Inquiry) -> None:
    """Count promise and response in the centre's opening hours, as if the case had lived at the time where it was moved to."""
    minutes = response_times.minutes_for(inquiry.centre, inquiry.priority)
    if inquiry.answer_by is not None:
        inquiry.answer_by = response_times.response_due_at(inquiry.centre, minutes, inquiry.received_at)
    if inquiry.state == Inquiry.State.NEW:
        inquiry.next_action_at = inquiry.answer_by
    for name, record in (("first_response_at", response_times.record_response), ("first_contact_at", response_times.record_contact)):
        moment = getattr(inquiry, name)
        if moment is not None:
            setattr(inquiry, name, None)
            record(inquiry, moment)
    # The person on call isn't told again and again of invented cases.
    inquiry.escalated_at = inquiry.received_at
    fields = (*response_times.RESPONSE_FIELDS, *response_times.CONTACT_FIELDS)
    inquiry.save(update_fields=["answer_by", "next_action_at", "escalated_at", *fields])


def _around(staff: User, lead: User) -> None:
    """What stands beside the cases: a shift, a team, a template, an offer that times out later, a free place."""
    now = timezone.now()
    harbor, lakeside = Centre.objects.get(is_default=True), Centre.objects.get(slug=SECOND_CENTRE)
    OnCallShift.objects.create(centre=harbor, user=lead, starts_at=now - DAY / 4, ends_at=now + DAY / 2)
    OnCallShift.objects.create(centre=harbor, user=staff, starts_at=now + DAY / 2, ends_at=now + DAY)
    Team.objects.create(centre=harbor, name="Families (demo)").members.add(staff)
    ReplyTemplate.objects.create(title="First answer (demo)", body=words.REPLY, centre=harbor)
    nadia = User.objects.get(username=LAKESIDE.username)
    Availability.objects.create(centre=lakeside, level="outpatient", state=Availability.State.WEEK, said_at=now, said_by=nadia)
    # Offers that are still open can be answered for a while.
    Referral.objects.filter(state=Referral.State.OFFERED).update(answer_by=now + DAY / 2)
