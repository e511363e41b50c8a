"""A public key that was swapped in the database: nothing is sealed to it, and staff, the operator and the visitor are told."""

import base64
import secrets

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from intake import checks, triage
from intake.assessment import readiness, routing
from intake.assessment.readiness import Lack
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring, pins, sealing
from intake.models import CentreKey, Event, Inquiry, KeyWrap
from intake.queue import shift_notes
from intake.submission import receive
from recovery_site.verbs import Refused
from tests.intake.pages import hidden
from tests.people import member

ANOTHER = "11" * 32


def swap(centre) -> bytes:
    """Put a key pair of somebody who can write the database in place of the centre's; return its private half."""
    private, public = sealing.new_key_pair()
    CentreKey.objects.filter(centre=centre, retired_at=None).update(public_key=public)
    return private


def send(**fields):
    return receive.receive(InquiryData(message="Only for Riverside", **fields), form_token=secrets.token_bytes(16)).inquiry


@pytest.fixture
def staffed(riverside):
    """Riverside with somebody who can be told, so that it lacks nothing."""
    return member("lena", "Lena Lund", riverside, "lead", email="lena@example.org")


def test_nothing_is_sealed_to_a_key_that_was_swapped_in_the_database(riverside, staffed):
    assert send().centre == riverside
    mallory = swap(riverside)
    with pytest.raises(routing.NobodyToAnswer):
        send()
    assert Inquiry.objects.count() == 1
    for wrap in KeyWrap.objects.all():
        with pytest.raises(sealing.SealBroken):
            sealing.unwrap_with_private_key(wrap.wrapped, wrap.inquiry_id, mallory)


def test_the_visitor_is_told_whom_to_call_and_keeps_every_word(riverside, staffed, client):
    page = client.get("/contact/")
    swap(riverside)
    nobody = render_to_string("intake/parts/nobody.html").strip()
    assert nobody
    assert nobody not in page.content.decode()
    answers = {"for_whom": "self", "contact_way": "mailbox", "message": "Only for Riverside", "token": hidden(page, "token")}
    answer = client.post("/contact/", answers)
    assert answer.status_code == 503
    for words in ("call instead", "Only for Riverside", "988"):
        assert words in answer.content.decode()
    assert not Inquiry.objects.exists()


def test_where_another_centre_can_answer_the_request_goes_there(riverside, staffed, open_harbor):
    swap(riverside)
    assert send().centre == open_harbor


def test_no_case_note_or_draft_goes_to_a_swapped_key(riverside, staffed, open_harbor):
    inquiry = send()
    swap(open_harbor)
    with pytest.raises(Refused, match="takes no inquiries"):
        triage.hand_over(inquiry, to=open_harbor, by=staffed, version=inquiry.version)
    swap(riverside)
    with pytest.raises(Refused, match="no key"):
        shift_notes.write(riverside, "The tall man came back", by=staffed)


def test_a_key_that_is_swapped_after_the_routes_were_read_is_refused_all_the_same(riverside, staffed, monkeypatch):
    monkeypatch.setattr(pins, "is_pinned", lambda key: True)
    swap(riverside)
    with pytest.raises(routing.NobodyToAnswer):
        send()


def test_leads_and_the_operator_hear_that_a_key_was_swapped(riverside, staffed, olga, client):
    swap(riverside)
    keyring.verify_keys(timezone.now())
    assert readiness.missing(riverside) == [Lack.PIN]
    for person in (staffed, olga):
        client.force_login(person)
        assert "its key is not signed by the organization" in client.get("/admin/").content.decode()
    assert "intake.W023" in [message.id for message in checks.somebody_is_told_of_danger(None, databases=["default"])]


def test_housekeeping_never_signs_a_swapped_key(riverside):
    swap(riverside)
    CentreKey.objects.update(signature=None)
    keyring.verify_keys(timezone.now())
    assert CentreKey.objects.get().signature is None


def test_a_signature_can_not_be_copied_to_the_row_of_another_centre(riverside, harbor):
    theirs = CentreKey.objects.get(centre=harbor)
    CentreKey.objects.filter(centre=riverside).update(public_key=theirs.public_key, signature=theirs.signature)
    assert keyring.active_key(riverside) is None
    assert keyring.active_key(harbor) == theirs


def test_keys_from_before_there_was_a_key_of_the_organisation_are_signed_once_and_that_is_recorded(riverside, settings):
    CentreKey.objects.update(signature=None)
    settings.ORGANISATION_KEY = ""
    assert keyring.active_key(riverside) is not None  # the upgrade stops nothing
    assert [message.id for message in checks.centre_keys_are_protected(None)] == ["intake.W021"]
    settings.ORGANISATION_KEY = ANOTHER
    assert keyring.active_key(riverside) is None
    keyring.verify_keys(timezone.now())
    keyring.verify_keys(timezone.now())
    assert keyring.active_key(riverside) is not None
    [event] = Event.objects.filter(kind=Event.Kind.SETTINGS_CHANGED)
    assert event.data == {"by": "system", "key": CentreKey.objects.get().pk, "why": "pinned"}


def test_a_public_server_checks_with_the_public_half_alone(riverside, settings):
    settings.ORGANISATION_PUBLIC_KEY = pins.organisation_public_key()
    settings.ORGANISATION_KEY, settings.SITE_ROLE = "", "public"
    assert keyring.active_key(riverside) is not None
    swap(riverside)
    assert keyring.active_key(riverside) is None


def test_a_key_is_not_made_when_nobody_can_sign_it(riverside, settings, centre_keys):
    settings.ORGANISATION_PUBLIC_KEY = pins.organisation_public_key()
    private, settings.ORGANISATION_KEY = settings.ORGANISATION_KEY, ""
    files = sorted(centre_keys.iterdir())
    with pytest.raises(keyring.KeyringError, match="--organisation-key"):
        keyring.create_centre_key(riverside)
    with pytest.raises(keyring.KeyringError, match="isn't the private half"):
        keyring.create_centre_key(riverside, organisation_key=ANOTHER)
    assert (CentreKey.objects.count(), sorted(centre_keys.iterdir())) == (1, files)
    assert pins.is_pinned(keyring.create_centre_key(riverside, organisation_key=private))


def test_a_malformed_key_of_the_organisation_is_an_error_and_nothing_is_sealed(riverside, settings):
    for broken in ("abc", "zz" * 32, base64.b64encode(b"x" * 32).decode()):
        settings.ORGANISATION_PUBLIC_KEY = broken
        assert [message.id for message in checks.centre_keys_are_protected(None)] == ["intake.E020"]
        assert keyring.active_key(riverside) is None


def test_a_fingerprint_is_written_in_groups_that_the_eye_can_compare():
    assert pins.fingerprint(b"").startswith("e3b0 c442 98fc 1c14")
