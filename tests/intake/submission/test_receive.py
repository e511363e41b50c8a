"""Taking in an inquiry: stored once, sealed, sent to somebody, with a way back."""

import datetime as dt
import secrets

import pytest
from django.db import connection
from django.utils import timezone

from intake.assessment import routing
from intake.cases import events
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring, receipts, sealing
from intake.models import Event, Inquiry, KeyWrap, Message, Notification, Receipt
from intake.scheduling import response_times
from intake.submission import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def form_token():
    return secrets.token_bytes(16)


def opened_by_centre(inquiry):
    wrap = KeyWrap.objects.get(inquiry=inquiry, centre_key__isnull=False)
    return sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))


def test_the_centre_can_read_it_and_the_visitor_can_come_back(riverside, inquiry_data, form_token):
    received = receive.receive(inquiry_data, form_token=form_token, guide_slug="withdrawal")
    inquiry = Inquiry.objects.get()
    assert inquiry.centre == riverside
    assert inquiry.guide_slug == "withdrawal"
    case_key = opened_by_centre(inquiry)
    assert sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key)["name"] == "Quillon"
    lookup, key = receipts.derive(received.receipt)
    assert bytes(inquiry.receipt.lookup) == lookup
    assert receipts.unwrap(inquiry.receipt.wrapped, inquiry.pk, key) == case_key


def test_its_first_event_and_its_notification_are_stored_with_it(riverside, inquiry_data, form_token):
    received = receive.receive(inquiry_data, form_token=form_token)
    event = Event.objects.get(inquiry__isnull=False)
    assert (event.inquiry, event.kind, event.actor) == (received.inquiry, Event.Kind.RECEIVED, None)
    assert Notification.objects.get().inquiry == received.inquiry


def test_the_same_form_twice_is_one_inquiry_with_one_receipt(riverside, inquiry_data, form_token):
    first = receive.receive(inquiry_data, form_token=form_token)
    second = receive.receive(inquiry_data, form_token=form_token)
    assert Inquiry.objects.count() == 1
    assert first.receipt == second.receipt
    assert not Message.objects.exists()


def test_other_words_the_second_time_are_added_as_one_message(riverside, inquiry_data, form_token):
    received = receive.receive(inquiry_data, form_token=form_token)
    more = InquiryData(**{**inquiry_data.__dict__, "message": "I forgot: mornings are best."})
    receive.receive(more, form_token=form_token)
    receive.receive(more, form_token=form_token)
    message = Message.objects.get()
    payload = sealing.open_sealed("message", message.pk, message.sealed, opened_by_centre(received.inquiry))
    assert payload == {"text": "I forgot: mornings are best."}
    assert Inquiry.objects.get().has_unread_message


def test_the_same_form_sent_from_the_spanish_page_keeps_its_receipt(riverside, inquiry_data, form_token):
    first = receive.receive(inquiry_data, form_token=form_token)
    second = receive.receive(InquiryData(**{**inquiry_data.__dict__, "language": "es"}), form_token=form_token)
    assert second.receipt == first.receipt
    assert Inquiry.objects.count() == 1


def test_a_form_sent_again_after_its_receipt_was_renewed_is_not_lost(riverside, inquiry_data, form_token):
    first = receive.receive(inquiry_data, form_token=form_token)
    Receipt.objects.update(lookup=secrets.token_bytes(32))
    second = receive.receive(inquiry_data, form_token=form_token)
    assert second.inquiry != first.inquiry
    assert Inquiry.objects.count() == 2


def test_an_organisation_recovery_key_opens_it_too(riverside, inquiry_data, form_token, settings):
    import base64

    private, public = sealing.new_key_pair()
    settings.RECOVERY_PUBLIC_KEY = base64.b64encode(public).decode()
    inquiry = receive.receive(inquiry_data, form_token=form_token).inquiry
    wrap = KeyWrap.objects.get(inquiry=inquiry, centre_key=None)
    assert sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, private) == opened_by_centre(inquiry)


@pytest.mark.parametrize(
    ("answers", "priority", "reasons"),
    [
        ({}, 3, []),
        ({"pregnancy": "yes"}, 2, ["pregnant"]),
        ({"age_band": "under_18"}, 2, ["under_18"]),
        ({"danger_now": True, "pregnancy": "yes"}, 1, ["danger_now", "pregnant"]),
    ],
)
def test_how_urgent_it_is(riverside, form_token, answers, priority, reasons):
    inquiry = receive.receive(InquiryData(**answers), form_token=form_token).inquiry
    assert (inquiry.priority, inquiry.priority_reasons) == (priority, reasons)


def test_nothing_of_it_is_stored_when_a_part_fails(riverside, inquiry_data, form_token, monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(receive.outbox, "enqueue", refuse)
    with pytest.raises(RuntimeError):
        receive.receive(inquiry_data, form_token=form_token)
    assert not Inquiry.objects.exists()
    assert not KeyWrap.objects.exists()


def test_without_a_centre_that_answers_it_is_refused_and_not_lost_silently(db, inquiry_data, form_token):
    with pytest.raises(routing.NobodyToAnswer):
        receive.receive(inquiry_data, form_token=form_token)


def test_what_was_typed_is_in_no_column(riverside, inquiry_data, form_token):
    receive.receive(inquiry_data, form_token=form_token)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            everything = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
            for word in ("Quillon", "2125550143", "zzyzxword"):
                assert word not in everything, table


NEW_YORK = dt.timezone(-dt.timedelta(hours=5))


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        (dt.datetime(2026, 1, 5, 10, 0, tzinfo=NEW_YORK), dt.datetime(2026, 1, 5, 11, 0, tzinfo=NEW_YORK)),
        (dt.datetime(2026, 1, 5, 16, 40, tzinfo=NEW_YORK), dt.datetime(2026, 1, 6, 9, 40, tzinfo=NEW_YORK)),
        (dt.datetime(2026, 1, 5, 2, 0, tzinfo=NEW_YORK), dt.datetime(2026, 1, 5, 10, 0, tzinfo=NEW_YORK)),
        (dt.datetime(2026, 1, 9, 18, 0, tzinfo=NEW_YORK), dt.datetime(2026, 1, 12, 10, 0, tzinfo=NEW_YORK)),
    ],
    ids=["while open", "over closing", "at night", "over the weekend"],
)
def test_an_answer_is_promised_in_opening_hours(riverside, received, promised):
    assert response_times.response_due_at(riverside, 60, received) == promised


def test_a_centre_without_hours_promises_nothing(riverside):
    riverside.opening_hours.all().delete()
    assert response_times.response_due_at(riverside, 60, timezone.now()) is None


def test_prose_can_not_get_into_an_event(riverside, inquiry_data, form_token):
    inquiry = receive.receive(inquiry_data, form_token=form_token).inquiry
    with pytest.raises(ValueError, match="not a code") as caught:
        events.record(inquiry, Event.Kind.CLAIMED, reason="Quillon phoned")
    assert "Quillon" not in str(caught.value)
