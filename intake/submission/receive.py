"""Taking in an inquiry: choose the centre, assess, seal, store, in one transaction. What this returns is on the disk."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from intake.assessment import priority, routing, spam
from intake.assessment.spam import FormSigns
from intake.cases import consents, events
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring, pins, receipts, sealing, wordlists
from intake.identifiers import new_id
from intake.mailbox import contact_preferences, danger_escalation, held, second_look
from intake.mailbox.messages import add_visitor_message
from intake.models import Consent, Event, Inquiry, KeyWrap, Message, Receipt
from intake.notifications import alarms, outbox
from intake.notifications.kinds import Kind
from recovery_site.database import tokens

# How long after an inquiry arrived its words may be shown again, unless the visitor says earlier that they are written down.
WORDS_SHOWN_FOR = dt.timedelta(minutes=15)
# Of an inquiry that didn't come through the form.
UNSUSPICIOUS = FormSigns()


@dataclass(frozen=True)
class Received:
    """An inquiry that is stored, and the words that open its mailbox (plain form, in the list of `receipt_language`)."""

    inquiry: Inquiry
    receipt: receipts.Words
    receipt_language: str
    # False for a form that came before, once its words were written down or could be read for long enough.
    may_show_words: bool = True
    # When their time began, if that isn't when the inquiry arrived: a form that was held is shown its words only now.
    words_since: dt.datetime | None = None


@dataclass(frozen=True)
class _Form:
    """What follows from the nonce of a form: how it is known again, and the receipt that belongs to it."""

    submission: bytes
    language: str
    words: receipts.Words
    lookup: bytes
    receipt_key: bytes


@dataclass(frozen=True)
class _Prepared:
    """All that costs time, done before the database is asked for its one writer."""

    inquiry: Inquiry
    wraps: list[KeyWrap]
    receipt_row: Receipt
    taken_by: User | None
    consents: list[Consent]
    # What the first event says beside the priority.
    facts: dict[str, Any]


def receive(
    cleaned: InquiryData, *, form_token: bytes, guide_slug: str = "", signs: FormSigns = UNSUSPICIOUS, by: User | None = None
) -> Received:
    """Store an inquiry, sealed, with its first event and its notification, and return it with its receipt.

    `form_token` is the random nonce of the form it came in (intake.submission.form_tokens). The same form sent again is the same
    inquiry with the same receipt; when it says something else the second time, that is added as a message. Whoever comes upon an old
    form must not learn the words from it: `may_show_words` is False once they were written down, used, or shown for long enough.
    `by` is the member of staff who took it down for somebody: the words they hand over must be replaced at first use.
    What looks automatic (intake.assessment.spam) is stored like any other, but held: it promises nothing and notifies nobody until the
    form is sent again, from the page that asks for it (`signs.sent_again`) or with other words. What is urgent is never held.
    The try of a visitor (`signs.attempt`) is counted in the same transaction.
    Raises routing.NobodyToAnswer when no centre can take it, TooManyTries (intake.assessment.rate_limits) when others of the same
    address block used up the tries meanwhile, and the database's errors when it can't be stored.
    """
    form = _form(form_token, cleaned.language)
    prepared = _prepare(cleaned, form, guide_slug, signs, by)
    with tokens.brought(form.submission):
        try:
            with transaction.atomic():
                _store(prepared)
                if signs.attempt:
                    signs.attempt.add()
        except IntegrityError:
            if not Inquiry.objects.filter(submission=form.submission).exists():
                raise
            if again := _received_before(cleaned, form_token, signs):
                return again
            # Withdrawn since, or its receipt was renewed: what is sent now must not be lost, so it is an inquiry of its own.
            new_token = hashlib.sha256(b"again" + form_token).digest()
            return receive(cleaned, form_token=new_token, guide_slug=guide_slug, signs=signs, by=by)
    return Received(inquiry=prepared.inquiry, receipt=form.words, receipt_language=form.language)


def _form(form_token: bytes, language: str, secret_key: str = "") -> _Form:
    words = receipts.for_form(form_token, language, secret_key)
    lookup, receipt_key = receipts.derive(words)
    return _Form(receipts.submission_hash(form_token), language, words, lookup, receipt_key)


def _prepare(cleaned: InquiryData, form: _Form, guide_slug: str, signs: FormSigns, by: User | None) -> _Prepared:
    now = timezone.now()
    urgency, reasons = priority.assess(cleaned)
    route = routing.choose(cleaned, urgency, now)
    automatic = spam.signs_in(cleaned, signs)
    is_held = spam.looks_automatic(automatic) and min(urgency, route.priority) == Inquiry.Priority.NORMAL
    answer_by = None if is_held else route.answer_by
    case_key = sealing.new_case_key()
    inquiry_id = new_id()
    inquiry = Inquiry(
        id=inquiry_id,
        centre=route.centre,
        received_at=now,
        submission=form.submission,
        guide_slug=guide_slug,
        priority=route.priority,
        priority_reasons=reasons,
        answer_by=answer_by,
        next_action_at=answer_by,
        claimed_by=route.person,
        claimed_at=now if route.person else None,
        state=Inquiry.State.CLOSED if is_held else Inquiry.State.NEW,
        outcome=Inquiry.Outcome.SPAM if is_held else "",
        closed_at=now if is_held else None,
        held_for=automatic if is_held else None,
        for_whom=cleaned.for_whom,
        language=cleaned.language,
        needs_interpreter=cleaned.needs_interpreter,
        country=cleaned.country,
        region=cleaned.region,
        contact_way=cleaned.contact_way,
        may_leave_voicemail=cleaned.may_leave_voicemail,
        may_say_who_we_are=cleaned.may_say_who_we_are,
        others_may_answer=cleaned.others_may_answer,
        tell_of_answer=Consent.Purpose.TELL_OF_ANSWER in cleaned.consents,
        tell_by_text=Consent.Purpose.AUTOMATED_TEXT in cleaned.consents,
        time_zone=cleaned.time_zone,
        safe_windows=cleaned.safe_windows,
        sealed=sealing.seal("inquiry", inquiry_id, cleaned.payload(), case_key),
    )
    try:
        wraps = [KeyWrap(inquiry=inquiry, centre_key=route.key, wrapped=keyring.wrap(case_key, inquiry_id, route.key))]
    except pins.NotPinned:  # swapped since the routes were read
        raise routing.NobodyToAnswer from None
    recovery_key = keyring.recovery_public_key()
    if recovery_key is not None:
        wraps.append(KeyWrap(inquiry=inquiry, wrapped=sealing.wrap_to_public_key(case_key, inquiry_id, recovery_key)))
    wrapped = receipts.wrap(case_key, inquiry_id, form.receipt_key)
    receipt_row = Receipt(inquiry=inquiry, lookup=form.lookup, wrapped=wrapped, must_renew=by is not None)
    return _Prepared(
        inquiry=inquiry,
        wraps=wraps,
        receipt_row=receipt_row,
        taken_by=by,
        consents=consents.give(inquiry, cleaned.consents, cleaned.language, now),
        facts={"rule": route.rule.pk if route.rule else None, "spam": automatic if is_held else []},
    )


def _store(prepared: _Prepared) -> None:
    inquiry = prepared.inquiry
    inquiry.save(force_insert=True)
    KeyWrap.objects.bulk_create(prepared.wraps)
    prepared.receipt_row.save(force_insert=True)
    if prepared.consents:
        Consent.objects.bulk_create(prepared.consents)
    # Why it is urgent describes the person: it stands in a column that erasing empties, not in an event, which stays.
    facts = {"priority": inquiry.priority, **prepared.facts}
    events.record(inquiry, Event.Kind.RECEIVED, by=prepared.taken_by or "visitor", at=inquiry.received_at, **facts)
    if inquiry.state == Inquiry.State.NEW:
        outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry)
        if inquiry.priority == Inquiry.Priority.DANGER:
            alarms.cry(inquiry, inquiry.received_at)
    # What is held, too: danger in it puts it into the queue.
    second_look.request(inquiry)


def _received_before(cleaned: InquiryData, form_token: bytes, signs: FormSigns) -> Received | None:
    """Return the inquiry that this form brought before, with what is new in it added as a message; None if it is closed to it.

    A form that was held because it looked automatic goes into the queue when it comes back.
    """
    # The form may have been sent again from the page in another language: the receipt stays the first one.
    secrets = (settings.FORM_SECRET, *settings.FORM_SECRET_FALLBACKS)
    forms = [_form(form_token, language, secret) for secret in secrets for language in wordlists.LANGUAGES]
    with transaction.atomic():
        # Locked, so that a third click waits for the second one's message instead of adding it again.
        inquiry = Inquiry.objects.select_for_update().get(submission=forms[0].submission)
        row = Receipt.objects.filter(inquiry=inquiry).first()
        form = next((form for form in forms if row and bytes(row.lookup) == form.lookup), None)
        if row is None or form is None:
            return None
        case_key = receipts.unwrap(row.wrapped, inquiry.id, form.receipt_key)
        before = sealing.open_sealed("inquiry", inquiry.id, inquiry.sealed, case_key)
        news = _news(before, cleaned.payload())
        was_held = inquiry.is_held
        # Sent from the page that asks once more, also after staff closed it as spam meanwhile: the answer is a promise.
        is_spam = inquiry.state == Inquiry.State.CLOSED and inquiry.outcome == Inquiry.Outcome.SPAM
        if is_spam and (signs.sent_again or (was_held and news)):
            held.release(inquiry, timezone.now(), by="visitor")
        # From the first look into the mailbox on, that is the place where it is changed: a form from a page left open must
        # not undo what was said there.
        if not _was_opened(inquiry) and contact_preferences.differs(inquiry, cleaned, before):
            contact_preferences.change(inquiry, case_key, cleaned)
        if news and not _said_already(inquiry, news, case_key):
            add_visitor_message(inquiry, news, case_key)
        _take_over_answers(inquiry, cleaned)
        inquiry.refresh_from_db()
        urgency, reasons = priority.assess(cleaned)
        if not cleaned.danger_now:
            danger_escalation.take_back_own_flag(inquiry, urgency, reasons)
        if new := [reason for reason in reasons if reason not in inquiry.priority_reasons]:
            danger_escalation.escalate_if_dangerous(inquiry, urgency, new)
        if signs.attempt:
            signs.attempt.add()
    # The words of what was held were never shown to anybody.
    is_due = was_held or inquiry.received_at > timezone.now() - WORDS_SHOWN_FOR
    may_show_words = is_due and not row.written_down and not _was_opened(inquiry)
    return Received(
        inquiry=inquiry,
        receipt=form.words,
        receipt_language=form.language,
        may_show_words=may_show_words,
        words_since=timezone.now() if was_held else None,
    )


def words_are_written_down(words: receipts.Words) -> None:
    """Remember that the visitor has written down the words of this inquiry: from now on no form that is sent again shows them."""
    lookup, _key = receipts.derive(words)
    with tokens.brought(lookup):
        Receipt.objects.filter(lookup=lookup).update(written_down=True)


def of_words(words: receipts.Words) -> Inquiry | None:
    """Return the inquiry that these words open, with its centre. One query."""
    lookup, _key = receipts.derive(words)
    with tokens.brought(lookup):
        return Inquiry.objects.select_related("centre").filter(receipt__lookup=lookup).first()


def was_taken(form_token: bytes) -> bool:
    """Return whether this form brought an inquiry already. One query."""
    submission = receipts.submission_hash(form_token)
    with tokens.brought(submission):
        return Inquiry.objects.filter(submission=submission).exists()


def taken_before(cleaned: InquiryData, form_token: bytes, *, sent_again: bool = False) -> Received | None:
    """Return the inquiry that this form brought already; None when there is none. `sent_again` as in FormSigns.

    For after an error: the database may have stored an inquiry and its answer may have got lost on the way.
    """
    if not was_taken(form_token):
        return None
    with tokens.brought(receipts.submission_hash(form_token)):
        return _received_before(cleaned, form_token, FormSigns(sent_again=sent_again))


def _news(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what the second sending says otherwise, as a message's payload; empty when it says the same."""
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    if not changed:
        return {}
    text = changed.pop("message", "")
    return {"text": text, "changed": changed} if changed else {"text": text}


def _was_opened(inquiry: Inquiry) -> bool:
    return inquiry.events.filter(kind=Event.Kind.MAILBOX_OPENED).exists()


def _take_over_answers(inquiry: Inquiry, cleaned: InquiryData) -> None:
    """Keep the second sending's answers to what stands in clear for the staff; who answers was decided by the first."""
    answers = {name: getattr(cleaned, name) for name in ("for_whom", "needs_interpreter", "country", "region")}
    if any(getattr(inquiry, name) != value for name, value in answers.items()):
        Inquiry.objects.filter(pk=inquiry.pk).update(**answers, version=F("version") + 1)


def _said_already(inquiry: Inquiry, news: dict[str, Any], case_key: bytes) -> bool:
    sent = Message.objects.filter(inquiry=inquiry, sender=Message.Sender.VISITOR)
    return any(sealing.open_sealed("message", message.id, message.sealed, case_key) == news for message in sent)
